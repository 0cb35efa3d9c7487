/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel.resources;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.spi.resources.ResourceStore.Content;
import io.gatehouse.spi.resources.ResourceStore.Document;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The writing process is killed (SIGKILL) at any moment: what is read later is, for each resource, the old or the new state. */
class FileStoreCrashTest {

    /** Documents that share a file, which an operator has written; the ones in between are never changed. */
    private static final String BY_HAND = """
            # Written by hand.
            ---
            # Stays as it is.
            {apiVersion: gatehouse/v1, kind: Group, metadata: {name: by-hand}, spec: {members: [x]}}
            ---
            {apiVersion: gatehouse/v1, kind: Group, metadata: {name: g0}, spec: {members: [first]}}
            --- # so does this
            {apiVersion: gatehouse/v1, kind: Group, metadata: {name: by-hand-too}, spec: {members: [y]}}
            """;

    @TempDir
    private Path folder;

    @Test
    void killedAtTenMomentsEveryResourceIsOldOrNew() throws Exception {
        killAtMoments(10);
    }

    @Test
    @Tag("full")
    void killedAtTwoHundredMomentsEveryResourceIsOldOrNew() throws Exception {
        killAtMoments(200);
    }

    private void killAtMoments(int moments) throws Exception {
        Files.writeString(folder.resolve("hand.yaml"), BY_HAND);
        Random random = new Random();
        Map<String, String> known = new HashMap<>(Map.of("g0", "first"));
        int writes = 0;
        for (int moment = 0; moment < moments; moment++) {
            // Lines first, as a slow machine writes little in a time.
            List<String> said = writeAndKill(folder, moment, 1 + random.nextInt(6), random.nextInt(40));

            Map<String, String> found = read();
            Map<String, Set<String>> allowed = allowed(known, said);
            for (Map.Entry<String, Set<String>> entry : allowed.entrySet()) {
                assertThat(entry.getValue())
                        .as("%s after %s", entry.getKey(), said)
                        .contains(found.getOrDefault(entry.getKey(), "-"));
            }
            assertThat(allowed.keySet()).containsAll(found.keySet());
            known = found;
            writes += said.size() / 2;
        }

        assertThat(writes).as("writes, else nothing was put to the test").isGreaterThan(moments);
    }

    private static List<String> writeAndKill(Path folder, int seed, int lines, int millis)
            throws IOException, InterruptedException {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-XX:+UseSerialGC",
                        "-Xshare:auto",
                        "-cp",
                        System.getProperty("java.class.path"),
                        CrashingWriter.class.getName(),
                        folder.toString(),
                        Integer.toString(seed))
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        List<String> said = new ArrayList<>();
        try (BufferedReader reader =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            while (said.size() < lines) {
                String line = reader.readLine();
                assertThat(line).as("a line of the writer's").isNotNull();
                said.add(line);
            }
            TimeUnit.MILLISECONDS.sleep(millis);
            // Not Process.destroyForcibly, which closes the stream that is read below.
            process.toHandle().destroyForcibly();
            process.waitFor();
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                said.add(line);
            }
        }
        return said;
    }

    /** What each resource may be: what was acknowledged last, or what was tried after that. */
    private static Map<String, Set<String>> allowed(Map<String, String> known, List<String> said) {
        Map<String, Set<String>> allowed = new HashMap<>();
        known.forEach((name, value) -> allowed.put(name, new HashSet<>(Set.of(value))));
        for (String line : said) {
            String[] parts = line.split(" ");
            // The last line may be cut.
            if (parts.length == 3 && parts[0].equals("ack")) {
                allowed.put(parts[1], new HashSet<>(Set.of(parts[2])));
            } else if (parts.length == 3) {
                allowed.computeIfAbsent(parts[1], name -> new HashSet<>(Set.of("-")))
                        .add(parts[2]);
            }
        }
        return allowed;
    }

    private Map<String, String> read() throws IOException {
        List<Content> contents = new ArrayList<>();
        FileResourceStore store = new FileResourceStore(folder, Duration.ofHours(1));
        store.open(contents::add);
        store.close();
        Content content = contents.get(0);
        assertThat(content.problems()).isEmpty();
        assertThat(Files.readString(folder.resolve("hand.yaml")))
                .startsWith(
                        "# Written by hand.\n---\n# Stays as it is.\n{apiVersion: gatehouse/v1, kind: Group, metadata: {name: by-hand}")
                .contains("--- # so does this\n{apiVersion: gatehouse/v1, kind: Group, metadata: {name: by-hand-too}");
        Map<String, String> found = new HashMap<>();
        for (Document document : content.documents()) {
            String name = (String) ((Map<?, ?>) document.tree().get("metadata")).get("name");
            Map<?, ?> spec = (Map<?, ?>) document.tree().get("spec");
            String value = (String) ((List<?>) spec.get("members")).get(0);
            if (name.startsWith("by-hand")) {
                continue;
            }
            if (!value.equals("first")) {
                assertThat(document.tree()).isEqualTo(CrashingWriter.document(name, value));
            }
            assertThat(found.put(name, value)).as("%s stands twice", name).isNull();
        }
        return found;
    }
}
