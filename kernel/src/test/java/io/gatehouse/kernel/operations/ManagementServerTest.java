/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel.operations;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ManagementServerTest {

    private final Health health = new Health();
    private final PrometheusMeterRegistry metrics = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final ManagementServer server = new ManagementServer("127.0.0.1", 0, health, metrics);
    private final HttpClient client = HttpClient.newHttpClient();

    @AfterEach
    void close() {
        server.close();
    }

    private HttpResponse<String> send(String method, String path) throws IOException, InterruptedException {
        URI uri = URI.create("http://127.0.0.1:" + server.port() + path);
        return client.send(
                HttpRequest.newBuilder(uri)
                        .method(method, BodyPublishers.noBody())
                        .build(),
                BodyHandlers.ofString());
    }

    @Test
    void livenessAndReadinessAreToldApart() throws Exception {
        health.addLiveness("event loops", Optional::empty);
        health.addReadiness("cluster local", () -> Optional.of("no broker answers"));

        HttpResponse<String> live = send("GET", "/health/live");
        HttpResponse<String> ready = send("GET", "/health/ready");

        assertThat(live.statusCode()).isEqualTo(200);
        assertThat(live.body()).isEqualTo("{\"status\":\"UP\",\"checks\":{\"event loops\":\"UP\"}}\n");
        assertThat(ready.statusCode()).isEqualTo(503);
        assertThat(ready.body())
                .isEqualTo("{\"status\":\"DOWN\",\"checks\":{\"cluster local\":\"no broker answers\"}}\n");
        assertThat(ready.headers().firstValue("Content-Type")).contains("application/json");
    }

    @Test
    void metricsOfTheJvmAreServed() throws Exception {
        try (JvmMetrics jvm = new JvmMetrics(metrics)) {
            assertThat(jvm).isNotNull();

            HttpResponse<String> response = send("GET", "/metrics");

            assertThat(response.statusCode()).isEqualTo(200);
            assertThat(response.body()).contains("jvm_memory_used_bytes", "jvm_threads_live_threads", "jvm_gc_");
        }
    }

    @Test
    void anythingElseIsRefused() throws Exception {
        assertThat(send("GET", "/health/live/x").statusCode()).isEqualTo(404);
        assertThat(send("GET", "/").statusCode()).isEqualTo(404);
        assertThat(send("POST", "/health/live").statusCode()).isEqualTo(405);
        assertThat(send("HEAD", "/health/live").statusCode()).isEqualTo(200);
    }

    @Test
    void aBusyPortIsNamed() {
        assertThatThrownBy(() -> new ManagementServer("127.0.0.1", server.port(), health, metrics))
                .isInstanceOf(UncheckedIOException.class)
                .hasMessageStartingWith("management: cannot listen on 127.0.0.1:" + server.port() + ": ")
                .hasMessageEndingWith("(expected: an address of this machine with a free port)");
    }

    @Test
    void thePortIsFreeAfterClosing() {
        int port = server.port();
        server.close();

        try (ManagementServer again = new ManagementServer("127.0.0.1", port, health, metrics)) {
            assertThat(again.port()).isEqualTo(port);
        }
    }
}
