/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.spi.testkit;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.record.internal.Record;
import org.jspecify.annotations.Nullable;

/** A record in memory; text is UTF-8. Immutable. */
public final class TestRecord {

    private final long offset;
    private final long timestamp;
    private final @Nullable ByteBuffer key;
    private final @Nullable ByteBuffer value;
    private final List<Header> headers;
    private final boolean changed;

    private TestRecord(
            long offset,
            long timestamp,
            @Nullable ByteBuffer key,
            @Nullable ByteBuffer value,
            List<Header> headers,
            boolean changed) {
        this.changed = changed;
        this.offset = offset;
        this.timestamp = timestamp;
        this.key = key;
        this.value = value;
        this.headers = List.copyOf(headers);
    }

    /** A record without headers at offset 0; {@link InterceptorHarness} numbers produced ones itself. */
    public static TestRecord of(@Nullable String key, @Nullable String value) {
        return new TestRecord(0, 0, buffer(key), buffer(value), List.of(), false);
    }

    static TestRecord of(Record record) {
        return new TestRecord(
                record.offset(), record.timestamp(), record.key(), record.value(), List.of(record.headers()), false);
    }

    /** The same with one more header. */
    public TestRecord withHeader(String name, @Nullable String headerValue) {
        List<Header> more = new ArrayList<>(headers);
        more.add(new RecordHeader(name, bytes(headerValue)));
        return new TestRecord(offset, timestamp, key, value, more, false);
    }

    /** The same at another offset. */
    public TestRecord at(long newOffset) {
        return new TestRecord(newOffset, timestamp, key, value, headers, false);
    }

    /** The same at another time, in milliseconds since the epoch. */
    public TestRecord withTimestamp(long newTimestamp) {
        return new TestRecord(offset, newTimestamp, key, value, headers, false);
    }

    private static byte @Nullable [] bytes(@Nullable String text) {
        return text == null ? null : text.getBytes(StandardCharsets.UTF_8);
    }

    private static @Nullable ByteBuffer buffer(@Nullable String text) {
        return text == null ? null : ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
    }

    private static @Nullable String text(@Nullable ByteBuffer buffer) {
        return buffer == null
                ? null
                : StandardCharsets.UTF_8.decode(buffer.duplicate()).toString();
    }

    private static @Nullable ByteBuffer readOnly(@Nullable ByteBuffer buffer) {
        return buffer == null ? null : buffer.asReadOnlyBuffer();
    }

    /** The key as text; null when there is none. */
    public @Nullable String keyText() {
        return text(key);
    }

    /** The value as text; null for a tombstone. */
    public @Nullable String valueText() {
        return text(value);
    }

    /** The values of the headers of that name, in order, as text. */
    public List<@Nullable String> headerTexts(String name) {
        List<@Nullable String> texts = new ArrayList<>();
        for (Header header : headers) {
            if (header.key().equals(name)) {
                texts.add(header.value() == null ? null : new String(header.value(), StandardCharsets.UTF_8));
            }
        }
        return Collections.unmodifiableList(texts);
    }

    /** Whether a handler has changed it. */
    public boolean changed() {
        return changed;
    }

    /** In a fetched batch its offset, in a produced one its position. */
    public long offset() {
        return offset;
    }

    /** Milliseconds since the epoch. */
    public long timestamp() {
        return timestamp;
    }

    /** The key; null when there is none. */
    public @Nullable ByteBuffer key() {
        return readOnly(key);
    }

    /** The value; null for a tombstone. */
    public @Nullable ByteBuffer value() {
        return readOnly(value);
    }

    /** The headers in order; unmodifiable. */
    public List<Header> headers() {
        return headers;
    }

    /** Whether everything but the offset is the same. */
    boolean hasContentOf(TestRecord other) {
        return timestamp == other.timestamp
                && Objects.equals(key, other.key)
                && Objects.equals(value, other.value)
                && headers.equals(other.headers);
    }

    TestRecord markChanged() {
        return new TestRecord(offset, timestamp, key, value, headers, true);
    }

    @Override
    public String toString() {
        return "TestRecord{offset=" + offset + ", key=" + keyText() + ", value=" + valueText() + ", headers=" + headers
                + "}";
    }
}
