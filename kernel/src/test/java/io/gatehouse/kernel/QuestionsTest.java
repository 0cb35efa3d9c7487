/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gatehouse.spi.interception.Question;
import io.gatehouse.spi.operations.ExplanationRequest;
import java.net.InetAddress;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.common.protocol.ApiKeys;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class QuestionsTest {

    private static ExplanationRequest request(
            String connection, String principal, String api, String resource, String address) {
        return new ExplanationRequest(
                Optional.ofNullable(connection),
                Optional.empty(),
                Optional.empty(),
                Optional.ofNullable(principal),
                Optional.empty(),
                Set.of(),
                Optional.empty(),
                Optional.ofNullable(api),
                Optional.ofNullable(resource),
                Optional.ofNullable(address));
    }

    private static Question question(String api, String resource, String address) {
        return Questions.of(request(null, "alice", api, resource, address), Optional.empty())
                .orElseThrow();
    }

    @ParameterizedTest
    @CsvSource({
        "Produce,                PRODUCE,       topic:orders,                 TOPIC,            orders",
        "PRODUCE,                PRODUCE,       TOPIC:a:b,                    TOPIC,            a:b",
        "create_topics,          CREATE_TOPICS, cluster,                      CLUSTER,          kafka-cluster",
        "CreateTopics,           CREATE_TOPICS, cluster:kafka-cluster,        CLUSTER,          kafka-cluster",
        "ConsumerGroupHeartbeat, CONSUMER_GROUP_HEARTBEAT, group:g,           GROUP,            g",
        "EndTxn,                 END_TXN,       transactional-id:payments,    TRANSACTIONAL_ID, payments",
        "EndTxn,                 END_TXN,       TRANSACTIONAL_ID:payments,    TRANSACTIONAL_ID, payments",
    })
    void anApiAndAResourceAreReadInKafkasWordsHoweverTheyAreWritten(
            String api, ApiKeys expected, String resource, String type, String name) {
        Question question = question(api, resource, null);

        assertThat(question.api()).isEqualTo(expected);
        assertThat(question.resource().orElseThrow().type().name()).isEqualTo(type);
        assertThat(question.resource().orElseThrow().name()).isEqualTo(name);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    Prodce  | topic:a  | 10.0.0.1  | api: "Prodce"
                    Produce | tpic:a   | 10.0.0.1  | resource: "tpic:a" (expected: cluster, or one of delegation-token, group, topic,
                    Produce | topic    | 10.0.0.1  | resource: "topic"
                    Produce | topic:   | 10.0.0.1  | resource: "topic:"
                    Produce | cluster:x| 10.0.0.1  | resource: "cluster:x"
                    Produce | topic:a  | localhost | address: "localhost" (expected: an IP address
                            | topic:a  |           | resource or address without api
                            |          | 10.0.0.1  | resource or address without api
                    """)
    void whatIsNoneOrWouldBeIgnoredIsRefused(String api, String resource, String address, String message) {
        assertThatThrownBy(() -> question(api, resource, address))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(message);
    }

    @Test
    void aConnectionBringsItsAddressAndTakesNothingElseButTheQuestion() throws Exception {
        InetAddress own = InetAddress.getByAddress(new byte[] {10, 0, 0, 7});

        assertThat(Questions.of(request("17", null, "Produce", null, null), Optional.of(own))
                        .orElseThrow()
                        .address())
                .isEqualTo(own);
        assertThatThrownBy(() -> Questions.of(request("17", "alice", "Produce", null, null), Optional.of(own)))
                .hasMessageContaining("connection together with who somebody would be");
        assertThatThrownBy(() -> Questions.of(request("17", null, "Produce", null, "10.0.0.8"), Optional.of(own)))
                .hasMessageContaining("connection together with who somebody would be");
    }

    @Test
    void nothingIsAskedWithoutAnApi() {
        assertThat(Questions.of(request(null, "alice", null, null, null), Optional.empty()))
                .isEmpty();
    }
}
