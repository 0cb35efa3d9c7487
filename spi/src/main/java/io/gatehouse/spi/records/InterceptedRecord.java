/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.spi.records;

import io.gatehouse.spi.ProvidedByGateway;
import java.nio.ByteBuffer;
import java.util.List;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;

/** One record of a batch; valid during the handler's call. Buffers that it returns are read-only views. */
@ProvidedByGateway
public interface InterceptedRecord {

    /** In a fetched batch the record's offset; in a produced one its position, from 0. */
    long offset();

    /** Milliseconds since the epoch. */
    long timestamp();

    /** The key; null when there is none. */
    @Nullable
    ByteBuffer key();

    /** The value; null for a tombstone. */
    @Nullable
    ByteBuffer value();

    /** The headers in order; unmodifiable. */
    List<Header> headers();

    /** Replaces the key. */
    void setKey(@Nullable ByteBuffer key);

    /** Replaces the value. */
    void setValue(@Nullable ByteBuffer value);

    /** Appends a header. */
    void addHeader(String name, byte @Nullable [] value);

    /** Removes all headers of that name and appends this one. */
    void setHeader(String name, byte @Nullable [] value);

    /** Removes all headers of that name. */
    void removeHeaders(String name);
}
