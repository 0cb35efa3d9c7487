/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.benchmarks.target;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Writes AclBinding resources: some for the clients' user, of which three are what the workloads need, and the rest for others. */
final class AclBindings {

    private static final int PER_FILE = 1_000;
    private static final List<String> NEEDED = List.of("WRITE bench-written", "READ bench-small", "READ bench-large");

    private final String virtualCluster;
    private final String user;
    private final String hiddenPrefix;

    /** @param hiddenPrefix what the names of topics lack where the bindings count */
    AclBindings(String virtualCluster, String user, String hiddenPrefix) {
        this.virtualCluster = virtualCluster;
        this.user = user;
        this.hiddenPrefix = hiddenPrefix;
    }

    void write(Path folder, int count, int countOfUser) throws IOException {
        List<String> resources = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            resources.add(i < countOfUser ? ofUser(i) : ofAnother(i));
        }
        for (int first = 0; first < count; first += PER_FILE) {
            List<String> some = resources.subList(first, Math.min(count, first + PER_FILE));
            Files.writeString(folder.resolve("bindings-" + first + ".yaml"), String.join("---\n", some));
        }
    }

    private String ofUser(int i) {
        if (i < NEEDED.size()) {
            String[] right = NEEDED.get(i).split(" ");
            String topic = right[1].startsWith(hiddenPrefix) ? right[1].substring(hiddenPrefix.length()) : right[1];
            return binding(i, user, right[0], topic, "LITERAL");
        }
        return binding(i, user, i % 2 == 0 ? "READ" : "WRITE", "own-" + i, i % 3 == 0 ? "PREFIXED" : "LITERAL");
    }

    private String ofAnother(int i) {
        return binding(i, "other-" + i % 9, "READ", "other-" + i, i % 3 == 0 ? "PREFIXED" : "LITERAL");
    }

    private String binding(int number, String principal, String operation, String topic, String pattern) {
        return String.format(Locale.ROOT, """
                apiVersion: gatehouse/v1
                kind: AclBinding
                metadata: {name: binding-%d}
                spec: {virtualCluster: %s, principal: "User:%s", operation: %s, resourceType: TOPIC, resourceName: %s, patternType: %s}
                """, number, virtualCluster, principal, operation, topic, pattern);
    }
}
