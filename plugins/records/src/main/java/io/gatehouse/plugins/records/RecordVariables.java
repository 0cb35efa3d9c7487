/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.plugins.records;

import dev.cel.runtime.CelVariableResolver;
import io.gatehouse.spi.records.InterceptedRecord;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;

/** What expressions see of one record: nothing is decoded before an expression asks. Not thread-safe. */
final class RecordVariables implements CelVariableResolver {

    private final UserVariables user;
    private final String topic;
    private final int partition;
    private final InterceptedRecord record;
    private @Nullable Map<String, String> headers;

    RecordVariables(UserVariables user, String topic, int partition, InterceptedRecord record) {
        this.user = user;
        this.topic = topic;
        this.partition = partition;
        this.record = record;
    }

    @Override
    public Optional<Object> find(String name) {
        return switch (name) {
            case "topic" -> Optional.of(topic);
            case "partition" -> Optional.of((long) partition);
            case "key" -> Optional.of(text(record.key()));
            case "hasKey" -> Optional.of(record.key() != null);
            case "hasValue" -> Optional.of(record.value() != null);
            case "headers" -> Optional.of(headers());
            default -> user.find(name);
        };
    }

    /** Later expressions see the headers as they are now. */
    void headersChanged() {
        headers = null;
    }

    private Map<String, String> headers() {
        Map<String, String> known = headers;
        if (known == null) {
            known = new HashMap<>();
            for (Header header : record.headers()) {
                byte[] value = header.value();
                known.put(header.key(), value == null ? "" : new String(value, StandardCharsets.UTF_8));
            }
            headers = known;
        }
        return known;
    }

    private static String text(@Nullable ByteBuffer bytes) {
        return bytes == null ? "" : StandardCharsets.UTF_8.decode(bytes).toString();
    }
}
