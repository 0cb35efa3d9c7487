/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.kafka.embedded.EmbeddedKafkaCluster;
import io.gatehouse.kafka.junit.KafkaExtension;
import java.util.HashMap;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * A gateway for a test class, in front of three brokers, that advertises the ports of a {@link RecordingRelay}. After
 * each test it asserts that no client has seen the address of a broker, on any connection, and that every connection
 * that a Java client opened went to the relay.
 */
final class WatchedGateway implements BeforeAllCallback, AfterEachCallback, AfterAllCallback {

    private static final String VIRTUAL_CLUSTER = "team-a";

    private final KafkaExtension kafka = KafkaExtension.shared(3);
    private final UnaryOperator<TestGateway.Builder> settings;
    private final boolean addressConfigsAreShown;
    private @Nullable RecordingRelay relay;
    private @Nullable OpenedConnections opened;
    private @Nullable TestGateway gateway;

    private WatchedGateway(UnaryOperator<TestGateway.Builder> settings, boolean addressConfigsAreShown) {
        this.settings = settings;
        this.addressConfigsAreShown = addressConfigsAreShown;
    }

    /** Anonymous clients, to whom the cluster looks as it is. */
    static WatchedGateway passthrough() {
        return new WatchedGateway(TestGateway.Builder::anonymous, true);
    }

    /** Anonymous clients of a virtual cluster, {@code team-a}. */
    static WatchedGateway virtualCluster(String clusterOperations) {
        return new WatchedGateway(
                builder -> builder.anonymous()
                        .route("{virtualCluster: " + VIRTUAL_CLUSTER + "}")
                        .resource(
                                "virtual-cluster.yaml",
                                "apiVersion: gatehouse/v1\nkind: VirtualCluster\nmetadata: {name: " + VIRTUAL_CLUSTER
                                        + "}\nspec: {cluster: local, clusterOperations: " + clusterOperations + "}\n"),
                false);
    }

    EmbeddedKafkaCluster kafka() {
        return kafka.cluster();
    }

    RecordingRelay relay() {
        return relay;
    }

    /** What clients connect to. */
    int bootstrapPort() {
        return relay.firstPort();
    }

    /** What clients are told for a node. */
    int portOf(int nodeId) {
        return relay.firstPort() + 1 + nodeId;
    }

    String bootstrapServers() {
        return "localhost:" + bootstrapPort();
    }

    /** A client's configuration: {@code bootstrap.servers}, and what is given as key, value, key, value. */
    Map<String, Object> config(Object... keysAndValues) {
        Map<String, Object> config = new HashMap<>();
        config.put("bootstrap.servers", bootstrapServers());
        // What a test provokes shall not be waited for.
        config.put("reconnect.backoff.max.ms", "200");
        for (int i = 0; i < keysAndValues.length; i += 2) {
            config.put((String) keysAndValues[i], keysAndValues[i + 1]);
        }
        return config;
    }

    @Override
    public void beforeAll(ExtensionContext context) throws Exception {
        kafka.beforeAll(context);
        relay = RecordingRelay.listen(TestGateway.PORTS);
        for (int nodeId : kafka.cluster().nodeIds()) {
            int port = kafka.cluster().brokerAddress(nodeId).getPort();
            relay.forbid("localhost", port);
            if (!addressConfigsAreShown) {
                relay.forbid("localhost:" + port);
            }
        }
        gateway = settings.apply(TestGateway.inFrontOf(kafka.bootstrapServers()).advertisedPort(relay.firstPort()))
                .start();
        relay.relayTo(gateway.bootstrapPort());
        opened = OpenedConnections.watch();
    }

    @Override
    public void afterEach(ExtensionContext context) {
        assertNoAddressWasLearnt();
    }

    void assertNoAddressWasLearnt() {
        assertThat(relay.sightings()).isEmpty();
        assertThat(opened.all())
                .allSatisfy(connection -> assertThat(relay.hasPort(connection.port()))
                        .as(connection.message())
                        .isTrue());
    }

    /** How many connections Java clients have opened. */
    int openedConnections() {
        return opened.all().size();
    }

    @Override
    public void afterAll(ExtensionContext context) {
        opened.close();
        relay.close();
        gateway.close();
        assertThat(relay.accepted()).isPositive();
    }
}
