/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gatehouse.kafka.junit.KafkaExtension;
import io.gatehouse.kafka.raw.RawKafkaClient;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import javax.net.ssl.SSLSocket;
import org.apache.kafka.common.message.DescribeClusterRequestData;
import org.apache.kafka.common.message.DescribeClusterResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** A listener that routes by host names changes while clients are connected, or about to be. */
class HostNamesReloadIT {

    private static final String HOST = "bootstrap-a.kafka.test";
    private static final String MORE = ", certificates: []";

    @RegisterExtension
    static final KafkaExtension kafka = KafkaExtension.shared(3);

    @TempDir
    private Path folder;

    private TestCertificates authority;
    private TestGateway gateway;
    private String listener;
    private int port;

    @BeforeEach
    void start() throws IOException {
        authority = TestCertificates.in(folder, "authority");
        port = FreePorts.take(1);
        listener = "{name: names, ports: [" + port + "], route: {sni: {suffix: .kafka.test, form: shared}}, "
                + "authentication: [{type: plain, cost: 4}], tls: {"
                + store(authority.keyStore("first", "CN=first", "dns:*.kafka.test")) + "}" + MORE + "}";
        gateway = TestGateway.inFrontOf(kafka.bootstrapServers())
                .accounts("ann")
                .listener(listener)
                .resource(
                        "team-a.yaml",
                        "{apiVersion: gatehouse/v1, kind: VirtualCluster, metadata: {name: team-a}, spec: {cluster: local, label: a}}")
                .start();
    }

    @AfterEach
    void stop() {
        gateway.close();
    }

    private static String store(Path keyStore) {
        return "ssl.keystore.type: PKCS12, ssl.keystore.location: \"" + keyStore + "\", ssl.keystore.password: "
                + TestCertificates.PASSWORD + ", ssl.key.password: " + TestCertificates.PASSWORD;
    }

    private RawKafkaClient login() throws IOException {
        InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
        RawKafkaClient client = RawKafkaClient.connect(address, authority.trustingContext("TLS"), HOST);
        assertThat(client.saslPlain("ann", "ann").errorCode()).isZero();
        return client;
    }

    private SSLSocket overTls(Socket plain) throws IOException {
        return (SSLSocket) authority.trustingContext("TLS").getSocketFactory().createSocket(plain, HOST, port, true);
    }

    private void reload(String what, String by) {
        gateway.editConfig(text -> {
            assertThat(text).contains(what);
            return text.replace(what, by);
        });
        assertThat(gateway.gatehouse().reload("test")).hasSize(1);
    }

    @Test
    void oneMoreCertificateIsShownToNewConnectionsAndOpenOnesGoOn() throws Exception {
        try (RawKafkaClient open = login()) {
            String more = store(authority.keyStore("second", "CN=second", "dns:" + HOST));

            reload(MORE, ", certificates: [{" + more + "}]");

            try (SSLSocket socket = overTls(new Socket(InetAddress.getLoopbackAddress(), port))) {
                socket.startHandshake();
                assertThat(TestCertificates.subject(socket)).isEqualTo("CN=second");
            }
            DescribeClusterResponseData cluster =
                    open.exchange(ApiKeys.DESCRIBE_CLUSTER, 1, new DescribeClusterRequestData(), 2, "raw");
            assertThat(cluster.clusterId()).startsWith("team-a@");
        }
    }

    @Test
    void whoWasToldOtherNamesIsClosed() throws Exception {
        try (RawKafkaClient open = login()) {
            reload("suffix: .kafka.test", "suffix: .moved.test");

            assertThat(open.isClosedByPeer(Duration.ofSeconds(10))).isTrue();
        }
    }

    @Test
    void whoIsStillBeforeTheHandshakeOfAListenerThatGoesIsNotLetIn() throws Exception {
        try (Socket plain = new Socket(InetAddress.getLoopbackAddress(), port);
                RawKafkaClient accepted = login()) {
            assertThat(accepted).as("whoever came before it is accepted by now").isNotNull();

            reload("  - " + listener + "\n", "");

            assertThatThrownBy(() -> overTls(plain).startHandshake()).isInstanceOf(IOException.class);
        }
    }
}
