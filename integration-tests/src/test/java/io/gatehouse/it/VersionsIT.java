/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.it;

import static io.gatehouse.it.RawRequests.connect;
import static io.gatehouse.it.ScriptedBroker.range;
import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.kafka.junit.KafkaExtension;
import io.gatehouse.kafka.raw.RawKafkaClient;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.apache.kafka.common.message.ApiMessageType.ListenerType;
import org.apache.kafka.common.message.ApiVersionsRequestData;
import org.apache.kafka.common.message.ApiVersionsResponseData;
import org.apache.kafka.common.message.ApiVersionsResponseData.ApiVersion;
import org.apache.kafka.common.message.ListGroupsRequestData;
import org.apache.kafka.common.message.ListGroupsResponseData;
import org.apache.kafka.common.message.MetadataRequestData;
import org.apache.kafka.common.message.MetadataResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What the gateway offers; conformance lines 8 to 12, 14 and 15. */
class VersionsIT {

    private static final Set<ApiKeys> NEVER_OFFERED = EnumSet.of(
            ApiKeys.ENVELOPE,
            ApiKeys.INITIALIZE_SHARE_GROUP_STATE,
            ApiKeys.READ_SHARE_GROUP_STATE,
            ApiKeys.WRITE_SHARE_GROUP_STATE,
            ApiKeys.DELETE_SHARE_GROUP_STATE,
            ApiKeys.READ_SHARE_GROUP_STATE_SUMMARY,
            ApiKeys.CREATE_DELEGATION_TOKEN,
            ApiKeys.RENEW_DELEGATION_TOKEN,
            ApiKeys.EXPIRE_DELEGATION_TOKEN,
            ApiKeys.DESCRIBE_DELEGATION_TOKEN);

    /** Answered by the gateway itself, whatever the broker offers. */
    private static final Set<ApiKeys> OWN =
            EnumSet.of(ApiKeys.API_VERSIONS, ApiKeys.SASL_HANDSHAKE, ApiKeys.SASL_AUTHENTICATE);

    @RegisterExtension
    static final KafkaExtension kafka = KafkaExtension.shared(3);

    private static TestGateway gateway;

    @BeforeAll
    static void start() {
        gateway = TestGateway.inFrontOf(kafka.bootstrapServers())
                .anonymous()
                .resource("team-a.yaml", """
                        apiVersion: gatehouse/v1
                        kind: VirtualCluster
                        metadata: {name: team-a}
                        spec: {cluster: local}
                        """)
                .start();
    }

    @AfterAll
    static void stop() {
        gateway.close();
    }

    @Test
    void everyPortOffersWhatBothTheBrokerAndTheGatewayKnow() throws Exception {
        for (int nodeId : kafka.cluster().nodeIds()) {
            var address = kafka.cluster().brokerAddress(nodeId);
            ApiVersionsResponseData broker;
            try (RawKafkaClient client = RawKafkaClient.connect(address.getHostString(), address.getPort())) {
                broker = apiVersions(client, 4);
            }

            for (int port : new int[] {gateway.portOf(nodeId), gateway.bootstrapPort()}) {
                try (RawKafkaClient client = RawKafkaClient.connect("localhost", port)) {
                    assertIsIntersection(apiVersions(client, 4), broker);
                    // Again as a user.
                    client.exchange(ApiKeys.LIST_GROUPS, 4, new ListGroupsRequestData(), 5, "raw");
                    assertIsIntersection(apiVersions(client, 4), broker);
                }
            }
        }
    }

    private static void assertIsIntersection(ApiVersionsResponseData offered, ApiVersionsResponseData broker) {
        assertThat(offered.errorCode()).isZero();
        for (ApiKeys api : ApiKeys.values()) {
            ApiVersion ofBroker = broker.apiKeys().find(api.id);
            ApiVersion ofGateway = offered.apiKeys().find(api.id);
            boolean known = api.hasValidVersion() && api.inScope(ListenerType.BROKER) && !NEVER_OFFERED.contains(api);
            if (OWN.contains(api)) {
                assertThat(ofGateway).isEqualTo(range(api.id, api.oldestVersion(), api.latestVersion()));
            } else if (!known || ofBroker == null) {
                assertThat(ofGateway).as(api.name()).isNull();
            } else {
                int minimum = api == ApiKeys.PRODUCE ? 0 : Math.max(ofBroker.minVersion(), api.oldestVersion());
                int maximum =
                        Math.min(ofBroker.maxVersion(), api == ApiKeys.ADD_PARTITIONS_TO_TXN ? 3 : api.latestVersion());
                assertThat(ofGateway).as(api.name()).isEqualTo(range(api.id, minimum, maximum));
            }
        }
        assertThat(offered.finalizedFeatures()).isEqualTo(broker.finalizedFeatures());
    }

    @Test
    void brokersThatOfferLessMoreOrWhatNobodyKnowsAreCutToWhatBothKnow() throws Exception {
        ApiVersionsResponseData versions = new ApiVersionsResponseData();
        versions.apiKeys().add(range(ApiKeys.METADATA.id, 0, 12));
        versions.apiKeys().add(range(ApiKeys.LIST_GROUPS.id, 2, 3));
        versions.apiKeys().add(range(ApiKeys.FETCH.id, 0, 99));
        versions.apiKeys().add(range(ApiKeys.PRODUCE.id, 3, 9));
        versions.apiKeys().add(range(ApiKeys.DELETE_GROUPS.id, 50, 60));
        versions.apiKeys().add(range(1_000, 0, 1));
        versions.apiKeys().add(range(10_000, 0, 1));
        versions.apiKeys().add(range(Short.MAX_VALUE, 0, 1));
        versions.apiKeys().add(range(-5, 0, 1));
        versions.apiKeys().add(range(4, 0, 7));
        try (ScriptedBroker broker = new ScriptedBroker()
                        .on(ApiKeys.API_VERSIONS, (request, connection) -> connection.respond(request, versions));
                TestGateway scripted = TestGateway.inFrontOf(broker.bootstrapServers())
                        .anonymous()
                        .start();
                RawKafkaClient client = connect(scripted)) {

            ApiVersionsResponseData offered = apiVersions(client, 3);

            assertThat(offered.apiKeys())
                    .containsExactlyInAnyOrder(
                            range(ApiKeys.METADATA.id, 0, 12),
                            range(ApiKeys.LIST_GROUPS.id, 2, 3),
                            range(ApiKeys.FETCH.id, ApiKeys.FETCH.oldestVersion(), ApiKeys.FETCH.latestVersion()),
                            range(ApiKeys.PRODUCE.id, 0, 9),
                            own(ApiKeys.API_VERSIONS),
                            own(ApiKeys.SASL_HANDSHAKE),
                            own(ApiKeys.SASL_AUTHENTICATE));
        }
    }

    private static ApiVersion own(ApiKeys api) {
        return range(api.id, api.oldestVersion(), api.latestVersion());
    }

    @Test
    void anApiVersionsOfTheFutureIsAnsweredInVersionZeroWithTheOwnRange() throws Exception {
        try (RawKafkaClient client = connect(gateway)) {
            for (int correlationId : new int[] {1, Integer.MAX_VALUE, -9}) {
                client.send(ApiKeys.API_VERSIONS, 99, new ApiVersionsRequestData(), correlationId, "raw");

                ApiVersionsResponseData answer = client.receive(ApiKeys.API_VERSIONS, 0, correlationId);
                assertThat(answer.errorCode()).isEqualTo(Errors.UNSUPPORTED_VERSION.code());
                assertThat(answer.apiKeys()).containsExactly(own(ApiKeys.API_VERSIONS));
            }

            assertThat(apiVersions(client, 3).errorCode()).isZero();
            client.exchange(ApiKeys.LIST_GROUPS, 4, new ListGroupsRequestData(), 7, "raw");
            client.send(ApiKeys.API_VERSIONS, 99, new ApiVersionsRequestData(), 8, "raw");
            ApiVersionsResponseData asUser = client.receive(ApiKeys.API_VERSIONS, 0, 8);
            assertThat(asUser.errorCode()).isEqualTo(Errors.UNSUPPORTED_VERSION.code());
        }
    }

    @Test
    void everyVersionOfApiVersionsIsAnswered() throws Exception {
        for (short version : ApiKeys.API_VERSIONS.allVersions()) {
            try (RawKafkaClient client = connect(gateway)) {
                ApiVersionsResponseData offered = apiVersions(client, version);

                assertThat(offered.errorCode()).isZero();
                assertThat(offered.apiKeys().find(ApiKeys.PRODUCE.id).minVersion())
                        .isZero();
            }
        }
    }

    @Test
    void aClientThatDoesNotNameItselfWellIsToldSo() throws Exception {
        try (RawKafkaClient client = connect(gateway)) {
            ApiVersionsResponseData answer = client.exchange(
                    ApiKeys.API_VERSIONS,
                    3,
                    new ApiVersionsRequestData().setClientSoftwareName("-").setClientSoftwareVersion(""),
                    1,
                    "raw");

            assertThat(answer.errorCode()).isEqualTo(Errors.INVALID_REQUEST.code());
        }
    }

    @Test
    void aBrokerThatKnowsOnlyVersionZeroOfApiVersionsIsUsed() throws Exception {
        ScriptedBroker.Script old = (request, connection) -> {
            if (request.header().apiVersion() > 0) {
                ApiVersionsResponseData refusal =
                        new ApiVersionsResponseData().setErrorCode(Errors.UNSUPPORTED_VERSION.code());
                connection.send(ScriptedBroker.Connection.response(request, refusal, (short) 0));
                return;
            }
            connection.respond(request, ScriptedBroker.ownVersions());
        };
        try (ScriptedBroker broker = new ScriptedBroker()
                        .on(ApiKeys.API_VERSIONS, old)
                        .on(
                                ApiKeys.LIST_GROUPS,
                                (request, connection) -> connection.respond(request, new ListGroupsResponseData()));
                TestGateway scripted = TestGateway.inFrontOf(broker.bootstrapServers())
                        .anonymous()
                        .start();
                RawKafkaClient client = connect(scripted, ScriptedBroker.NODE_ID)) {

            assertThat(apiVersions(client, 3).apiKeys().find(ApiKeys.FETCH.id)).isEqualTo(own(ApiKeys.FETCH));
            ListGroupsResponseData response =
                    client.exchange(ApiKeys.LIST_GROUPS, 4, new ListGroupsRequestData(), 2, "raw");
            assertThat(response.errorCode()).isZero();
        }
    }

    @Test
    void aFirstRequestThatIsNotApiVersionsWorksInEveryVersion() throws Exception {
        for (short version : ApiKeys.METADATA.allVersions()) {
            try (RawKafkaClient client = connect(gateway)) {
                MetadataResponseData response = client.exchange(
                        ApiKeys.METADATA, version, new MetadataRequestData().setTopics(List.of()), 1, "raw");

                assertThat(response.brokers())
                        .hasSize(3)
                        .allSatisfy(broker -> assertThat(broker.port()).isEqualTo(gateway.portOf(broker.nodeId())));
            }
        }
    }

    @Test
    void aClientThatMeansAnotherNodeOrClusterIsToldToRebootstrap() throws Exception {
        String clusterId = kafka.cluster().clusterId();
        try (RawKafkaClient client = connect(gateway, 1)) {
            client.exchange(ApiKeys.LIST_GROUPS, 4, new ListGroupsRequestData(), 1, "raw");

            assertThat(errorFor(client, clusterId, 1)).isEqualTo(Errors.NONE);
            assertThat(errorFor(client, clusterId, 2)).isEqualTo(Errors.REBOOTSTRAP_REQUIRED);
            assertThat(errorFor(client, "another", 1)).isEqualTo(Errors.REBOOTSTRAP_REQUIRED);
            assertThat(errorFor(client, null, 2)).isEqualTo(Errors.NONE);
            assertThat(errorFor(client, "another", -1)).isEqualTo(Errors.NONE);
        }
        try (RawKafkaClient client = connect(gateway)) {
            assertThat(errorFor(client, clusterId, 1)).isEqualTo(Errors.REBOOTSTRAP_REQUIRED);
        }
    }

    @Test
    void aVirtualClusterHasAnIdOfItsOwn() throws Exception {
        try (TestGateway ofTeam = TestGateway.inFrontOf(kafka.bootstrapServers())
                        .anonymous()
                        .route("{virtualCluster: team-a}")
                        .resource("team-a.yaml", """
                                apiVersion: gatehouse/v1
                                kind: VirtualCluster
                                metadata: {name: team-a}
                                spec: {cluster: local}
                                """)
                        .start();
                RawKafkaClient client = connect(ofTeam, 1)) {
            String real = kafka.cluster().clusterId();

            assertThat(errorFor(client, "team-a@" + real, 1)).isEqualTo(Errors.NONE);
            assertThat(errorFor(client, real, 1)).isEqualTo(Errors.REBOOTSTRAP_REQUIRED);
            MetadataResponseData metadata =
                    client.exchange(ApiKeys.METADATA, 12, new MetadataRequestData().setTopics(List.of()), 9, "raw");
            assertThat(metadata.clusterId()).isEqualTo("team-a@" + real);
        }
    }

    private static Errors errorFor(RawKafkaClient client, String clusterId, int nodeId) throws Exception {
        ApiVersionsRequestData request = new ApiVersionsRequestData()
                .setClientSoftwareName("raw")
                .setClientSoftwareVersion("1")
                .setClusterId(clusterId)
                .setNodeId(nodeId);
        ApiVersionsResponseData response = client.exchange(ApiKeys.API_VERSIONS, 5, request, 50, "raw");
        return Errors.forCode(response.errorCode());
    }

    private static ApiVersionsResponseData apiVersions(RawKafkaClient client, int version) throws Exception {
        ApiVersionsRequestData request = new ApiVersionsRequestData();
        if (version >= 3) {
            request.setClientSoftwareName("raw").setClientSoftwareVersion("1");
        }
        return client.exchange(ApiKeys.API_VERSIONS, version, request, 40, "raw");
    }
}
