/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.distribution;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.gatehouse.distribution.Installation.Command;
import io.gatehouse.distribution.Installation.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code bin/gatehouse} itself: how it finds Java and its own folder, and what it passes on. */
class ScriptIT {

    @TempDir
    static Path temporary;

    private static Installation installation;

    @BeforeAll
    static void unzip() {
        installation = Installation.unzipInto(temporary);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/bin/sh", "/usr/bin/dash", "/bin/bash"})
    void everyShellReadsIt(String shell) {
        assumeTrue(Files.exists(Path.of(shell)), shell + " is not here");

        Outcome outcome = new Command(List.of(shell, "-n", installation.script().toString())).run();

        assertThat(outcome).isEqualTo(new Outcome(0, "", ""));
    }

    @Test
    void helpNamesTheCommands() {
        Outcome outcome = installation.command("--help").run();

        assertThat(outcome.exitCode()).isZero();
        assertThat(outcome.errors()).isEmpty();
        assertThat(outcome.output()).contains("Usage: gatehouse", "run", "check", "version");
    }

    @Test
    void versionNamesGatehouseKafkaAndJavaWithoutAWarning() {
        Outcome outcome = installation.command("version").run();

        assertThat(outcome.exitCode()).isZero();
        assertThat(outcome.errors()).isEmpty();
        assertThat(outcome.output()).contains("Gatehouse ", "Kafka clients ", "Java " + Runtime.version());
    }

    @Test
    void whatIsShippedHasNoProblems() {
        Outcome outcome = installation.command("check").run();

        assertThat(outcome).isEqualTo(new Outcome(0, "No problems.\n", ""));
    }

    @Test
    void itMayBeLinkedToAndTheFoldersMayHaveSpaces(@TempDir Path elsewhere) throws IOException {
        Path spaces = Files.createDirectories(elsewhere.resolve("a folder"));
        Path link = Files.createSymbolicLink(spaces.resolve("first"), installation.script());
        Path second = Files.createSymbolicLink(spaces.resolve("second"), Path.of("first"));
        Path home = installation.newHome(spaces.resolve("my home"));

        Outcome outcome =
                new Command(List.of(second.toString(), "check")).home(home).run();

        assertThat(link).isSymbolicLink();
        assertThat(outcome).isEqualTo(new Outcome(0, "No problems.\n", ""));
    }

    @Test
    void aHomeThatIsNotThereIsNamedAndNotMade(@TempDir Path folder) {
        Path missing = folder.resolve("missing");

        Outcome outcome = installation.command("run").home(missing).run();

        assertThat(outcome)
                .isEqualTo(new Outcome(
                        1,
                        "",
                        "gatehouse: GATEHOUSE_HOME: " + missing + " (expected: a folder with conf/gatehouse.yaml)\n"));
        assertThat(missing).doesNotExist();
    }

    @Test
    void optionsOfTheEnvironmentReachTheJvm() {
        Outcome outcome = installation
                .command("version")
                .with("GATEHOUSE_OPTS", "-XX:+UnlockDiagnosticVMOptions -XX:NoSuchOptionAtAll=1")
                .run();

        assertThat(outcome.exitCode()).isEqualTo(1);
        assertThat(outcome.errors() + outcome.output()).contains("NoSuchOptionAtAll");
    }

    @ParameterizedTest
    @CsvSource({
        "GATEHOUSE_CDS, off, -XX:+UseParallelGC",
        "GATEHOUSE_HEAP_OPTS, -Xmx1g -XX:+UseZGC, -XX:+UseZGC",
        "GATEHOUSE_OPTS, -XX:+UseG1GC, -XX:+UseG1GC",
        "JAVA_TOOL_OPTIONS, -XX:+UseSerialGC, ''"
    })
    void oneCollectorIsChosenAndTheOperatorsChoiceCounts(
            String variable, String value, String collectors, @TempDir Path fake) throws IOException {
        Path java = fakeJava(fake, "");
        Files.writeString(java, "#!/bin/sh\nfor option; do case $option in *GC) echo $option;; esac; done\n");
        Files.writeString(fake.resolve("release"), "JAVA_VERSION=\"17.0.1\"\n");

        Outcome outcome = installation
                .command("run")
                .with("JAVA_HOME", fake.toString())
                .with(variable, value)
                .run();

        assertThat(outcome.output().strip()).isEqualTo(collectors);
    }

    @ParameterizedTest
    @CsvSource({"11.0.20, 11.0.20", "1.8.0_392, 1.8.0_392", "16, 16"})
    void aJavaThatIsTooOldIsNamed(String version, String shown, @TempDir Path fake) throws IOException {
        Path java = fakeJava(fake, "openjdk version \\\"" + version + "\\\" 2020-01-01");

        Outcome outcome =
                installation.command("run").with("JAVA_HOME", fake.toString()).run();

        assertThat(outcome)
                .isEqualTo(new Outcome(
                        2,
                        "",
                        "gatehouse: Java " + shown + " at " + java + " (expected: 17 or newer; set JAVA_HOME)\n"));
    }

    @Test
    void aJavaThatDoesNotTellItsVersionIsNamed(@TempDir Path fake) throws IOException {
        Path java = fakeJava(fake, "who knows");

        Outcome outcome =
                installation.command("run").with("JAVA_HOME", fake.toString()).run();

        assertThat(outcome.exitCode()).isEqualTo(2);
        assertThat(outcome.errors()).startsWith("gatehouse: " + java + ": its version cannot be told");
    }

    @Test
    void aFolderWithoutJavaIsNamed(@TempDir Path empty) {
        Outcome outcome =
                installation.command("run").with("JAVA_HOME", empty.toString()).run();

        assertThat(outcome)
                .isEqualTo(new Outcome(
                        2,
                        "",
                        "gatehouse: JAVA_HOME: " + empty
                                + " (expected: a folder with bin/java, of Java 17 or newer)\n"));
    }

    @Test
    void noJavaAtAllIsSaid(@TempDir Path tools) throws IOException {
        for (String tool : List.of("sh", "dirname", "readlink", "sed")) {
            Files.createSymbolicLink(tools.resolve(tool), Path.of("/usr/bin", tool));
        }

        Outcome outcome = installation
                .command("run")
                .without("JAVA_HOME")
                .with("PATH", tools.toString())
                .run();

        assertThat(outcome)
                .isEqualTo(new Outcome(
                        2, "", "gatehouse: java: not found (expected: Java 17 or newer on the PATH, or JAVA_HOME)\n"));
    }

    private static Path fakeJava(Path folder, String says) throws IOException {
        Path java = Files.createDirectories(folder.resolve("bin")).resolve("java");
        Files.writeString(java, "#!/bin/sh\necho \"" + says + "\" >&2\n");
        Files.setPosixFilePermissions(java, PosixFilePermissions.fromString("rwxr-xr-x"));
        return java;
    }
}
