/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel.resources;

import io.gatehouse.spi.resources.ResourceStore.Content;
import io.gatehouse.spi.resources.ResourceStore.Document;
import io.gatehouse.spi.resources.ResourceStore.Write;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;

/**
 * A process that writes to a file store until it is killed. It says what it is going to write ({@code try name value}) and what it has
 * written ({@code ack name value}); {@code -} stands for a removal.
 */
final class CrashingWriter {

    private static final int NAMES = 12;

    private CrashingWriter() {}

    static Map<String, Object> document(String name, String value) {
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("apiVersion", "gatehouse/v1");
        tree.put("kind", "Group");
        tree.put("metadata", Map.of("name", name));
        // Long, so that a file is not written at one go.
        tree.put("spec", Map.of("members", List.of(value), "padding", value.repeat(3_000)));
        return tree;
    }

    /** @param arguments the folder, and a seed */
    public static void main(String[] arguments) {
        List<Content> contents = new ArrayList<>();
        FileResourceStore store = new FileResourceStore(Path.of(arguments[0]), Duration.ofHours(1));
        store.open(contents::add);
        Random random = new Random(Long.parseLong(arguments[1]));
        for (int number = 0; ; number++) {
            List<Write> writes = new ArrayList<>();
            List<String> lines = new ArrayList<>();
            int first = random.nextInt(NAMES);
            int count = 1 + random.nextInt(3);
            for (int i = 0; i < count; i++) {
                String name = "g" + (first + i) % NAMES;
                String value = random.nextInt(5) == 0 ? "-" : arguments[1] + "." + number;
                Optional<String> version = version(contents.get(contents.size() - 1), name);
                writes.add(new Write(
                        "Group",
                        name,
                        version,
                        value.equals("-") ? Optional.empty() : Optional.of(document(name, value))));
                lines.add(name + " " + value);
            }
            lines.forEach(line -> System.out.println("try " + line));
            store.write(writes);
            lines.forEach(line -> System.out.println("ack " + line));
        }
    }

    private static Optional<String> version(Content content, String name) {
        return content.documents().stream()
                .filter(document -> FileResourceStore.isOf(
                        document.tree(), new Write("Group", name, Optional.empty(), Optional.empty())))
                .map(Document::version)
                .findFirst();
    }
}
