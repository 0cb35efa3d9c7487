/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.distribution;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gatehouse.distribution.Installation.Outcome;
import io.gatehouse.distribution.Installation.Running;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Good and bad input for {@code run} and {@code check}: one clear message, the right exit code, no stack trace unless asked. */
class RunIT {

    @TempDir
    static Path temporary;

    private static Installation installation;

    private Path home;
    private int managementPort;

    @BeforeAll
    static void unzip() {
        installation = Installation.unzipInto(temporary);
    }

    /** The shipped configuration on free ports, in front of a port where nothing listens. */
    @BeforeEach
    void makeHome(@TempDir Path folder) throws IOException {
        home = installation.newHome(folder.resolve("home"));
        managementPort = freePort();
        change("port: 9190", "port: " + managementPort);
        change("port: 9191", "port: " + freePort());
        change("\"19092-19192\"", "\"" + freePort() + "\"");
        change("localhost:9092", "localhost:" + freePort());
    }

    @Test
    void anUnreachableClusterIsSaidOnceAndKeepsItFromBeingReady() throws IOException {
        try (Running gateway = installation.command("run").home(home).start()) {
            await().atMost(Duration.ofSeconds(60))
                    .until(() -> gateway.outputText().contains("Gatehouse is started"));
            HttpResponse<String> live = get("/health/live");
            HttpResponse<String> ready = get("/health/ready");
            HttpResponse<String> metrics = get("/metrics");
            gateway.process().destroy();
            Outcome outcome = gateway.await();

            assertThat(live.statusCode()).isEqualTo(200);
            assertThat(ready.statusCode()).isEqualTo(503);
            assertThat(ready.body()).contains("bootstrap.servers", "expected: at least one that answers");
            assertThat(metrics.body()).contains("gatehouse_connections", "jvm_memory_used_bytes");
            assertThat(outcome.exitCode()).isEqualTo(143);
            assertThat(outcome.errors()).isEmpty();
            assertThat(outcome.output().lines().filter(line -> line.contains("ERROR")))
                    .singleElement()
                    .asString()
                    .contains("cluster local: bootstrap.servers: localhost:");
            assertThat(outcome.output().lines().filter(line -> line.contains("WARN")))
                    .as("the shipped configuration lets users see the whole cluster")
                    .singleElement()
                    .asString()
                    .contains("Listener apps", "cluster local", "passthrough: false");
            assertThat(outcome.output()).endsWith("Gatehouse is stopped\n");
            assertThat(Files.readAllLines(home.resolve("logs/gatehouse.log")))
                    .as("threads may come to console and file in another order")
                    .containsExactlyInAnyOrderElementsOf(
                            outcome.output().lines().toList());
            assertThat(home.resolve("logs/audit.log")).isEmptyFile();
            assertThat(home.resolve("data/plugins")).isEmptyDirectory();
        }
    }

    /** The second run writes it, a broken one is written anew, and who does not start leaves none that counts. */
    @Test
    @Tag("full")
    void whatARunHasLoadedTheNextOnesMap() throws IOException {
        runOnce();
        assertThat(files("data", ".jsa")).isEmpty();
        runOnce();
        assertThat(mapsClasses(runOnce("-Xlog:class+load:stdout"))).isTrue();

        Files.write(writable(files("data", ".jsa").findAny().orElseThrow()), new byte[4096]);
        assertThat(mapsClasses(runOnce("-Xlog:class+load:stdout"))).isFalse();
        assertThat(mapsClasses(runOnce("-Xlog:class+load:stdout"))).isTrue();

        Files.delete(files("data", ".jsa").findAny().orElseThrow());
        String valid = Files.readString(home.resolve("conf/gatehouse.yaml"));
        change("port: " + managementPort, "port: 70000");
        refused(1);
        Files.writeString(home.resolve("conf/gatehouse.yaml"), valid);
        assertThat(mapsClasses(runOnce("-Xlog:class+load:stdout"))).isFalse();
    }

    private static boolean mapsClasses(String output) {
        return output.lines()
                .anyMatch(line ->
                        line.contains("io.gatehouse.kernel.Gatehouse ") && line.contains("shared objects file"));
    }

    private static Path writable(Path file) {
        assertThat(file.toFile().setWritable(true)).isTrue();
        return file;
    }

    /** Java refuses to start when it is to write an archive with an agent. */
    @Test
    @Tag("full")
    void anAgentOfTheJvmIsNoHindrance() throws IOException {
        runOnce();
        Installation.Command command = installation
                .command("run")
                .home(home)
                .with("GATEHOUSE_OPTS", "-agentlib:jdwp=transport=dt_socket,server=y,suspend=n,address=127.0.0.1:0");

        try (Running gateway = command.start()) {
            await().atMost(Duration.ofSeconds(60))
                    .until(() -> gateway.outputText().contains("Gatehouse is started"));
        }

        assertThat(files("data", ".jsa")).isEmpty();
    }

    private Stream<Path> files(String folder, String ending) throws IOException {
        try (Stream<Path> files = Files.list(home.resolve(folder))) {
            return files.filter(file -> file.toString().endsWith(ending)).toList().stream();
        }
    }

    /** Starts, and stops once it is started; returns what it has said. */
    private String runOnce(String... options) throws IOException {
        Installation.Command command = installation.command("run").home(home);
        if (options.length > 0) {
            command.with("GATEHOUSE_OPTS", String.join(" ", options));
        }
        try (Running gateway = command.start()) {
            await().atMost(Duration.ofSeconds(60))
                    .until(() -> gateway.outputText().contains("Gatehouse is started")
                            && files("data", ".started").findAny().isPresent());
            gateway.process().destroy();
            return gateway.await().output();
        }
    }

    @Test
    void anUnknownKeyIsNamedWithItsNeighbour() throws IOException {
        change("advertisedHost:", "advertizedHost:");

        assertRefused(
                1,
                "gatehouse: " + home.resolve("conf/gatehouse.yaml") + " has a problem:\n"
                        + "  listeners[0].advertizedHost: unknown key (did you mean `advertisedHost`?)\n");
    }

    @Test
    void aValueOutOfRangeIsNamedWithTheRange() throws IOException {
        change("port: " + managementPort, "port: 70000");

        assertRefused(
                1,
                "gatehouse: " + home.resolve("conf/gatehouse.yaml") + " has a problem:\n"
                        + "  management.port: 70000 (expected: 0-65535)\n");
    }

    @Test
    void aFileThatIsMissingIsNamed() throws IOException {
        Files.delete(home.resolve("conf/gatehouse.yaml"));

        assertRefused(
                1,
                "gatehouse: " + home.resolve("conf/gatehouse.yaml") + " has a problem:\n"
                        + "  no such file (expected: a YAML file that can be read)\n");
    }

    @Test
    void anAuthenticationMethodThatNoPluginOffersIsNamed() throws IOException {
        change("- type: plain ", "- type: kerberos ");

        Outcome outcome = refused(1);

        assertThat(outcome.errors()).contains("listeners[0].authentication[0]", "kerberos", "expected:");
    }

    @Test
    void aResourceOfAWrongShapeIsNamedWithItsFile() throws IOException {
        Files.writeString(home.resolve("resources/mine.yaml"), """
                apiVersion: gatehouse/v1
                kind: UserMapping
                metadata: {name: alice}
                spec: {principle: alice, deny: maybe}
                """);

        Outcome outcome = refused(1);

        assertThat(outcome.errors())
                .contains("mine.yaml", "spec.principle: unknown key (did you mean `principal`?)")
                .contains("spec.deny: \"maybe\" (expected: true or false)");
        assertThat(installation.command("check").home(home).run().errors())
                .contains("mine.yaml", "spec.principle: unknown key (did you mean `principal`?)");
    }

    @Test
    void aBusyPortIsNamed() throws IOException {
        try (ServerSocket busy = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            change("port: " + managementPort, "port: " + busy.getLocalPort());

            Outcome outcome = refused(2);

            assertThat(outcome.errors())
                    .isEqualTo("gatehouse: management: cannot listen on 127.0.0.1:" + busy.getLocalPort()
                            + ": Address already in use (expected: an address of this machine with a free port)\n");
        }
    }

    @Test
    void aStackTraceComesWhenAskedFor() throws IOException {
        change("port: " + managementPort, "port: 70000");

        Outcome outcome = installation.command("run", "--stacktrace").home(home).run();

        assertThat(outcome.exitCode()).isEqualTo(1);
        assertThat(outcome.errors()).contains("\tat io.gatehouse.kernel");
    }

    @Test
    void theExamplesOfResourcesAreValidOnceTheyAreUncommented() throws IOException {
        Path example = home.resolve("resources/example.yaml");
        Files.writeString(example, Files.readString(example).replaceAll("(?m)^#(?! \\S|$)", ""));

        Outcome outcome = installation.command("check").home(home).run();

        assertThat(outcome.errors())
                .as("all that is missing is the plugin of the example's interceptor")
                .hasLineCount(1)
                .contains("stamp-writers", "starter");
    }

    private void assertRefused(int exitCode, String message) {
        assertThat(refused(exitCode).errors()).isEqualTo(message);
    }

    /** What {@code run} says on stderr when it does not start. */
    private Outcome refused(int exitCode) {
        Outcome outcome = installation.command("run").home(home).run();
        assertThat(outcome.exitCode()).as(outcome.toString()).isEqualTo(exitCode);
        assertThat(outcome.errors() + outcome.output()).doesNotContain("\tat ");
        return outcome;
    }

    private void change(String shipped, String mine) throws IOException {
        Path file = home.resolve("conf/gatehouse.yaml");
        String text = Files.readString(file);
        assertThat(text).contains(shipped);
        Files.writeString(file, text.replace(shipped, mine));
    }

    private HttpResponse<String> get(String path) throws IOException {
        try {
            return HttpClient.newHttpClient()
                    .send(
                            HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + managementPort + path))
                                    .build(),
                            HttpResponse.BodyHandlers.ofString());
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
