/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel.interception;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.kernel.wire.RandomMessages;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.kafka.common.message.AlterConfigsRequestData;
import org.apache.kafka.common.message.AlterConfigsRequestData.AlterConfigsResource;
import org.apache.kafka.common.message.AlterConfigsResponseData;
import org.apache.kafka.common.message.DescribeAclsResponseData;
import org.apache.kafka.common.message.DescribeConfigsRequestData;
import org.apache.kafka.common.message.DescribeConfigsRequestData.DescribeConfigsResource;
import org.apache.kafka.common.message.DescribeConfigsResponseData;
import org.apache.kafka.common.message.DescribeConfigsResponseData.DescribeConfigsResult;
import org.apache.kafka.common.message.IncrementalAlterConfigsRequestData;
import org.apache.kafka.common.message.IncrementalAlterConfigsResponseData;
import org.apache.kafka.common.message.ListConfigResourcesRequestData;
import org.apache.kafka.common.message.ListConfigResourcesResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What virtual clusters may not do to the whole cluster; and ACL commands that nobody answers. */
class ClusterOperationsTest {

    private static final byte TOPIC = 2;
    private static final byte BROKER = 4;
    private static final byte BROKER_LOGGER = 8;
    private static final byte CLIENT_METRICS = 16;
    private static final byte GROUP = 32;

    private final TestChain chain = new TestChain().thenInterceptor(ClusterOperations.REFUSED);

    static List<ApiKeys> wholeCluster() {
        return Arrays.stream(ApiKeys.values())
                .filter(ClusterOperations::isHidden)
                .toList();
    }

    @ParameterizedTest
    @MethodSource("wholeCluster")
    void everyVersionIsRefusedInItsOwnForm(ApiKeys api) {
        RandomMessages messages = new RandomMessages(api.id);
        for (short version : api.allVersions()) {
            ApiMessage request = chain.host.codec().decodeRequest(messages.request(api, version, 1, "c"), api, version);
            chain.events.clear();

            new Exchange(chain.host, chain.chain(), api, version, 1, true, "c", chain).request(request);

            assertThat(chain.events).as("%s v%d", api, version).containsExactly("answer");
        }
    }

    @Test
    void theListIsThatOfTheDesign() {
        assertThat(wholeCluster())
                .extracting(ApiKeys::name)
                .containsExactlyInAnyOrder(
                        "WRITE_TXN_MARKERS",
                        "ALTER_REPLICA_LOG_DIRS",
                        "DESCRIBE_LOG_DIRS",
                        "ELECT_LEADERS",
                        "ALTER_PARTITION_REASSIGNMENTS",
                        "LIST_PARTITION_REASSIGNMENTS",
                        "DESCRIBE_CLIENT_QUOTAS",
                        "ALTER_CLIENT_QUOTAS",
                        "DESCRIBE_USER_SCRAM_CREDENTIALS",
                        "ALTER_USER_SCRAM_CREDENTIALS",
                        "DESCRIBE_QUORUM",
                        "UPDATE_FEATURES",
                        "UNREGISTER_BROKER",
                        "UNREGISTER_CONTROLLER",
                        "ADD_RAFT_VOTER",
                        "REMOVE_RAFT_VOTER",
                        "CREATE_DELEGATION_TOKEN",
                        "RENEW_DELEGATION_TOKEN",
                        "EXPIRE_DELEGATION_TOKEN",
                        "DESCRIBE_DELEGATION_TOKEN");
    }

    @Test
    void configsOfBrokersAreRefusedAndThoseOfTopicsPass() {
        DescribeConfigsRequestData request = new DescribeConfigsRequestData();
        for (byte type : new byte[] {TOPIC, BROKER, BROKER_LOGGER, CLIENT_METRICS, GROUP}) {
            request.resources()
                    .add(new DescribeConfigsResource().setResourceType(type).setResourceName("r" + type));
        }

        Exchange exchange = chain.request(ApiKeys.DESCRIBE_CONFIGS, request);

        assertThat(request.resources())
                .extracting(DescribeConfigsResource::resourceName)
                .containsExactly("r2", "r32");
        DescribeConfigsResponseData response = new DescribeConfigsResponseData()
                .setResults(new ArrayList<>(List.of(
                        new DescribeConfigsResult().setResourceType(TOPIC).setResourceName("r2"))));
        exchange.response(response);
        assertThat(chain.events).containsExactly("forward changed", "respond changed");
        assertThat(response.results())
                .extracting(result -> result.resourceName() + " " + Errors.forCode(result.errorCode()))
                .containsExactly(
                        "r2 NONE",
                        "r4 CLUSTER_AUTHORIZATION_FAILED",
                        "r8 CLUSTER_AUTHORIZATION_FAILED",
                        "r16 CLUSTER_AUTHORIZATION_FAILED");
    }

    @Test
    void configsOfBrokersAloneAreAnsweredAtOnce() {
        DescribeConfigsRequestData describe = new DescribeConfigsRequestData();
        describe.resources()
                .add(new DescribeConfigsResource().setResourceType(BROKER).setResourceName("1"));
        AlterConfigsRequestData alter = new AlterConfigsRequestData();
        alter.resources().add(new AlterConfigsResource().setResourceType(BROKER).setResourceName("1"));
        IncrementalAlterConfigsRequestData incremental = new IncrementalAlterConfigsRequestData();
        incremental
                .resources()
                .add(new IncrementalAlterConfigsRequestData.AlterConfigsResource()
                        .setResourceType(BROKER_LOGGER)
                        .setResourceName("1"));

        chain.request(ApiKeys.DESCRIBE_CONFIGS, describe);
        short described =
                ((DescribeConfigsResponseData) chain.outcome).results().get(0).errorCode();
        chain.request(ApiKeys.ALTER_CONFIGS, alter);
        short altered =
                ((AlterConfigsResponseData) chain.outcome).responses().get(0).errorCode();
        chain.request(ApiKeys.INCREMENTAL_ALTER_CONFIGS, incremental);
        short alteredIncrementally = ((IncrementalAlterConfigsResponseData) chain.outcome)
                .responses()
                .get(0)
                .errorCode();

        assertThat(chain.events).containsExactly("answer", "answer", "answer");
        assertThat(List.of(described, altered, alteredIncrementally))
                .containsOnly(Errors.CLUSTER_AUTHORIZATION_FAILED.code());
    }

    @Test
    void configsOfTopicsAloneGoOnUnchanged() {
        DescribeConfigsRequestData request = new DescribeConfigsRequestData();
        request.resources()
                .add(new DescribeConfigsResource().setResourceType(TOPIC).setResourceName("orders"));

        Exchange exchange = chain.request(ApiKeys.DESCRIBE_CONFIGS, request);

        assertThat(chain.events).containsExactly("forward");
        assertThat(exchange.wantsResponse()).isFalse();
    }

    @Test
    void theListOfConfigResourcesLeavesTheClustersOut() {
        ListConfigResourcesResponseData response = new ListConfigResourcesResponseData();
        for (byte type : new byte[] {TOPIC, BROKER, CLIENT_METRICS, GROUP}) {
            response.configResources()
                    .add(new ListConfigResourcesResponseData.ConfigResource()
                            .setResourceType(type)
                            .setResourceName("r" + type));
        }

        chain.request(ApiKeys.LIST_CONFIG_RESOURCES, new ListConfigResourcesRequestData())
                .response(response);

        assertThat(response.configResources())
                .extracting(ListConfigResourcesResponseData.ConfigResource::resourceName)
                .containsExactly("r2", "r32");
    }

    @Test
    void aclCommandsThatNobodyAnswersAreDisabledAsWithoutAnAuthorizer() {
        TestChain acls = new TestChain().thenInterceptor(AclCommands.DISABLED);
        for (ApiKeys api : List.of(ApiKeys.DESCRIBE_ACLS, ApiKeys.CREATE_ACLS, ApiKeys.DELETE_ACLS)) {
            for (short version : api.allVersions()) {
                ApiMessage request = acls.host
                        .codec()
                        .decodeRequest(new RandomMessages(3).request(api, version, 1, "c"), api, version);

                new Exchange(acls.host, acls.chain(), api, version, 1, true, "c", acls).request(request);
            }
        }
        acls.request(
                ApiKeys.DESCRIBE_ACLS,
                new org.apache.kafka.common.message.DescribeAclsRequestData()
                        .setPatternTypeFilter((byte) 3)
                        .setResourceTypeFilter((byte) 2)
                        .setOperation((byte) 2)
                        .setPermissionType((byte) 3));

        assertThat(acls.events).containsOnly("answer");
        assertThat(((DescribeAclsResponseData) acls.outcome).errorCode()).isEqualTo(Errors.SECURITY_DISABLED.code());
    }
}
