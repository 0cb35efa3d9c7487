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
import org.apache.kafka.common.protocol.Errors;
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

    /** No request could carry more uncompressed: Kafka's default of {@code socket.request.max.bytes}. */
    private static final long MAX_UNPACKED_BYTES = 100L * 1024 * 1024;

    private final String topic;
    private final int partition;
    private final MemoryRecords records;
    private @Nullable List<Batch> batches;

    /** A batch and its records; none for control batches, which nobody sees. */
    private record Batch(MutableRecordBatch source, List<EditableRecord> records) {

        private boolean isChanged() {
            return records.stream().anyMatch(record -> record.isChanged() || record.isDropped());
        }

        private List<EditableRecord> kept() {
            return records.stream().filter(record -> !record.isDropped()).toList();
        }
    }

    EditableRecords(String topic, int partition, MemoryRecords records) {
        this.topic = topic;
        this.partition = partition;
        this.records = records;
    }

    /** The offset that a handler is shown. */
    long shownOffset(Record record, int position) {
        return record.offset();
    }

    /** Writes a batch of which something was changed. */
    void write(MutableRecordBatch source, List<EditableRecord> kept, ByteBufferOutputStream out) {
        if (kept.isEmpty()) {
            writeEmpty(source, out);
            return;
        }
        try (MemoryRecordsBuilder builder = builder(source, source.baseOffset(), out)) {
            for (EditableRecord record : kept) {
                append(record, record.offsetInBatch(), builder);
            }
            builder.overrideLastOffset(source.lastOffset());
        }
    }

    @Override
    public String topic() {
        return topic;
    }

    @Override
    public int partition() {
        return partition;
    }

    /** Whether any of the batches is an idempotent or transactional producer's; asked without unpacking them. */
    boolean hasProducerId() {
        for (RecordBatch batch : records.batches()) {
            if (batch.hasProducerId()) {
                return true;
            }
        }
        return false;
    }

    /** All records that a handler is shown, dropped ones included. */
    List<EditableRecord> all() {
        return read().stream().flatMap(batch -> batch.records().stream()).toList();
    }

    @Override
    public Iterator<InterceptedRecord> iterator() {
        return List.<InterceptedRecord>copyOf(all()).iterator();
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
                write(batch.source(), batch.kept(), out);
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
            int position = 0;
            try {
                for (MutableRecordBatch source : records.batches()) {
                    List<EditableRecord> ofBatch = source.isControlBatch() ? List.of() : recordsOf(source, position);
                    position += ofBatch.size();
                    read.add(new Batch(source, ofBatch));
                }
            } catch (UnreadableRecordsException e) {
                throw e;
            } catch (RuntimeException e) {
                throw new UnreadableRecordsException(Errors.CORRUPT_MESSAGE, "records do not parse: " + e.getMessage());
            }
            batches = read;
        }
        return batches;
    }

    private List<EditableRecord> recordsOf(RecordBatch source, int firstPosition) {
        source.ensureValid();
        List<EditableRecord> editable = new ArrayList<>();
        long bytes = 0;
        try (CloseableIterator<Record> iterator = source.streamingIterator(BufferSupplier.NO_CACHING)) {
            while (iterator.hasNext()) {
                Record record = iterator.next();
                bytes += record.sizeInBytes();
                if (bytes > MAX_UNPACKED_BYTES) {
                    throw new UnreadableRecordsException(
                            Errors.MESSAGE_TOO_LARGE,
                            "a batch that unpacks to more than " + MAX_UNPACKED_BYTES + " bytes");
                }
                editable.add(new EditableRecord(source, record, shownOffset(record, firstPosition + editable.size())));
            }
        }
        return editable;
    }

    static MemoryRecordsBuilder builder(MutableRecordBatch source, long baseOffset, ByteBufferOutputStream out) {
        boolean appendTime = source.timestampType() == TimestampType.LOG_APPEND_TIME;
        return new MemoryRecordsBuilder(
                out,
                RecordBatch.CURRENT_MAGIC_VALUE,
                Compression.of(source.compressionType()).build(),
                appendTime ? TimestampType.LOG_APPEND_TIME : TimestampType.CREATE_TIME,
                baseOffset,
                appendTime ? source.maxTimestamp() : RecordBatch.NO_TIMESTAMP,
                source.producerId(),
                source.producerEpoch(),
                source.baseSequence(),
                source.isTransactional(),
                false,
                source.partitionLeaderEpoch(),
                Integer.MAX_VALUE,
                source.deleteHorizonMs().orElse(RecordBatch.NO_TIMESTAMP));
    }

    static void append(EditableRecord record, long offset, MemoryRecordsBuilder builder) {
        builder.appendWithOffset(
                offset, record.timestamp(), record.keyToWrite(), record.valueToWrite(), record.headerArray());
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
