/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.plugins.namespace;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What each field of Kafka's messages names: {@code fields.txt}. Immutable.
 *
 * <table>
 * <caption>Lines</caption>
 * <tr><td>{@code refuse ElectLeaders   why}</td><td>an API that is not offered</td></tr>
 * <tr><td>{@code gateway ApiVersions}</td><td>an API that no interceptor sees</td></tr>
 * <tr><td>{@code MetadataRequest}</td><td>a message, whose fields follow</td></tr>
 * <tr><td>{@code   Topics.Name   topic}</td><td>a field of it, by the names of Kafka's definitions, and its kind</td></tr>
 * <tr><td>{@code   MemberId   - member}</td><td>a harmless field, and why</td></tr>
 * </table>
 *
 * <p>See FieldTableTest.
 */
final class FieldTable {

    /** The table of this plugin. */
    static final FieldTable OF_KAFKA = load();

    private final Map<String, Map<String, FieldKind>> messages = new HashMap<>();
    private final Set<String> refused = new HashSet<>();
    private final Set<String> ofGateway = new HashSet<>();

    private FieldTable() {}

    private static FieldTable load() {
        try (InputStream in = FieldTable.class.getResourceAsStream("fields.txt")) {
            if (in == null) {
                throw new IllegalStateException("fields.txt: missing (expected: beside " + FieldTable.class + ")");
            }
            return parse(new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))
                    .lines()
                    .toList());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static FieldTable parse(List<String> lines) {
        FieldTable table = new FieldTable();
        Map<String, FieldKind> fields = new HashMap<>();
        for (String line : lines) {
            if (line.isBlank() || line.startsWith("#")) {
                continue;
            }
            String[] words = line.strip().split("\\s+", 3);
            if (line.startsWith(" ")) {
                table.field(fields, line, words);
            } else if (words[0].equals("refuse") && words.length == 3) {
                table.refused.add(words[1]);
            } else if (words[0].equals("gateway")) {
                table.ofGateway.add(words[1]);
            } else {
                fields = new HashMap<>();
                if (words.length > 1 || table.messages.put(words[0], fields) != null) {
                    throw new IllegalArgumentException(line + " (expected: a message, once)");
                }
            }
        }
        return table;
    }

    private void field(Map<String, FieldKind> fields, String line, String[] words) {
        boolean harmless = words.length == 3 && words[1].equals("-");
        if (!harmless && words.length != 2) {
            throw new IllegalArgumentException(line + " (expected: a field and its kind, or a dash and a reason)");
        }
        if (fields.put(words[0], harmless ? FieldKind.HARMLESS : FieldKind.of(words[1])) != null) {
            throw new IllegalArgumentException(line + " (expected: each field once)");
        }
    }

    /** The kind of a field such as {@code Topics.Name} of {@code MetadataRequest}; empty when the table does not know it. */
    Optional<FieldKind> kind(String message, String field) {
        return Optional.ofNullable(messages.getOrDefault(message, Map.of()).get(field));
    }

    /** The fields of a message; empty for a message without any. */
    Map<String, FieldKind> fields(String message) {
        return messages.getOrDefault(message, Map.of());
    }

    Set<String> messages() {
        return messages.keySet();
    }

    /** Names such as {@code ElectLeaders} of APIs that are refused. */
    Set<String> refused() {
        return refused;
    }

    /** Names of APIs that never reach an interceptor. */
    Set<String> ofGateway() {
        return ofGateway;
    }
}
