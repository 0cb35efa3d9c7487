/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gatehouse.kafka.junit.KafkaExtension;
import io.gatehouse.kafka.raw.RawKafkaClient;
import io.gatehouse.kernel.Gatehouse;
import io.gatehouse.kernel.config.ConfigLoader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import javax.net.ssl.SSLSocket;
import org.apache.kafka.common.message.DescribeClusterRequestData;
import org.apache.kafka.common.message.DescribeClusterResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Listeners with several certificates, PKCS12 and PEM, of which the host name that a client asks for chooses one, by each provider of TLS. */
@ParameterizedClass
@ValueSource(strings = {"JDK", "OPENSSL"})
class ServerCertificatesIT {

    @RegisterExtension
    static final KafkaExtension kafka = KafkaExtension.shared(3);

    @TempDir
    static Path folder;

    @Parameter
    private String provider;

    private static TestCertificates authority;
    private static Path standard;
    private static Path exact;
    private static Path pem;
    private static Path inline;
    private static TestGateway gateway;
    private static int port;

    @BeforeAll
    static void makeCertificates() {
        authority = TestCertificates.in(folder, "authority");
        standard = authority.keyStore("standard", "CN=standard", "dns:*.a.sep.test,dns:localhost");
        exact = authority.keyStore("exact", "CN=exact", "dns:bootstrap.a.sep.test");
        pem = authority.pemKeyStore("pem", "CN=pem", "dns:*.b.sep.test");
        inline = authority.pemKeyStore("inline", "CN=inline", "dns:*.c.sep.test");
    }

    @BeforeParameterizedClassInvocation
    static void start(String provider) throws IOException {
        String tls = ", authentication: [{type: plain, cost: 4}], tls: {" + store(standard)
                + (provider.equals("JDK") ? ", ssl.provider: SunJSSE" : "") + "}, certificates: [{" + store(exact)
                + "}, {ssl.keystore.type: PEM, ssl.keystore.location: \"" + pem + "\"}, " + inline() + "]}";
        port = FreePorts.take(20);
        gateway = TestGateway.inFrontOf(kafka.bootstrapServers())
                .accounts("ann")
                .listener("{name: by-name, ports: [" + port + "], route: {sni: {suffix: .sep.test}}" + tls)
                .listener("{name: by-port, ports: [" + (port + 1) + "-" + (port + 19)
                        + "], advertisedHost: localhost, route: {cluster: local}" + tls)
                .resource("virtual-clusters.yaml", """
                        {apiVersion: gatehouse/v1, kind: VirtualCluster, metadata: {name: team-a}, spec: {cluster: local, label: a}}
                        ---
                        {apiVersion: gatehouse/v1, kind: VirtualCluster, metadata: {name: team-b}, spec: {cluster: local, label: b}}
                        """)
                .start();
    }

    private static String store(Path keyStore) {
        return "ssl.keystore.type: PKCS12, ssl.keystore.location: \"" + keyStore + "\", ssl.keystore.password: "
                + TestCertificates.PASSWORD + ", ssl.key.password: " + TestCertificates.PASSWORD;
    }

    /** Key and certificates in the configuration itself. */
    private static String inline() throws IOException {
        String text = Files.readString(inline).replace("\n", "\\n");
        int chain = text.indexOf("-----BEGIN CERTIFICATE");
        return "{ssl.keystore.type: PEM, ssl.keystore.key: \"" + text.substring(0, chain)
                + "\", ssl.keystore.certificate.chain: \"" + text.substring(chain) + "\"}";
    }

    @AfterParameterizedClassInvocation
    static void stop() {
        gateway.close();
    }

    @ParameterizedTest
    @CsvSource({
        "bootstrap.a.sep.test, 0, TLSv1.3, CN=exact",
        "bootstrap.a.sep.test, 0, TLSv1.2, CN=exact",
        "broker-1.a.sep.test, 0, TLSv1.3, CN=standard",
        "broker-1.b.sep.test, 0, TLSv1.2, CN=pem",
        "bootstrap.b.sep.test, 0, TLSv1.3, CN=pem",
        "bootstrap.b.sep.test, 1, TLSv1.3, CN=pem",
        "bootstrap.a.sep.test, 1, TLSv1.2, CN=exact",
        "bootstrap.c.sep.test, 1, TLSv1.3, CN=inline",
        "somewhere.example.org, 1, TLSv1.3, CN=standard",
        "localhost, 1, TLSv1.3, CN=standard",
    })
    void theHostNameChoosesTheCertificate(String host, int listener, String protocol, String subject) throws Exception {
        Socket plain = new Socket(InetAddress.getLoopbackAddress(), port + listener);
        try (SSLSocket socket = (SSLSocket)
                authority.trustingContext("TLS").getSocketFactory().createSocket(plain, host, port + listener, true)) {
            socket.setEnabledProtocols(new String[] {protocol});
            socket.startHandshake();

            assertThat(TestCertificates.subject(socket)).isEqualTo(subject);
            assertThat(socket.getSession().getProtocol()).isEqualTo(protocol);
        }
    }

    @ParameterizedTest
    @CsvSource({"bootstrap.a.sep.test, team-a, broker-1.a.sep.test", "bootstrap.b.sep.test, team-b, broker-1.b.sep.test"
    })
    void aClientComesToTheVirtualClusterOfItsHostName(String host, String virtualCluster, String broker)
            throws Exception {
        InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
        try (RawKafkaClient client = RawKafkaClient.connect(address, authority.trustingContext("TLS"), host)) {
            assertThat(client.saslPlain("ann", "ann").errorCode()).isZero();
            DescribeClusterResponseData cluster =
                    client.exchange(ApiKeys.DESCRIBE_CLUSTER, 1, new DescribeClusterRequestData(), 2, "raw");

            assertThat(cluster.clusterId()).startsWith(virtualCluster + "@");
            assertThat(cluster.brokers())
                    .anySatisfy(
                            each -> assertThat(each.host() + ":" + each.port()).isEqualTo(broker + ":" + port));
        }
    }

    @Test
    void theOtherFormsNamesLeadNowhere() {
        InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);

        assertThatThrownBy(
                        () -> RawKafkaClient.connect(address, authority.trustingContext("TLS"), "bootstrap-a.sep.test"))
                .isInstanceOf(IOException.class);
    }

    @Test
    void checkNamesTheFilesThatCannotBeRead() {
        String head =
                ", ports: [19, 20], advertisedHost: a, route: {cluster: local}, authentication: [{type: plain}], tls: {";
        TestGateway.Builder.Written written = TestGateway.inFrontOf(kafka.bootstrapServers())
                .accounts("ann")
                .listener("{name: one" + head + store(standard) + "}, certificates: [{" + store(standard) + "}, {"
                        + store(folder.resolve("missing.p12")) + "}]}")
                .listener("{name: two, addresses: [127.0.0.2]" + head
                        + store(standard).replace("test-only", "wrong") + "}}")
                .write();

        assertThat(Gatehouse.check(ConfigLoader.load(written.config(), Map.of()), written.home()))
                .hasSize(2)
                .anySatisfy(problem -> assertThat(problem)
                        .startsWith("listeners[1].certificates[1]: ")
                        .contains("missing.p12"))
                .anySatisfy(problem ->
                        assertThat(problem).startsWith("listeners[2].tls: ").contains("standard.p12"));
    }
}
