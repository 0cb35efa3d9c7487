/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gatehouse.kafka.junit.KafkaExtension;
import io.gatehouse.kafka.raw.RawKafkaClient;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * A gateway in front of one cluster with a namespace for each of several tenants. A tenant's name is that of its user and its virtual
 * cluster; names on the cluster start with {@link #prefix}, which no other run has.
 */
final class Tenants implements BeforeAllCallback, AfterAllCallback {

    private static final String RESOURCES = "tenants.yaml";

    private final KafkaExtension kafka;
    private final UnaryOperator<String> config;
    private final String[] names;
    private String run = "";
    private @Nullable TestGateway gateway;

    private Tenants(int brokers, UnaryOperator<String> config, String... names) {
        this.kafka = KafkaExtension.shared(brokers);
        this.config = config;
        this.names = names;
    }

    /**
     * Tenants in front of so many brokers.
     *
     * @param config of a tenant's interceptor, after {@code prefix}: YAML, flow style, with a comma first
     */
    static Tenants of(int brokers, UnaryOperator<String> config, String... names) {
        return new Tenants(brokers, config, names);
    }

    /** What the real names of a tenant start with. */
    String prefix(String tenant) {
        return tenant + "-" + run + ".";
    }

    TestGateway gateway() {
        return gateway;
    }

    KafkaExtension kafka() {
        return kafka;
    }

    /** A client's configuration for a tenant, and what is given as key, value, key, value. */
    Map<String, Object> client(String tenant, Object... keysAndValues) {
        return client(gateway, tenant, keysAndValues);
    }

    /** The same at a certain gateway. */
    Map<String, Object> client(TestGateway at, String tenant, Object... keysAndValues) {
        Map<String, Object> client = Clients.as(at.bootstrapServers(), tenant);
        for (int i = 0; i < keysAndValues.length; i += 2) {
            client.put((String) keysAndValues[i], keysAndValues[i + 1]);
        }
        return client;
    }

    Admin admin(String tenant) {
        return Admin.create(client(tenant));
    }

    /** The cluster itself. */
    Admin direct() {
        return Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()));
    }

    /** A raw connection of a tenant to a node. */
    RawKafkaClient connect(String tenant, int nodeId) throws IOException {
        return connect(gateway, tenant, nodeId);
    }

    /** The same at a certain gateway. */
    RawKafkaClient connect(TestGateway at, String tenant, int nodeId) throws IOException {
        RawKafkaClient client = RawKafkaClient.connect("localhost", at.portOf(nodeId));
        if (client.saslPlain(tenant, tenant).errorCode() != 0) {
            throw new IOException("tenant " + tenant + ": not let in");
        }
        return client;
    }

    @Override
    public void beforeAll(ExtensionContext context) {
        kafka.beforeAll(context);
        run = Long.toString(System.nanoTime(), 36);
        gateway = another(config);
    }

    /**
     * One more gateway in front of the same cluster, for the same tenants; its caller closes it.
     *
     * @param configs as of {@link #of}
     */
    TestGateway another(UnaryOperator<String> configs) {
        TestGateway started = TestGateway.inFrontOf(kafka.bootstrapServers())
                .accounts(names)
                .plugin(TestGateway.jarOf("plugins/namespace"))
                .resource(RESOURCES, resources(configs))
                .start();
        await().untilAsserted(() -> {
            HttpResponse<String> health = started.management("/health/ready");
            assertThat(health.statusCode()).as(health.body()).isEqualTo(200);
        });
        return started;
    }

    /** Gives the tenants of a gateway other configs while it runs. */
    void configure(TestGateway at, UnaryOperator<String> configs) {
        at.writeResources(RESOURCES, resources(configs));
    }

    private String resources(UnaryOperator<String> configs) {
        return Stream.of(names)
                .map(name -> resources(name, prefix(name), configs.apply(name)))
                .collect(Collectors.joining());
    }

    /** A gateway with the namespace {@code team.} of alice, in front of a broker that says what it is told to. */
    static TestGateway ofAlice(ScriptedBroker broker, String config) {
        return TestGateway.inFrontOf(broker.bootstrapServers())
                .accounts("alice")
                .plugin(TestGateway.jarOf("plugins/namespace"))
                .resource(RESOURCES, resources("alice", "team.", config))
                .start();
    }

    private static String resources(String name, String prefix, String config) {
        return """
                    ---
                    {apiVersion: gatehouse/v1, kind: VirtualCluster, metadata: {name: %1$s}, spec: {cluster: local}}
                    ---
                    apiVersion: gatehouse/v1
                    kind: UserMapping
                    metadata: {name: %1$s}
                    spec: {principal: %1$s, virtualCluster: %1$s}
                    ---
                    apiVersion: gatehouse/v1
                    kind: Interceptor
                    metadata: {name: namespace-%1$s}
                    spec:
                      type: namespace
                      policy: namespace
                      priority: 9000
                      scope: {virtualCluster: %1$s}
                      config: {prefix: "%2$s"%3$s}
                    """.formatted(name, prefix, config);
    }

    @Override
    public void afterAll(ExtensionContext context) {
        if (gateway != null) {
            gateway.close();
        }
    }
}
