/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gatehouse.kafka.junit.KafkaExtension;
import io.gatehouse.kafka.raw.RawKafkaClient;
import java.io.EOFException;
import java.time.Duration;
import org.apache.kafka.common.message.MetadataRequestData;
import org.apache.kafka.common.message.MetadataResponseData;
import org.apache.kafka.common.message.SaslAuthenticateResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What decides a user changes while the connection is open: its virtual cluster is another, or it is admitted no more, before its next request. */
class LiveResolutionIT {

    @RegisterExtension
    static final KafkaExtension kafka = KafkaExtension.shared(3);

    private static TestGateway gateway;

    @BeforeAll
    static void start() {
        gateway = TestGateway.inFrontOf(kafka.bootstrapServers())
                .accounts("ann", "bob", "app-1", "app-2", "dan")
                .resource("team-a.yaml", virtualCluster("team-a"))
                .resource("team-b.yaml", virtualCluster("team-b"))
                .resource("ann.yaml", mapping("ann", "principal: ann, virtualCluster: team-a"))
                .resource("bob.yaml", mapping("bob", "principal: bob, virtualCluster: team-b"))
                .resource("apps.yaml", mapping("apps", "rules: ['RULE:^app-(.*)$/$1/'], virtualCluster: team-a"))
                .start();
    }

    @AfterAll
    static void stop() {
        gateway.close();
    }

    private static String virtualCluster(String name) {
        return "{apiVersion: gatehouse/v1, kind: VirtualCluster, metadata: {name: " + name
                + "}, spec: {cluster: local}}";
    }

    private static String mapping(String name, String spec) {
        return "{apiVersion: gatehouse/v1, kind: UserMapping, metadata: {name: " + name + "}, spec: {" + spec + "}}";
    }

    private static RawKafkaClient connect(String user) throws Exception {
        RawKafkaClient client = RawKafkaClient.connect("localhost", gateway.bootstrapPort());
        assertThat(client.saslPlain(user, user).errorCode()).isZero();
        return client;
    }

    private static String clusterId(RawKafkaClient client) throws Exception {
        MetadataResponseData response = client.exchange(ApiKeys.METADATA, 9, new MetadataRequestData(), 7, "raw");
        return response.clusterId();
    }

    /** The virtual cluster that a newcomer gets: only then has the change arrived. */
    private static String virtualClusterOfNewcomer(String user) throws Exception {
        try (RawKafkaClient client = RawKafkaClient.connect("localhost", gateway.bootstrapPort())) {
            SaslAuthenticateResponseData answer = client.saslPlain(user, user);
            if (answer.errorCode() != 0) {
                return "refused";
            }
            String clusterId = clusterId(client);
            return clusterId.contains("@") ? clusterId.replaceFirst("@.*", "") : "passthrough";
        } catch (EOFException e) {
            return "let in before the change, and closed by it";
        }
    }

    private static void assertClosedAtItsNextRequest(RawKafkaClient client) throws Exception {
        client.send(ApiKeys.METADATA, 9, new MetadataRequestData(), 99, "raw");
        assertThat(client.isClosedByPeer(Duration.ofSeconds(10))).isTrue();
    }

    @Test
    void aMappingThatIsRemovedLeavesNobodyInItsVirtualCluster() throws Exception {
        try (RawKafkaClient ann = connect("ann");
                RawKafkaClient dan = connect("dan")) {
            assertThat(clusterId(ann)).startsWith("team-a@");
            assertThat(clusterId(dan)).isEqualTo(kafka.cluster().clusterId());

            gateway.deleteResources("ann.yaml");

            await().untilAsserted(
                            () -> assertThat(virtualClusterOfNewcomer("ann")).isEqualTo("passthrough"));
            assertClosedAtItsNextRequest(ann);
            assertThat(clusterId(dan)).isEqualTo(kafka.cluster().clusterId());
        }
    }

    @Test
    void aVirtualClusterThatIsRemovedAdmitsNobodyUntilItIsBack() throws Exception {
        try (RawKafkaClient bob = connect("bob");
                RawKafkaClient dan = connect("dan")) {
            assertThat(clusterId(bob)).startsWith("team-b@");
            assertThat(clusterId(dan)).isEqualTo(kafka.cluster().clusterId());

            gateway.deleteResources("team-b.yaml");

            await().untilAsserted(
                            () -> assertThat(virtualClusterOfNewcomer("bob")).isEqualTo("refused"));
            assertClosedAtItsNextRequest(bob);
            assertThat(clusterId(dan)).isEqualTo(kafka.cluster().clusterId());

            gateway.writeResources("team-b.yaml", virtualCluster("team-b"));
            await().untilAsserted(
                            () -> assertThat(virtualClusterOfNewcomer("bob")).isEqualTo("team-b"));
        }
    }

    @Test
    void rulesThatChangeMoveTheirUsersAndAnExactMappingTakesOneOut() throws Exception {
        try (RawKafkaClient one = connect("app-1");
                RawKafkaClient two = connect("app-2")) {
            assertThat(clusterId(one)).startsWith("team-a@");
            assertThat(clusterId(two)).startsWith("team-a@");

            gateway.writeResources("one.yaml", mapping("one", "principal: app-1, deny: true"));
            await().untilAsserted(
                            () -> assertThat(virtualClusterOfNewcomer("app-1")).isEqualTo("refused"));
            assertClosedAtItsNextRequest(one);
            assertThat(clusterId(two)).as("its rules have not changed").startsWith("team-a@");

            gateway.writeResources("apps.yaml", mapping("apps", "rules: ['RULE:^app-(.*)$/$1/'], deny: true"));
            await().untilAsserted(
                            () -> assertThat(virtualClusterOfNewcomer("app-2")).isEqualTo("refused"));
            assertClosedAtItsNextRequest(two);
        }
    }
}
