/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel.resources;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gatehouse.spi.resources.ResourceException;
import io.gatehouse.spi.resources.ResourceException.Reason;
import io.gatehouse.spi.resources.ResourceStore.Content;
import io.gatehouse.spi.resources.ResourceStore.Document;
import io.gatehouse.spi.resources.ResourceStore.Write;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileResourceStoreWriteTest {

    private static final String BY_HAND = """
            # Who is who.
            ---
            kind: Group   # by hand
            metadata: {name: one}
            spec: {members: [ann]}
            ---
            # the second
            kind: Group
            metadata: {name: two}
            spec: {members: [bob]}
            """;

    @TempDir
    Path folder;

    private final List<Content> contents = new CopyOnWriteArrayList<>();
    private FileResourceStore store;

    private void open() {
        // Hours: only writes make it look.
        store = new FileResourceStore(folder, Duration.ofHours(1));
        store.open(contents::add);
    }

    @AfterEach
    void close() {
        if (store != null) {
            store.close();
        }
    }

    private static Map<String, Object> group(String name, String member) {
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("kind", "Group");
        tree.put("metadata", Map.of("name", name));
        tree.put("spec", Map.of("members", List.of(member)));
        return tree;
    }

    private Optional<Document> find(String name) {
        return contents.get(contents.size() - 1).documents().stream()
                .filter(document -> FileResourceStore.isOf(
                        document.tree(), new Write("Group", name, Optional.empty(), Optional.empty())))
                .findFirst();
    }

    private void put(String name, String member) {
        store.write(
                List.of(new Write("Group", name, find(name).map(Document::version), Optional.of(group(name, member)))));
    }

    private void delete(String name) {
        store.write(List.of(new Write("Group", name, find(name).map(Document::version), Optional.empty())));
    }

    private String read(String file) throws IOException {
        return Files.readString(folder.resolve(file));
    }

    @Test
    void aNewDocumentGetsAFileOfItsOwnThatIsItsOwnersAlone() throws IOException {
        open();

        put("writers", "ann");

        assertThat(find("writers").orElseThrow().origin()).isEqualTo("Group/writers.yaml");
        assertThat(read("Group/writers.yaml"))
                .isEqualTo("kind: Group\nmetadata:\n  name: writers\nspec:\n  members:\n  - ann\n");
        assertThat(Files.getPosixFilePermissions(folder.resolve("Group/writers.yaml")))
                .isEqualTo(PosixFilePermissions.fromString("rw-------"));
    }

    @Test
    void aDocumentThatIsThereIsChangedWhereItStandsAndTheOthersStayAsTheyAre() throws IOException {
        Files.writeString(folder.resolve("groups.yaml"), BY_HAND);
        Files.setPosixFilePermissions(folder.resolve("groups.yaml"), PosixFilePermissions.fromString("rw-r--r--"));
        open();

        put("two", "carl");

        assertThat(read("groups.yaml"))
                .isEqualTo(BY_HAND.substring(0, BY_HAND.indexOf("kind: Group\nmetadata: {name: two}"))
                        + "kind: Group\nmetadata:\n  name: two\nspec:\n  members:\n  - carl\n");
        assertThat(Files.getPosixFilePermissions(folder.resolve("groups.yaml")))
                .isEqualTo(PosixFilePermissions.fromString("rw-r--r--"));
        try (Stream<Path> files = Files.list(folder)) {
            assertThat(files).hasSize(1);
        }
    }

    @Test
    void aFileGoesWithItsLastDocument() throws IOException {
        Files.writeString(folder.resolve("groups.yaml"), BY_HAND);
        open();

        delete("one");
        assertThat(read("groups.yaml")).startsWith("# Who is who.\n---\n# the second\n");
        delete("two");

        assertThat(folder.resolve("groups.yaml")).doesNotExist();
        assertThat(contents.get(contents.size() - 1).documents()).isEmpty();
    }

    @Test
    void namesThatDifferInCaseOnlyNeverShareAFile() throws IOException {
        open();
        Files.createDirectories(folder.resolve("Group"));
        Files.writeString(folder.resolve("Group/ann.yaml"), "somebody's own text");

        put("ann", "x");

        assertThat(read("Group/ann.yaml")).isEqualTo("somebody's own text");
        assertThat(find("ann").orElseThrow().origin()).matches("Group/ann-[0-9a-f]{16}\\.yaml");
    }

    @Test
    void anotherVersionIsAConflictAndNothingIsWritten() {
        open();
        put("g", "ann");
        Document now = find("g").orElseThrow();

        assertThatThrownBy(() -> store.write(List.of(
                        new Write("Group", "h", Optional.empty(), Optional.of(group("h", "x"))),
                        new Write("Group", "g", Optional.of("other"), Optional.of(group("g", "bob"))))))
                .isInstanceOfSatisfying(
                        ResourceException.class,
                        conflict -> assertThat(conflict.reason()).isEqualTo(Reason.CONFLICT));
        assertThat(find("g")).contains(now);
        assertThat(folder.resolve("Group/h.yaml")).doesNotExist();
    }

    @Test
    void aChangeByHandThatHasNotBeenSeenYetIsAConflictThatShowsIt() throws IOException {
        open();
        put("g", "ann");
        Optional<String> version = find("g").map(Document::version);
        Files.writeString(
                folder.resolve("Group/g.yaml"), "kind: Group\nmetadata: {name: g}\nspec: {members: [hand]}\n# mine\n");

        assertThatThrownBy(() -> store.write(List.of(new Write("Group", "g", version, Optional.of(group("g", "bob"))))))
                .isInstanceOf(ResourceException.class);
        assertThat(find("g").orElseThrow().tree().toString()).contains("hand");

        put("g", "bob");
        assertThat(read("Group/g.yaml")).contains("bob").endsWith("# mine\n");
    }

    @Test
    void aFileThatCannotBeReadIsNotTouched() throws IOException {
        Files.writeString(folder.resolve("groups.yaml"), BY_HAND);
        open();
        Files.writeString(folder.resolve("groups.yaml"), "kind: [half");

        assertThatThrownBy(() -> put("one", "x"))
                .isInstanceOfSatisfying(
                        ResourceException.class,
                        refusal -> assertThat(refusal.reason()).isEqualTo(Reason.UNAVAILABLE));
        assertThat(read("groups.yaml")).isEqualTo("kind: [half");
    }

    @Test
    void aLinkStaysALink() throws IOException {
        Path elsewhere = Files.createDirectories(folder.resolve("sub/deeper"));
        Files.writeString(elsewhere.resolve("real.yaml"), BY_HAND);
        Files.createSymbolicLink(folder.resolve("linked.yaml"), elsewhere.resolve("real.yaml"));
        open();

        put("one", "x");

        assertThat(folder.resolve("linked.yaml")).isSymbolicLink();
        assertThat(Files.readString(elsewhere.resolve("real.yaml"))).contains("- x");
    }

    @Test
    void whatACrashHasLeftIsRemovedAtTheNextStart() throws IOException {
        Files.createDirectories(folder.resolve("Group"));
        Files.writeString(folder.resolve("Group/.gatehouse-1.tmp"), "kind: Gro");
        Files.writeString(folder.resolve(".gatehouse-2.tmp"), "kind: Gro");

        open();

        assertThat(folder.resolve("Group/.gatehouse-1.tmp")).doesNotExist();
        assertThat(folder.resolve(".gatehouse-2.tmp")).doesNotExist();
    }
}
