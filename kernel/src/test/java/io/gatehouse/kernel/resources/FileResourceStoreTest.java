/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel.resources;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.gatehouse.spi.resources.ResourceStore.Content;
import io.gatehouse.spi.resources.ResourceStore.Document;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileResourceStoreTest {

    private static final Duration POLL_INTERVAL = Duration.ofMillis(10);

    @TempDir
    Path folder;

    private final List<Content> contents = new CopyOnWriteArrayList<>();
    private FileResourceStore store;

    private void open() {
        store = new FileResourceStore(folder, POLL_INTERVAL);
        store.open(contents::add);
    }

    @AfterEach
    void close() {
        if (store != null) {
            store.close();
        }
    }

    private Content last() {
        return contents.get(contents.size() - 1);
    }

    private List<String> origins() {
        return last().documents().stream().map(Document::origin).toList();
    }

    private void write(String name, String text) throws IOException {
        Files.writeString(folder.resolve(name), text);
    }

    @Test
    void everythingIsThereWhenOpenReturns() throws IOException {
        write("one.yaml", "kind: A\n");
        write("two.yml", "kind: B\n---\n---\nkind: C\n");
        write(".hidden.yaml", "kind: D\n");
        write("notes.txt", "kind: E\n");
        Files.createDirectories(folder.resolve("sub/deeper"));
        write("sub/three.yaml", "kind: F\n");
        write("sub/deeper/four.yaml", "kind: G\n");

        open();

        assertThat(contents).hasSize(1);
        assertThat(origins()).containsExactly("one.yaml", "sub/three.yaml", "two.yml#1", "two.yml#3");
        assertThat(last().documents().get(0).tree()).hasToString("{kind=A}");
        assertThat(last().problems()).isEmpty();
    }

    @Test
    void addedChangedAndRemovedFilesAreSeen() throws IOException {
        write("one.yaml", "kind: A\n");
        open();
        String version = last().documents().get(0).version();

        write("two.yaml", "kind: B\n");
        await().untilAsserted(() -> assertThat(origins()).containsExactly("one.yaml", "two.yaml"));
        assertThat(last().documents().get(0).version()).isEqualTo(version);

        write("one.yaml", "kind: Changed\n");
        await().untilAsserted(() -> assertThat(last().documents().get(0).tree()).containsEntry("kind", "Changed"));
        assertThat(last().documents().get(0).version()).isNotEqualTo(version);

        Files.delete(folder.resolve("one.yaml"));
        await().untilAsserted(() -> assertThat(origins()).containsExactly("two.yaml"));
    }

    @Test
    void aFileReplacedByOneOfTheSameSizeIsSeen() throws IOException {
        write("one.yaml", "kind: A\n");
        open();

        Path replacement = Files.writeString(folder.resolve("one.tmp"), "kind: B\n");
        Files.setLastModifiedTime(replacement, Files.getLastModifiedTime(folder.resolve("one.yaml")));
        Files.move(replacement, folder.resolve("one.yaml"), StandardCopyOption.ATOMIC_MOVE);

        await().untilAsserted(() -> assertThat(last().documents().get(0).tree()).containsEntry("kind", "B"));
    }

    @Test
    void aFileThatDoesNotParseKeepsWhatItHeldUntilItDoes() throws IOException {
        write("one.yaml", "kind: A\n");
        open();

        write("one.yaml", "kind: [unfinished\n");
        await().untilAsserted(() -> assertThat(last().problems())
                .singleElement()
                .satisfies(problem -> assertThat(problem)
                        .startsWith("one.yaml: line ")
                        .endsWith("; what it held before stays in force")));
        assertThat(last().documents().get(0).tree()).containsEntry("kind", "A");

        write("one.yaml", "kind: B\n");
        await().untilAsserted(() -> assertThat(last().problems()).isEmpty());
        assertThat(last().documents().get(0).tree()).containsEntry("kind", "B");
    }

    @Test
    void aFileThatNeverParsedHoldsNothing() throws IOException {
        write("list.yaml", "- 1\n");
        write("twice.yaml", "kind: A\nkind: B\n");

        open();

        assertThat(last().documents()).isEmpty();
        assertThat(last().problems())
                .containsExactly(
                        "list.yaml: a list (expected: an object with apiVersion, kind, metadata and spec); nothing of it is"
                                + " in force",
                        "twice.yaml: kind: written again in line 2 (expected: once); nothing of it is in force");
    }

    @Test
    void aFolderThatGoesAwayKeepsWhatItHeld() throws IOException {
        write("one.yaml", "kind: A\n");
        open();
        Path moved = folder.resolveSibling(folder.getFileName() + "-moved");

        Files.move(folder, moved);
        await().untilAsserted(() -> assertThat(last().problems())
                .singleElement()
                .satisfies(problem -> assertThat(problem).contains("cannot be read", "what it held stays in force")));
        assertThat(origins()).containsExactly("one.yaml");

        Files.move(moved, folder);
        await().untilAsserted(() -> assertThat(last().problems()).isEmpty());
        assertThat(origins()).containsExactly("one.yaml");
    }

    @Test
    void aFolderThatIsNotThereIsNamed() {
        FileResourceStore absent = new FileResourceStore(folder.resolve("absent"), POLL_INTERVAL);

        assertThatThrownBy(() -> absent.open(contents::add))
                .isInstanceOf(UncheckedIOException.class)
                .hasMessageContaining("resources: " + folder.resolve("absent") + " cannot be read")
                .hasMessageEndingWith("(expected: a folder of YAML files)");
        absent.close();
    }
}
