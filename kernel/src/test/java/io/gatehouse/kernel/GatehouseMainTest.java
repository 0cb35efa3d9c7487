/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the command line says of input that cannot work: sentences with value and expectation, and an exit code. */
class GatehouseMainTest {

    private static final int BAD_CONFIGURATION = 1;
    private static final int START_FAILED = 2;

    @TempDir
    Path home;

    @BeforeEach
    void folders() throws IOException {
        Files.createDirectories(home.resolve("resources"));
        Files.createDirectories(home.resolve("plugins"));
    }

    /** How a command line ended. */
    private record Ended(int code, String message) {}

    @Test
    void unknownKeysAreAllNamedWithWhatMayBeMeant() throws Exception {
        Ended ended = run(config(free(), 0).replace("ports:", "port:") + "mangement: {port: 1}\n");

        assertThat(ended.code()).isEqualTo(BAD_CONFIGURATION);
        assertThat(ended.message())
                .contains("gatehouse.yaml")
                .contains("listeners[0].port")
                .contains("did you mean `ports`")
                .contains("did you mean `management`")
                .doesNotContain("\tat ");
    }

    @Test
    void anAuthenticationTypeThatNoPluginOffersIsNamed() throws Exception {
        Ended ended = run(config(free(), 0).replace("anonymous}]", "plian}]"));

        assertThat(ended.code()).isEqualTo(BAD_CONFIGURATION);
        assertThat(ended.message())
                .contains(
                        "listeners[0].authentication[0].type: plian (expected: a type that a loaded plugin offers; there are [anonymous, delegated])")
                .doesNotContain("\tat ");
    }

    @Test
    void aResourceOfTheWrongShapeIsNamedWithItsFile() throws Exception {
        Files.writeString(home.resolve("resources/mapping.yaml"), """
                apiVersion: gatehouse/v1
                kind: UserMapping
                metadata: {name: alice}
                spec: {principal: alice, groups: 7, usrname: bob}
                """);

        Ended ended = run(config(free(), 0));

        assertThat(ended.code()).isEqualTo(BAD_CONFIGURATION);
        assertThat(ended.message())
                .contains("mapping.yaml UserMapping/alice spec.groups: 7 (expected: ")
                .contains("spec.usrname")
                .contains("did you mean `username`")
                .doesNotContain("\tat ");
    }

    @Test
    void anInterceptorWithoutAScopeIsNamed() throws Exception {
        Files.writeString(
                home.resolve("resources/interceptor.yaml"),
                "{apiVersion: gatehouse/v1, kind: Interceptor, metadata: {name: one}, spec: {type: acl}}");

        Ended ended = run(config(free(), 0));

        assertThat(ended.code()).isEqualTo(BAD_CONFIGURATION);
        assertThat(ended.message()).contains("interceptor.yaml Interceptor/one spec.scope");
    }

    @Test
    void aBusyPortIsNamedAndNothingStaysOpen() throws Exception {
        try (ServerSocket busy = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Ended ended = run(config(busy.getLocalPort(), 0));

            assertThat(ended.code()).isEqualTo(START_FAILED);
            assertThat(ended.message())
                    .contains("listener apps: 127.0.0.1:" + busy.getLocalPort())
                    .contains("(expected: a free port on an address of this machine)")
                    .doesNotContain("\tat ");
        }
        assertThat(home.resolve("data/plugins")).isEmptyDirectory();
        assertThat(Thread.getAllStackTraces().keySet())
                .extracting(Thread::getName)
                .noneMatch(name -> name.startsWith("gatehouse-loop"));
    }

    @Test
    void aBusyManagementPortIsNamed() throws Exception {
        try (ServerSocket busy = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Ended ended = run(config(free(), busy.getLocalPort()));

            assertThat(ended.code()).isEqualTo(START_FAILED);
            assertThat(ended.message())
                    .contains("management: cannot listen on 127.0.0.1:" + busy.getLocalPort())
                    .doesNotContain("\tat ");
        }
    }

    @Test
    void aStackTraceComesOnlyWhenAskedFor() throws Exception {
        try (ServerSocket busy = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            assertThat(run(config(busy.getLocalPort(), 0), "--stacktrace").message())
                    .contains("\tat ");
        }
    }

    @Test
    void aFileThatIsNotThereIsNamed() {
        Ended ended = execute("run", "--home", home.toString());

        assertThat(ended.code()).isEqualTo(BAD_CONFIGURATION);
        assertThat(ended.message()).contains("gatehouse.yaml").contains("no such file (expected: a YAML file");
    }

    @Test
    void anUnknownOptionIsNamed() {
        Ended ended = execute("run", "--hom", home.toString());

        assertThat(ended.code()).isEqualTo(BAD_CONFIGURATION);
        assertThat(ended.message()).contains("--hom").contains("gatehouse --help");
    }

    @Test
    void checkNamesEveryProblemAndBindsNothing() throws Exception {
        Files.writeString(
                home.resolve("resources/interceptor.yaml"),
                "{apiVersion: gatehouse/v1, kind: Interceptor, metadata: {name: one}, spec: {type: gone, scope: {all: true}}}");
        Files.writeString(home.resolve("plugins/bad.jar"), "no jar");
        try (ServerSocket busy = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Ended ended = execute(
                    "check",
                    "--home",
                    home.toString(),
                    "--config",
                    written(config(busy.getLocalPort(), 0)).toString());

            assertThat(ended.code()).isEqualTo(BAD_CONFIGURATION);
            assertThat(ended.message())
                    .contains("plugin bad.jar: CORRUPT")
                    .contains("interceptor one: type: gone (expected: a type that a loaded plugin offers)");
        }
    }

    private Ended run(String yaml, String... options) throws IOException {
        List<String> arguments = new ArrayList<>(List.of("run", "--home", home.toString()));
        arguments.addAll(List.of("--config", written(yaml).toString()));
        arguments.addAll(List.of(options));
        return execute(arguments.toArray(String[]::new));
    }

    private Path written(String yaml) throws IOException {
        return Files.writeString(home.resolve("gatehouse.yaml"), yaml);
    }

    private static Ended execute(String... arguments) {
        PrintStream before = System.err;
        ByteArrayOutputStream message = new ByteArrayOutputStream();
        System.setErr(new PrintStream(message, true, StandardCharsets.UTF_8));
        try {
            int code = GatehouseMain.execute(arguments);
            return new Ended(code, message.toString(StandardCharsets.UTF_8));
        } finally {
            System.setErr(before);
        }
    }

    /** Of a cluster that is not there, which is no problem of the configuration. */
    private static String config(int port, int managementPort) {
        return """
                clusters:
                  - {name: local, allowAnonymous: true, properties: {bootstrap.servers: "127.0.0.1:1"}}
                listeners:
                  - name: apps
                    ports: [%d]
                    route: {cluster: local}
                    authentication: [{type: anonymous}]
                management: {port: %d}
                """.formatted(port, managementPort);
    }

    private static int free() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
