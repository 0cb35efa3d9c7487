/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.spi.testkit;

import java.util.List;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/**
 * What became of the records of one partition.
 *
 * @param kind what the client or broker sees
 * @param records those that go on, as they are read from the bytes that the interceptor left; empty unless they were forwarded
 * @param error what the client gets for the partition, or for the whole request when the handler threw; null unless refused
 * @param reason why it was refused or closed; null otherwise
 * @param rejectedPosition the position of the first record that was refused; -1 when none was
 */
public record RecordsOutcome(
        Outcome.Kind kind,
        List<TestRecord> records,
        @Nullable Errors error,
        @Nullable String reason,
        long rejectedPosition) {

    static RecordsOutcome forwarded(List<TestRecord> records) {
        return new RecordsOutcome(Outcome.Kind.FORWARDED, List.copyOf(records), null, null, -1);
    }

    /** Every record was dropped: the client is told success, the broker nothing. */
    static RecordsOutcome answered() {
        return new RecordsOutcome(Outcome.Kind.RESPONDED, List.of(), null, null, -1);
    }

    static RecordsOutcome refused(Errors error, String reason, long position) {
        return new RecordsOutcome(Outcome.Kind.REFUSED, List.of(), error, reason, position);
    }

    /** The whole request or response ended otherwise. */
    static RecordsOutcome of(Outcome outcome) {
        return new RecordsOutcome(outcome.kind(), List.of(), outcome.error(), outcome.reason(), -1);
    }

    /** Whether a record was changed or dropped; batches in which none was go on as their original bytes. */
    public boolean changed(int recordsBefore) {
        return records.size() != recordsBefore || records.stream().anyMatch(TestRecord::changed);
    }
}
