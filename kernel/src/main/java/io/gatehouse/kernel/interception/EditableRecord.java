/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel.interception;

import io.gatehouse.spi.records.InterceptedRecord;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.record.internal.Record;
import org.apache.kafka.common.record.internal.RecordBatch;
import org.jspecify.annotations.Nullable;

/** A record that remembers whether somebody changed it. */
final class EditableRecord implements InterceptedRecord {

    private final RecordBatch source;
    private final long offset;
    private final long offsetInBatch;
    private final long timestamp;
    private @Nullable ByteBuffer key;
    private @Nullable ByteBuffer value;
    private final List<Header> headers;
    private boolean changed;
    private boolean dropped;

    /**
     * @param source the batch that it stands in
     * @param offset as it is shown
     */
    EditableRecord(RecordBatch source, Record record, long offset) {
        this.source = source;
        this.offset = offset;
        this.offsetInBatch = record.offset();
        this.timestamp = record.timestamp();
        this.key = record.key();
        this.value = record.value();
        this.headers = new ArrayList<>(List.of(record.headers()));
    }

    RecordBatch source() {
        return source;
    }

    /** The offset that it has in its batch. */
    long offsetInBatch() {
        return offsetInBatch;
    }

    boolean isChanged() {
        return changed;
    }

    boolean isDropped() {
        return dropped;
    }

    void drop() {
        dropped = true;
    }

    /** For writing: reading through a read-only view would copy byte by byte. */
    @Nullable
    ByteBuffer keyToWrite() {
        return key;
    }

    /** As {@link #keyToWrite}. */
    @Nullable
    ByteBuffer valueToWrite() {
        return value;
    }

    Header[] headerArray() {
        return headers.toArray(Header[]::new);
    }

    @Override
    public long offset() {
        return offset;
    }

    @Override
    public long timestamp() {
        return timestamp;
    }

    @Override
    public @Nullable ByteBuffer key() {
        return key == null ? null : key.asReadOnlyBuffer();
    }

    @Override
    public @Nullable ByteBuffer value() {
        return value == null ? null : value.asReadOnlyBuffer();
    }

    @Override
    public List<Header> headers() {
        return Collections.unmodifiableList(headers);
    }

    @Override
    public void setKey(@Nullable ByteBuffer newKey) {
        key = newKey == null ? null : newKey.slice();
        changed = true;
    }

    @Override
    public void setValue(@Nullable ByteBuffer newValue) {
        value = newValue == null ? null : newValue.slice();
        changed = true;
    }

    @Override
    public void addHeader(String name, byte @Nullable [] headerValue) {
        headers.add(new RecordHeader(name, headerValue));
        changed = true;
    }

    @Override
    public void setHeader(String name, byte @Nullable [] headerValue) {
        headers.removeIf(header -> header.key().equals(name));
        addHeader(name, headerValue);
    }

    @Override
    public void removeHeaders(String name) {
        changed |= headers.removeIf(header -> header.key().equals(name));
    }
}
