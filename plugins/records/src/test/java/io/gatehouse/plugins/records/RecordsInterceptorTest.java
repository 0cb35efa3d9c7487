/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.plugins.records;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.spi.User;
import io.gatehouse.spi.testkit.InterceptorHarness;
import io.gatehouse.spi.testkit.Outcome;
import io.gatehouse.spi.testkit.RecordsOutcome;
import io.gatehouse.spi.testkit.TestRecord;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RecordsInterceptorTest {

    private static final User ALICE = User.named("alice")
            .principal("CN=alice")
            .virtualCluster("team-a")
            .groups(Set.of("auditors", "writers"))
            .build();

    private static InterceptorHarness harness(RecordsConfig config) {
        return InterceptorHarness.of(new RecordsInterceptorFactory(), config, ALICE);
    }

    private static InterceptorHarness rejecting(String when) {
        return harness(new RecordsConfig(
                List.of(new ProduceRule(
                        List.of("*"), when, Map.of(), List.of(), Optional.of("not wanted"), Optional.empty())),
                List.of()));
    }

    private static InterceptorHarness skipping(String topic, String when) {
        return harness(
                new RecordsConfig(List.of(), List.of(new FetchRule(List.of(topic), when, Map.of(), List.of(), true))));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "true",
                "topic == 'orders'",
                "topic.startsWith('ord') && partition == 3",
                "key == 'k1' && hasKey",
                "hasValue",
                "headers['source'] == 'web'",
                "'source' in headers",
                "!('other' in headers)",
                "headers[?'other'].orValue('none') == 'none'",
                "headers.exists(name, name.matches('^so.*'))",
                "user.username == 'alice'",
                "user.principal == 'CN=alice'",
                "user.virtualCluster == 'team-a'",
                "'auditors' in user.groups",
                "key.upperAscii() == 'K1'"
            })
    void aConditionSeesTheRecordAndTheUser(String when) {
        RecordsOutcome outcome = rejecting(when)
                .producedRecords("orders", 3, TestRecord.of("k1", "v").withHeader("source", "web"));

        assertThat(outcome.error()).isEqualTo(Errors.INVALID_RECORD);
        assertThat(outcome.reason()).isEqualTo("not wanted");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "false",
                "topic == 'others'",
                "hasKey",
                "hasValue",
                "key != ''",
                "size(headers) > 0",
                "'admins' in user.groups"
            })
    void whatItDoesNotHoldForGoesOnUntouched(String when) {
        RecordsOutcome outcome = rejecting(when).producedRecords("orders", 3, TestRecord.of(null, null));

        assertThat(outcome.kind()).isEqualTo(Outcome.Kind.FORWARDED);
        assertThat(outcome.changed(1)).isFalse();
    }

    @Test
    void aConditionThatCannotBeEvaluatedDenies() {
        RecordsOutcome produced =
                rejecting("headers['source'] == 'web'").producedRecords("orders", 0, TestRecord.of("k", "v"));
        RecordsOutcome fetched =
                skipping("*", "headers['source'] == 'web'").fetchedRecords("orders", 0, TestRecord.of("k", "v"));

        assertThat(produced.error()).isEqualTo(Errors.INVALID_RECORD);
        assertThat(produced.reason()).startsWith("condition headers['source'] == 'web' cannot be evaluated: ");
        assertThat(fetched.records()).isEmpty();
    }

    @Test
    void headersAreSetAndRemovedAndLaterRulesSeeIt() {
        InterceptorHarness harness = harness(new RecordsConfig(
                List.of(
                        new ProduceRule(
                                List.of("ord*"),
                                "true",
                                Map.of("user", "user.username", "from", "topic + '/' + string(partition)"),
                                List.of("x-internal-*"),
                                Optional.empty(),
                                Optional.empty()),
                        new ProduceRule(
                                List.of("*"),
                                "headers['user'] == 'alice' && !('x-internal-a' in headers)",
                                Map.of("second", "'yes'"),
                                List.of(),
                                Optional.empty(),
                                Optional.empty())),
                List.of()));

        RecordsOutcome outcome = harness.producedRecords(
                "orders",
                1,
                TestRecord.of("k", "v")
                        .withHeader("user", "forged")
                        .withHeader("x-internal-a", "1")
                        .withHeader("kept", "2"));

        assertThat(outcome.records()).singleElement().satisfies(record -> {
            assertThat(record.headerTexts("user")).containsExactly("alice");
            assertThat(record.headerTexts("from")).containsExactly("orders/1");
            assertThat(record.headerTexts("second")).containsExactly("yes");
            assertThat(record.headerTexts("kept")).containsExactly("2");
            assertThat(record.headerTexts("x-internal-a")).isEmpty();
        });
    }

    @Test
    void theRecordsThatAreRefusedAreNamed() {
        RecordsOutcome outcome =
                rejecting("!hasKey").producedRecords("orders", 0, TestRecord.of("k", "v"), TestRecord.of(null, "v"));

        assertThat(outcome.rejectedPosition()).isEqualTo(1);
    }

    @Test
    void recordsAreSkippedOnFetchAndOthersKeepTheirOffsets() {
        RecordsOutcome outcome = skipping("audit-*", "'secret' in headers")
                .fetchedRecords(
                        "audit-eu",
                        0,
                        TestRecord.of("a", "1").at(10),
                        TestRecord.of("b", "2").withHeader("secret", "").at(11),
                        TestRecord.of("c", "3").at(12));

        assertThat(outcome.records()).extracting(TestRecord::offset).containsExactly(10L, 12L);
    }

    @Test
    void otherTopicsAreLeftAlone() {
        RecordsOutcome outcome = skipping("audit-*", "true")
                .fetchedRecords("orders", 0, TestRecord.of("a", "1").at(10));

        assertThat(outcome.records()).hasSize(1);
    }

    @Test
    void aUserWhomNoRuleCanConcernIsNotDecoded() {
        InterceptorHarness harness = skipping("*", "!('auditors' in user.groups) && 'secret' in headers");

        assertThat(harness.handlesResponses(ApiKeys.FETCH)).isFalse();
        assertThat(harness.user(User.named("bob").build()).handlesResponses(ApiKeys.FETCH))
                .isTrue();
        assertThat(harness.handlesRequests(ApiKeys.PRODUCE)).isFalse();
    }
}
