/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.gatehouse.kernel.plugins.PluginHost;
import io.gatehouse.kernel.plugins.PluginHostOptions;
import io.gatehouse.kernel.plugins.PluginResources;
import io.gatehouse.kernel.plugins.TestPluginJar;
import io.gatehouse.spi.resources.ResourceKind;
import io.gatehouse.spi.resources.ResourceView;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code gatehouse plugins} beside a plugin host that runs. */
class PluginsCommandTest {

    @TempDir
    Path home;

    private final PrintStream standardOut = System.out;
    private final PrintStream standardErr = System.err;
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private Path folder;

    @BeforeEach
    void open() throws Exception {
        folder = Files.createDirectories(home.resolve("plugins"));
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
        Files.createDirectories(home.resolve("conf"));
        Files.writeString(home.resolve("conf/gatehouse.yaml"), """
                clusters: [{name: local, allowAnonymous: true, properties: {bootstrap.servers: "localhost:9092"}}]
                listeners: [{name: apps, ports: ["19092-19095"], route: {cluster: local}, authentication: [{type: anonymous}]}]
                """);
        System.setOut(new PrintStream(out, true, StandardCharsets.UTF_8));
        System.setErr(new PrintStream(err, true, StandardCharsets.UTF_8));
    }

    @AfterEach
    void close() {
        System.setOut(standardOut);
        System.setErr(standardErr);
    }

    private PluginHost start() {
        PluginResources none = new PluginResources() {
            @Override
            public <S extends Record> ResourceView<S> view(ResourceKind<S> kind) {
                throw new UnsupportedOperationException("nobody asks here");
            }
        };
        PluginHost host = new PluginHost(
                folder,
                home.resolve("staging"),
                PluginsCommand.document(home),
                new SimpleMeterRegistry(),
                none,
                PluginHostOptions.DEFAULT);
        host.start();
        return host;
    }

    private int gatehouse(String... arguments) {
        return GatehouseMain.execute(arguments);
    }

    private String printed() {
        return out.toString(StandardCharsets.UTF_8);
    }

    private String complained() {
        return err.toString(StandardCharsets.UTF_8);
    }

    @Test
    void listShowsWhatRunsAndWhyTheRestDoesNot() {
        TestPluginJar.withInterceptor("greeter", "greet").writeTo(folder, "greeter.jar");
        TestPluginJar.withInterceptor("bad", "bad").version("soon").writeTo(folder, "bad.jar");

        try (PluginHost host = start()) {
            assertThat(gatehouse("plugins", "list", "--home", home.toString())).isZero();
        }

        assertThat(printed())
                .containsPattern("(?m)^ID +VERSION +STATE +FILE +HASH +SINCE +LEASES +EXTENSIONS$")
                .containsPattern(
                        "(?m)^greeter +1\\.0\\.0 +STARTED +greeter\\.jar +[0-9a-f]{8} +\\S+ +0 +interceptor greet$")
                .contains("bad.jar: BAD_VERSION: Plugin-Version: \"soon\"");
    }

    @Test
    void listAsJsonIsTheDocument() throws Exception {
        TestPluginJar.withInterceptor("greeter", "greet").writeTo(folder, "greeter.jar");

        try (PluginHost host = start()) {
            assertThat(gatehouse("plugins", "list", "-o", "json", "--home", home.toString()))
                    .isZero();
        }

        String json = printed().substring(printed().indexOf('{'));
        assertThat(new ObjectMapper().readTree(json).at("/plugins/0/id").asText())
                .isEqualTo("greeter");
    }

    @Test
    void listWithoutAGatewaySaysSo() {
        assertThat(gatehouse("plugins", "list", "--home", home.toString())).isNotZero();

        assertThat(complained()).contains("plugins.json: missing (expected: a gateway that runs with this home");
    }

    @Test
    void verifyAcceptsWhatAGatewayWouldRun() {
        Path jar = TestPluginJar.withInterceptor("greeter", "greet").writeTo(home, "greeter.jar");

        assertThat(gatehouse("plugins", "verify", jar.toString())).isZero();

        assertThat(printed()).contains("greeter 1.0.0: OK: interceptor greet");
    }

    @Test
    void verifyRefusesWhatAGatewayWouldRefuse() {
        Path jar = TestPluginJar.withInterceptor("greeter", "greet")
                .version("soon")
                .writeTo(home, "greeter.jar");

        assertThat(gatehouse("plugins", "verify", jar.toString())).isEqualTo(1);

        assertThat(complained()).contains("greeter.jar: BAD_VERSION: Plugin-Version: \"soon\"");
    }

    @Test
    void rescanTakesAJarAtOnceAndShowsTheOutcome() {
        try (PluginHost host = start()) {
            TestPluginJar.withInterceptor("greeter", "greet").writeTo(folder, "greeter.jar");

            assertThat(gatehouse("plugins", "rescan", "--home", home.toString()))
                    .as(complained())
                    .isZero();

            assertThat(host.statuses()).hasSize(1);
        }
        assertThat(printed()).containsPattern("(?m)^greeter +1\\.0\\.0 +STARTED");
    }

    @Test
    void rescanWithoutAGatewaySaysSo() {
        assertThat(gatehouse("plugins", "rescan", "--timeout", "0", "--home", home.toString()))
                .isEqualTo(1);

        assertThat(complained()).contains("was not renewed within 0 s (expected: a gateway that runs with this home)");
    }
}
