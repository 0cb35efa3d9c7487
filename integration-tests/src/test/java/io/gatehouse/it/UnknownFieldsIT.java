/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.it;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.kafka.raw.RawKafkaClient;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.common.message.DescribeProducersRequestData;
import org.apache.kafka.common.message.DescribeProducersRequestData.TopicRequest;
import org.apache.kafka.common.message.DescribeProducersResponseData;
import org.apache.kafka.common.message.DescribeProducersResponseData.TopicResponse;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Message;
import org.apache.kafka.common.protocol.types.RawTaggedField;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Tagged fields that a later Kafka has added to a version that the gateway knows. The broker is played, as one that knows them: what no
 * policy can see goes no further, in neither direction, and where no policy looks everything passes.
 */
class UnknownFieldsIT {

    private static final int TAG = 4_400;
    private static final String SECRET = "other-tenant.secret";

    private final AtomicReference<String> received = new AtomicReference<>("");

    @ParameterizedTest
    @CsvSource({"hide, orders, team.orders", "enforce, team.orders, team.orders"})
    void inANamespaceTheyGoNoFurther(String mode, String topic, String real) throws Exception {
        try (ScriptedBroker broker = broker(real);
                TestGateway gateway = TestGateway.inFrontOf(broker.bootstrapServers())
                        .anonymous()
                        .plugin(TestGateway.jarOf("plugins/namespace"))
                        .resource("namespace.yaml", """
                                apiVersion: gatehouse/v1
                                kind: Interceptor
                                metadata: {name: namespace}
                                spec: {type: namespace, priority: 9000, scope: {all: true}, config: {prefix: team., mode: %s}}
                                """.formatted(mode))
                        .start()) {
            String response = exchange(gateway, topic);

            assertThat(received.get()).contains(real).doesNotContain(SECRET);
            assertThat(response).contains(topic).doesNotContain(SECRET);
        }
    }

    @Test
    void whereNobodyLooksTheyPass() throws Exception {
        try (ScriptedBroker broker = broker("orders");
                TestGateway gateway = TestGateway.inFrontOf(broker.bootstrapServers())
                        .anonymous()
                        .start()) {
            String response = exchange(gateway, "orders");

            assertThat(received.get()).containsOnlyOnce("orders").contains(SECRET + "1", SECRET + "2");
            assertThat(response).contains(SECRET + "1", SECRET + "2");
        }
    }

    private ScriptedBroker broker(String topic) throws IOException {
        return new ScriptedBroker().on(ApiKeys.DESCRIBE_PRODUCERS, (request, connection) -> {
            received.set(new String(request.frame(), ISO_8859_1));
            TopicResponse described = with(new TopicResponse().setName(topic), SECRET + "1");
            connection.respond(
                    request, with(new DescribeProducersResponseData().setTopics(List.of(described)), SECRET + "2"));
        });
    }

    private static String exchange(TestGateway gateway, String topic) throws IOException {
        TopicRequest described = with(new TopicRequest().setName(topic).setPartitionIndexes(List.of(0)), SECRET + "1");
        DescribeProducersRequestData request = with(new DescribeProducersRequestData(), SECRET + "2");
        request.topics().add(described);
        try (RawKafkaClient client = RawRequests.connect(gateway, ScriptedBroker.NODE_ID)) {
            client.send(RawRequests.frame(ApiKeys.DESCRIBE_PRODUCERS, 0, request, 1));
            return new String(client.readFrame(), ISO_8859_1);
        }
    }

    private static <M extends Message> M with(M message, String value) {
        message.unknownTaggedFields().add(new RawTaggedField(TAG, value.getBytes(ISO_8859_1)));
        return message;
    }
}
