/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package com.example.gatehouse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gatehouse.spi.User;
import io.gatehouse.spi.testkit.InterceptorHarness;
import io.gatehouse.spi.testkit.Outcome;
import io.gatehouse.spi.testkit.RecordsOutcome;
import io.gatehouse.spi.testkit.TestRecord;
import org.apache.kafka.common.message.CreateTopicsRequestData;
import org.apache.kafka.common.message.CreateTopicsRequestData.CreatableTopic;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StarterInterceptorTest {

    private final InterceptorHarness harness = InterceptorHarness.of(
            new StarterInterceptorFactory(),
            new StarterConfig("x-user", "[a-z0-9.-]+"),
            User.named("alice").build());

    @AfterEach
    void close() {
        harness.close();
    }

    private static CreateTopicsRequestData create(String... topics) {
        CreateTopicsRequestData request = new CreateTopicsRequestData();
        for (String topic : topics) {
            request.topics()
                    .add(new CreatableTopic().setName(topic).setNumPartitions(1).setReplicationFactor((short) 1));
        }
        return request;
    }

    @Test
    void recordsAreStampedWithTheUser() {
        RecordsOutcome outcome =
                harness.producedRecords("orders", 0, TestRecord.of("1", "a"), TestRecord.of("2", null));

        assertThat(outcome.kind()).isEqualTo(Outcome.Kind.FORWARDED);
        assertThat(outcome.records())
                .hasSize(2)
                .allSatisfy(record -> assertThat(record.headerTexts("x-user")).containsExactly("alice"));
    }

    @Test
    void aForgedHeaderIsReplacedAndOthersAreKept() {
        RecordsOutcome outcome = harness.producedRecords(
                "orders",
                0,
                TestRecord.of("1", "a").withHeader("x-user", "admin").withHeader("trace", "42"));

        assertThat(outcome.records()).singleElement().satisfies(record -> {
            assertThat(record.headerTexts("x-user")).containsExactly("alice");
            assertThat(record.headerTexts("trace")).containsExactly("42");
        });
    }

    @Test
    void recordsForABadTopicAreRefused() {
        RecordsOutcome outcome = harness.producedRecords("Orders!", 0, TestRecord.of("1", "a"));

        assertThat(outcome.error()).isEqualTo(Errors.POLICY_VIOLATION);
        assertThat(outcome.reason()).isEqualTo("topic Orders! (expected: a name that matches [a-z0-9.-]+)");
    }

    @ParameterizedTest
    @ValueSource(shorts = {2, 4, 7})
    void goodTopicsAreCreated(short version) {
        Outcome outcome = harness.request(ApiKeys.CREATE_TOPICS, version, create("orders", "orders.dead-letters"));

        assertThat(outcome.kind()).isEqualTo(Outcome.Kind.FORWARDED);
        assertThat(outcome.changed()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(shorts = {2, 4, 7})
    void badTopicsAreNotCreated(short version) {
        Outcome outcome = harness.request(ApiKeys.CREATE_TOPICS, version, create("orders", "My_Topic"));

        assertThat(outcome.error()).isEqualTo(Errors.POLICY_VIOLATION);
        assertThat(outcome.reason()).isEqualTo("topics [My_Topic] (expected: names that match [a-z0-9.-]+)");
    }

    @Test
    void everythingElseIsNotEvenDecoded() {
        assertThat(harness.handlesRequests(ApiKeys.METADATA)).isFalse();
        assertThat(harness.handlesRequests(ApiKeys.FETCH)).isFalse();
        assertThat(harness.handlesResponses(ApiKeys.FETCH)).isFalse();
    }

    @Test
    void aPatternThatIsNoneIsAConfigurationError() {
        assertThatThrownBy(() -> new StarterConfig("x-user", "[a-z"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("topicPattern: [a-z (expected: a regular expression)");
    }
}
