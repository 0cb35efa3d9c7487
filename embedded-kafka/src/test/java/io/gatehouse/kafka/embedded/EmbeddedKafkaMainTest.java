/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kafka.embedded;

import static io.gatehouse.kafka.embedded.KafkaClients.PATIENCE;
import static io.gatehouse.kafka.embedded.KafkaClients.consume;
import static io.gatehouse.kafka.embedded.KafkaClients.produce;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gatehouse.kafka.embedded.EmbeddedKafkaMain.Arguments;
import io.gatehouse.kafka.raw.RawKafkaClient;
import java.io.BufferedReader;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.net.BindException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.message.MetadataRequestData;
import org.apache.kafka.common.message.MetadataResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EmbeddedKafkaMainTest {

    private static final String READY = "KAFKA READY ";

    @TempDir
    private Path folder;

    private Process process;

    @AfterEach
    void endProcess() {
        if (process != null) {
            process.destroyForcibly();
        }
    }

    @Test
    void aProcessServesUntilItsInputEndsAndPrintsOneLine() throws Exception {
        start("--port", "0", "--data", folder.toString(), "--until-stdin-closes");
        BufferedReader output = process.inputReader();
        String ready = output.readLine();

        assertThat(ready).startsWith(READY + "localhost:");
        String bootstrapServers = ready.substring(READY.length());
        produce(bootstrapServers, Map.of(), "created-by-itself", "value");
        assertThat(consume(bootstrapServers, Map.of(), "created-by-itself", 1)).containsExactly("value");

        process.getOutputStream().close();
        assertThat(process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).isZero();
        assertThat(output.readLine()).isNull();
    }

    @Test
    void brokersServeOnPortsInARow() throws Exception {
        int port = firstOfTwoFreePorts();

        start("--brokers", "2", "--port", Integer.toString(port), "--data", folder.toString());

        assertThat(process.inputReader().readLine())
                .startsWith(READY)
                .contains("localhost:" + port, "localhost:" + (port + 1));
    }

    @Test
    void aProcessStopsOnSigterm() throws Exception {
        start();
        assertThat(process.inputReader().readLine()).startsWith(READY);

        process.destroy();

        assertThat(process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).isEqualTo(143);
    }

    @Test
    void clientsOfAProxyListenerAreToldTheProxysPort() throws Exception {
        int port = freePort();
        int proxyPort = freePort();

        start("--proxy-listener", "PROXY:" + port + ":" + proxyPort);
        assertThat(process.inputReader().readLine()).startsWith(READY);

        try (RawKafkaClient client = RawKafkaClient.connect("localhost", port)) {
            MetadataResponseData metadata =
                    client.exchange(ApiKeys.METADATA, 12, new MetadataRequestData().setTopics(List.of()), 1, null);
            assertThat(metadata.brokers()).extracting(broker -> broker.port()).containsExactly(proxyPort);
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private static int firstOfTwoFreePorts() throws IOException {
        for (int attempt = 0; attempt < 50; attempt++) {
            int port = freePort();
            try (ServerSocket next = new ServerSocket(port + 1, 1, InetAddress.getLoopbackAddress())) {
                return next.getLocalPort() - 1;
            } catch (BindException taken) {
                // Another try.
            }
        }
        throw new IllegalStateException("free ports in a row: none found (expected: two)");
    }

    @Test
    void wrongArgumentsAreNamed() {
        assertThatThrownBy(() -> Arguments.parse(List.of("--port", "70000")))
                .hasMessage("--port: 70000 (expected: 0-65535)");
        assertThatThrownBy(() -> Arguments.parse(List.of("--port"))).hasMessage("--port: nothing (expected: a value)");
        assertThatThrownBy(() -> Arguments.parse(List.of("--prot")))
                .hasMessage("argument: --prot (expected: --brokers N, --port N, --data DIR, --until-stdin-closes,"
                        + " --proxy-listener or --property)");
        assertThatThrownBy(() -> Arguments.parse(List.of("--brokers", "0"))).hasMessage("--brokers: 0 (expected: 1-9)");
        assertThatThrownBy(() -> Arguments.parse(List.of("--proxy-listener", "PROXY:1")))
                .hasMessage("--proxy-listener: PROXY:1 (expected: NAME:PORT:ADVERTISED_PORT)");
    }

    private void start(String... arguments) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-Xmx256m", "-cp", System.getProperty("java.class.path")));
        command.add("-Djava.io.tmpdir=" + folder);
        command.add(EmbeddedKafkaMain.class.getName());
        command.addAll(List.of(arguments));
        process = new ProcessBuilder(command).redirectError(Redirect.INHERIT).start();
    }
}
