/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gatehouse.kafka.junit.KafkaExtension;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What a load balancer sees of a gateway that starts and stops. */
class ReadinessIT {

    @RegisterExtension
    static final KafkaExtension kafka = KafkaExtension.shared(3);

    private final HttpClient http = HttpClient.newHttpClient();

    @Test
    void aGatewayThatStopsIsNotReadyWhileItAnswersWhatIsInFlight() throws Exception {
        kafka.cluster().createTopic("readiness", 1, 3);

        try (TestGateway gateway =
                TestGateway.inFrontOf(kafka.bootstrapServers()).anonymous().start()) {
            URI ready = URI.create("http://127.0.0.1:" + gateway.gatehouse().managementPort() + "/health/ready");
            await().atMost(Duration.ofSeconds(20)).until(() -> get(ready).statusCode() == 200);
            try (KafkaConsumer<String, String> consumer = longPolling(gateway)) {
                consumer.poll(Duration.ofSeconds(1));
                CompletableFuture<Void> closing =
                        CompletableFuture.runAsync(() -> gateway.gatehouse().close());

                await().atMost(Duration.ofSeconds(5))
                        .pollInterval(Duration.ofMillis(20))
                        .untilAsserted(() -> assertThat(get(ready))
                                .returns(503, HttpResponse::statusCode)
                                .extracting(HttpResponse::body)
                                .asString()
                                .contains("\"listeners\":\"the gateway stops\""));

                closing.join();
            }
        }
    }

    private static KafkaConsumer<String, String> longPolling(TestGateway gateway) {
        KafkaConsumer<String, String> consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", gateway.bootstrapServers(), "fetch.max.wait.ms", "5000"),
                new StringDeserializer(),
                new StringDeserializer());
        TopicPartition partition = new TopicPartition("readiness", 0);
        consumer.assign(List.of(partition));
        consumer.seekToBeginning(List.of(partition));
        return consumer;
    }

    private HttpResponse<String> get(URI uri) throws IOException, InterruptedException {
        return http.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString());
    }
}
