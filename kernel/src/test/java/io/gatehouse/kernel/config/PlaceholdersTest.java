/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PlaceholdersTest {

    @TempDir
    Path folder;

    @BeforeEach
    void writeFiles() throws IOException {
        Files.writeString(folder.resolve("token"), "s3cret\n");
        Files.writeString(folder.resolve("some.properties"), "password = from-file\n");
    }

    private Placeholders.Resolved resolve(Object tree) {
        return Placeholders.resolve(tree, Map.of("HOST", "kafka", "PORT", "9092"), folder);
    }

    @Test
    void allFormsAreReplacedWhereverTheyStand() {
        Object tree = Map.of(
                "list",
                List.of(
                        "${env:HOST}:${env:PORT}",
                        "${env:ABSENT:fallback}",
                        "${file:token}",
                        "${file:" + folder.resolve("token") + "}",
                        "${file:some.properties:password}",
                        "$1 {} none"));

        Placeholders.Resolved resolved = resolve(tree);

        assertThat(resolved.problems()).isEmpty();
        assertThat(resolved.tree())
                .isEqualTo(Map.of(
                        "list", List.of("kafka:9092", "fallback", "s3cret", "s3cret", "from-file", "$1 {} none")));
        assertThat(resolved.origins())
                .containsEntry("list[0]", "${env:HOST}:${env:PORT}")
                .containsEntry("list[1]", "${env:ABSENT}")
                .doesNotContainKey("list[5]");
    }

    @Test
    void everyOneThatIsMissingIsAProblemWithItsPath() {
        Placeholders.Resolved resolved = resolve(Map.of(
                "a",
                List.of(
                        "${env:ABSENT}",
                        "${file:absent}",
                        "${file:some.properties:absent}",
                        "${vault:x}",
                        "${file:.}")));

        assertThat(resolved.problems())
                .extracting(Problem::toString)
                .satisfiesExactly(
                        problem -> assertThat(problem)
                                .isEqualTo("a[0]: ${env:ABSENT} (expected: environment variable ABSENT to be set)"),
                        problem -> assertThat(problem)
                                .isEqualTo(
                                        "a[1]: ${file:absent} (expected: " + folder.resolve("absent") + " to exist)"),
                        problem -> assertThat(problem)
                                .isEqualTo("a[2]: ${file:some.properties:absent} (expected: key absent in "
                                        + folder.resolve("some.properties") + ")"),
                        problem -> assertThat(problem)
                                .isEqualTo(
                                        "a[3]: ${vault:x} (expected: ${env:NAME}, ${env:NAME:default}, ${file:/path} or"
                                                + " ${file:/path:key})"),
                        problem -> assertThat(problem).startsWith("a[4]: ${file:.} (expected: "));
    }

    @Test
    void whatAPlaceholderYieldsIsNeverInAMessage() {
        record Target(int number, PortRange port) {}
        Placeholders.Resolved resolved = resolve(Map.of("number", "${file:token}", "port", "${file:token}"));

        Bound<Target> bound = new Binder(resolved.origins()).bind(resolved.tree(), Target.class, "");

        assertThat(bound.problems()).hasSize(2);
        assertThat(bound.problems().toString())
                .contains("number: ${file:token} (expected: an integer)")
                .doesNotContain("s3cret");
    }

    @Test
    void aPlaceholderCanYieldANumber() {
        record Target(int number, PortRange port) {}
        Placeholders.Resolved resolved = resolve(Map.of("number", "${env:PORT}", "port", "${env:PORT}"));

        Bound<Target> bound = new Binder(resolved.origins()).bind(resolved.tree(), Target.class, "");

        assertThat(bound.value()).isEqualTo(new Target(9092, new PortRange(9092, 9092)));
    }
}
