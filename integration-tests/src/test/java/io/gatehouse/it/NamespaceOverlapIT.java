/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gatehouse.it.AdminClient.Answer;
import io.gatehouse.kafka.junit.KafkaExtension;
import io.gatehouse.kernel.Gatehouse;
import io.gatehouse.kernel.config.ConfigLoader;
import java.io.IOException;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Prefixes of which one begins another would let one tenant into the other's names: whoever configures them is told, before they count. */
class NamespaceOverlapIT {

    private static final String VIRTUAL_CLUSTERS = """
            {apiVersion: gatehouse/v1, kind: VirtualCluster, metadata: {name: team}, spec: {cluster: local}}
            ---
            {apiVersion: gatehouse/v1, kind: VirtualCluster, metadata: {name: team-a}, spec: {cluster: local}}
            ---
            """;

    @RegisterExtension
    static final KafkaExtension kafka = KafkaExtension.shared(3);

    private static TestGateway gateway;
    private static AdminClient admin;

    @BeforeAll
    static void start() throws IOException {
        int http = FreePorts.take(1);
        gateway = builder()
                .plugin(TestGateway.jarOf("plugins/admin-http"))
                .extra("administration: [{type: http, port: " + http + "}]")
                .resource("resources.yaml", VIRTUAL_CLUSTERS + resource("team", "team.", "refuse"))
                .start();
        admin = AdminClient.of(http, gateway.home());
    }

    @AfterAll
    static void stop() {
        gateway.close();
    }

    private static TestGateway.Builder builder() {
        return TestGateway.inFrontOf(kafka.bootstrapServers())
                .accounts("team")
                .plugin(TestGateway.jarOf("plugins/namespace"));
    }

    private static String resource(String virtualCluster, String prefix, String overlap) {
        return "{apiVersion: gatehouse/v1, kind: Interceptor, metadata: {name: namespace-" + virtualCluster
                + "}, spec: " + spec(virtualCluster, prefix, overlap) + "}\n";
    }

    private static String spec(String virtualCluster, String prefix, String overlap) {
        return "{type: namespace, policy: namespace, priority: 9000, scope: {virtualCluster: " + virtualCluster
                + "}, config: {prefix: \"" + prefix + "\", overlap: " + overlap + "}}";
    }

    @Test
    void aPrefixThatOverlapsIsRefusedAndTheRunningStateStays() {
        await().untilAsserted(() ->
                assertThat(gateway.management("/health/ready").statusCode()).isEqualTo(200));

        for (String prefix : new String[] {"team_", "team.a", "te"}) {
            Answer refused = admin.put("Interceptor", "namespace-team-a", spec("team-a", prefix, "allow"));

            assertThat(refused.status()).as(prefix).isEqualTo(422);
            assertThat(refused.errors())
                    .singleElement()
                    .asString()
                    .contains(
                            "spec.config", "\"" + prefix + "\" overlaps with \"team.\"", "interceptor namespace-team");
        }
        assertThat(admin.get("/api/v1/Interceptor/namespace-team-a").status()).isEqualTo(404);
        assertThat(gateway.management("/health/ready").statusCode()).isEqualTo(200);
    }

    @Test
    void prefixesThatAreMeantToOverlapOrDoNotAreTaken() {
        assertThat(admin.put("Interceptor", "namespace-team-a", spec("team-a", "teams.", "refuse"))
                        .status())
                .isEqualTo(201);
        assertThat(admin.put("Interceptor", "namespace-team", spec("team", "team.", "allow"))
                        .status())
                .isEqualTo(200);
        assertThat(admin.put("Interceptor", "namespace-team-a", spec("team-a", "team.a.", "allow"))
                        .status())
                .isEqualTo(200);

        admin.delete("/api/v1/Interceptor/namespace-team-a");
        admin.put("Interceptor", "namespace-team", spec("team", "team.", "refuse"));
    }

    @Test
    void checkNamesPrefixesThatOverlap() {
        TestGateway.Builder.Written written = builder()
                .resource(
                        "resources.yaml",
                        VIRTUAL_CLUSTERS + resource("team", "team.", "refuse") + "---\n"
                                + resource("team-a", "team_a", "refuse"))
                .write();

        assertThat(Gatehouse.check(ConfigLoader.load(written.config(), Map.of()), written.home()))
                .singleElement()
                .asString()
                .contains("interceptor namespace-team-a", "\"team_a\" overlaps with \"team.\"");
    }
}
