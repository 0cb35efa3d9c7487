/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel.interception;

import io.gatehouse.spi.records.InterceptedRecord;
import io.gatehouse.spi.records.RecordsBatch;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.errors.CorruptRecordException;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.common.record.internal.DefaultRecordBatch;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.MemoryRecordsBuilder;
import org.apache.kafka.common.record.internal.MutableRecordBatch;
import org.apache.kafka.common.record.internal.Record;
import org.apache.kafka.common.record.internal.RecordBatch;
import org.apache.kafka.common.utils.internals.BufferSupplier;
import org.apache.kafka.common.utils.internals.ByteBufferOutputStream;
import org.apache.kafka.common.utils.internals.CloseableIterator;
import org.jspecify.annotations.Nullable;

/**
 * The records of one partition under the hands of a handler: decompressed only when somebody looks, written again only where somebody
 * changed something. Batches without a change and control batches keep their bytes; a batch that is written again keeps its offsets,
 * producer id, epoch, sequence, transaction, timestamps and compression.
 */
class EditableRecords implements RecordsBatch {

    private final @Nullable String topic;
    private final int partition;
    private final MemoryRecords records;
    private @Nullable List<Batch> batches;

    /** A batch and its records; none for control batches, which nobody sees. */
    private record Batch(MutableRecordBatch source, List<EditableRecord> records) {

        private boolean isChanged() {
            return records.stream().anyMatch(record -> record.isChanged() || record.isDropped());
        }
    }

    EditableRecords(@Nullable String topic, int partition, MemoryRecords records) {
        this.topic = topic;
        this.partition = partition;
        this.records = records;
    }

    @Override
    public @Nullable String topic() {
        return topic;
    }

    @Override
    public int partition() {
        return partition;
    }

    @Override
    public Iterator<InterceptedRecord> iterator() {
        return read().stream()
                .flatMap(batch -> batch.records().stream())
                .map(InterceptedRecord.class::cast)
                .iterator();
    }

    /** What has become of the records; null when nothing was changed. */
    @Nullable
    MemoryRecords result() {
        List<Batch> read = batches;
        if (read == null || read.stream().noneMatch(Batch::isChanged)) {
            return null;
        }
        ByteBufferOutputStream out = new ByteBufferOutputStream(records.sizeInBytes() + 512);
        for (Batch batch : read) {
            if (batch.isChanged()) {
                write(batch, out);
            } else {
                batch.source().writeTo(out);
            }
        }
        ByteBuffer bytes = out.buffer();
        bytes.flip();
        return MemoryRecords.readableRecords(bytes);
    }

    private List<Batch> read() {
        if (batches == null) {
            List<Batch> read = new ArrayList<>();
            for (MutableRecordBatch source : records.batches()) {
                read.add(new Batch(source, source.isControlBatch() ? List.of() : recordsOf(source)));
            }
            batches = read;
        }
        return batches;
    }

    private static List<EditableRecord> recordsOf(RecordBatch source) {
        source.ensureValid();
        List<EditableRecord> editable = new ArrayList<>();
        try (CloseableIterator<Record> iterator = source.streamingIterator(BufferSupplier.NO_CACHING)) {
            iterator.forEachRemaining(record -> editable.add(new EditableRecord(record)));
        } catch (RuntimeException e) {
            throw new CorruptRecordException("records do not parse: " + e.getMessage(), e);
        }
        return editable;
    }

    private static void write(Batch batch, ByteBufferOutputStream out) {
        MutableRecordBatch source = batch.source();
        List<EditableRecord> kept =
                batch.records().stream().filter(record -> !record.isDropped()).toList();
        if (kept.isEmpty()) {
            writeEmpty(source, out);
            return;
        }
        boolean appendTime = source.timestampType() == TimestampType.LOG_APPEND_TIME;
        try (MemoryRecordsBuilder builder = new MemoryRecordsBuilder(
                out,
                RecordBatch.CURRENT_MAGIC_VALUE,
                Compression.of(source.compressionType()).build(),
                appendTime ? TimestampType.LOG_APPEND_TIME : TimestampType.CREATE_TIME,
                source.baseOffset(),
                appendTime ? source.maxTimestamp() : RecordBatch.NO_TIMESTAMP,
                source.producerId(),
                source.producerEpoch(),
                source.baseSequence(),
                source.isTransactional(),
                false,
                source.partitionLeaderEpoch(),
                Integer.MAX_VALUE,
                source.deleteHorizonMs().orElse(RecordBatch.NO_TIMESTAMP))) {
            for (EditableRecord record : kept) {
                builder.appendWithOffset(
                        record.offset(),
                        record.timestamp(),
                        record.keyToWrite(),
                        record.valueToWrite(),
                        record.headerArray());
            }
            builder.overrideLastOffset(source.lastOffset());
        }
    }

    private static void writeEmpty(RecordBatch source, ByteBufferOutputStream out) {
        ByteBuffer header = ByteBuffer.allocate(DefaultRecordBatch.RECORD_BATCH_OVERHEAD);
        DefaultRecordBatch.writeEmptyHeader(
                header,
                RecordBatch.CURRENT_MAGIC_VALUE,
                source.producerId(),
                source.producerEpoch(),
                source.baseSequence(),
                source.baseOffset(),
                source.lastOffset(),
                source.partitionLeaderEpoch(),
                source.timestampType(),
                source.maxTimestamp(),
                source.isTransactional(),
                false);
        header.rewind();
        out.write(header);
    }
}
