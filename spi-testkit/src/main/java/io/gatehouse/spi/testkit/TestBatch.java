/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.spi.testkit;

import io.gatehouse.spi.records.FetchedBatch;
import io.gatehouse.spi.records.InterceptedRecord;
import io.gatehouse.spi.records.ProducedBatch;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/** The records of one partition in memory, as a produced or a fetched batch. */
final class TestBatch implements ProducedBatch, FetchedBatch {

    private final String topic;
    private final int partition;
    private final List<TestRecord> records;
    private final List<TestRecord> kept;
    private @Nullable RecordsOutcome rejection;

    TestBatch(String topic, int partition, List<TestRecord> records) {
        this.topic = topic;
        this.partition = partition;
        this.records = List.copyOf(records);
        this.kept = new ArrayList<>(records);
    }

    @Override
    public String topic() {
        return topic;
    }

    @Override
    public int partition() {
        return partition;
    }

    @Override
    public Iterator<InterceptedRecord> iterator() {
        return List.<InterceptedRecord>copyOf(records).iterator();
    }

    @Override
    public void reject(String reason) {
        rejection = RecordsOutcome.refused(Errors.POLICY_VIOLATION, reason, -1);
    }

    @Override
    public void reject(InterceptedRecord record, String reason) {
        rejection = RecordsOutcome.refused(
                Errors.INVALID_RECORD, reason, own(record).offset());
    }

    @Override
    public void drop(InterceptedRecord record, String reason) {
        drop(record);
    }

    @Override
    public boolean canDrop() {
        return true;
    }

    @Override
    public void drop(InterceptedRecord record) {
        kept.remove(own(record));
    }

    private TestRecord own(InterceptedRecord record) {
        for (TestRecord each : records) {
            if (each == record) {
                return each;
            }
        }
        throw new IllegalArgumentException(record + " (expected: a record of this batch)");
    }

    RecordsOutcome outcome() {
        return rejection == null ? RecordsOutcome.forwarded(kept) : rejection;
    }
}
