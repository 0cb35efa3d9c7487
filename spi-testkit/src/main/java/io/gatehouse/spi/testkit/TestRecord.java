/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.spi.testkit;

import io.gatehouse.spi.records.InterceptedRecord;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.jspecify.annotations.Nullable;

/** A record in memory; text is UTF-8. Not thread-safe. */
public final class TestRecord implements InterceptedRecord {

    private final long offset;
    private final long timestamp;
    private @Nullable ByteBuffer key;
    private @Nullable ByteBuffer value;
    private final List<Header> headers;
    private boolean changed;

    private TestRecord(
            long offset, long timestamp, @Nullable ByteBuffer key, @Nullable ByteBuffer value, List<Header> headers) {
        this.offset = offset;
        this.timestamp = timestamp;
        this.key = key;
        this.value = value;
        this.headers = new ArrayList<>(headers);
    }

    /** A record without headers at offset 0; {@link InterceptorHarness} numbers produced ones itself. */
    public static TestRecord of(@Nullable String key, @Nullable String value) {
        return new TestRecord(0, 0, buffer(key), buffer(value), List.of());
    }

    /** The same with one more header. */
    public TestRecord withHeader(String name, @Nullable String headerValue) {
        List<Header> more = new ArrayList<>(headers);
        more.add(new RecordHeader(name, bytes(headerValue)));
        return new TestRecord(offset, timestamp, key, value, more);
    }

    /** The same at another offset. */
    public TestRecord at(long newOffset) {
        return new TestRecord(newOffset, timestamp, key, value, headers);
    }

    /** The same at another time, in milliseconds since the epoch. */
    public TestRecord withTimestamp(long newTimestamp) {
        return new TestRecord(offset, newTimestamp, key, value, headers);
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
        return readOnly(key);
    }

    @Override
    public @Nullable ByteBuffer value() {
        return readOnly(value);
    }

    @Override
    public List<Header> headers() {
        return Collections.unmodifiableList(headers);
    }

    @Override
    public void setKey(@Nullable ByteBuffer newKey) {
        key = newKey == null ? null : newKey.duplicate();
        changed = true;
    }

    @Override
    public void setValue(@Nullable ByteBuffer newValue) {
        value = newValue == null ? null : newValue.duplicate();
        changed = true;
    }

    @Override
    public void addHeader(String name, byte @Nullable [] headerValue) {
        headers.add(
                new RecordHeader(name, headerValue == null ? null : Arrays.copyOf(headerValue, headerValue.length)));
        changed = true;
    }

    @Override
    public void setHeader(String name, byte @Nullable [] headerValue) {
        removeHeaders(name);
        addHeader(name, headerValue);
    }

    @Override
    public void removeHeaders(String name) {
        changed |= headers.removeIf(header -> header.key().equals(name));
    }

    @Override
    public String toString() {
        return "TestRecord{offset=" + offset + ", key=" + keyText() + ", value=" + valueText() + ", headers=" + headers
                + "}";
    }
}
