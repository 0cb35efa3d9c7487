/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.plugins.auth.mtls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gatehouse.spi.authentication.Authentication;
import io.gatehouse.spi.authentication.AuthenticationResult;
import io.gatehouse.spi.authentication.AuthenticationResult.Authenticated;
import io.gatehouse.spi.authentication.AuthenticationResult.Rejected;
import io.gatehouse.spi.testkit.AuthenticatorHarness;
import java.lang.reflect.Proxy;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLSession;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.security.auth.SslAuthenticationContext;
import org.apache.kafka.common.security.authenticator.DefaultKafkaPrincipalBuilder;
import org.apache.kafka.common.security.ssl.SslPrincipalMapper;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Real certificates, and what is taken from them. */
class MtlsAuthenticatorTest {

    private static final String PASSWORD = "test-only";

    @TempDir
    private static Path folder;

    /** With what subjects may have: escapes, several values of a kind, attributes that have no short name. */
    private static final List<String> SUBJECTS = List.of(
            "CN=alice, OU=apps, O=acme, C=DE",
            "CN=Duke, OU=ServiceUsers, O=Org, C=US",
            "CN=\"Mueller, Hans\", OU=people, O=acme",
            "CN=a\\+b\\, c, OU=one, OU=two, O=acme",
            "EMAILADDRESS=ops@acme.test, CN=kafka1.example.com, OU=hosts, O=acme",
            "O=nobody in particular");

    private static final List<X509Certificate> CERTIFICATES = new ArrayList<>();
    private static X509Certificate workload;
    private static X509Certificate twoHosts;

    @BeforeAll
    static void make() throws Exception {
        for (String subject : SUBJECTS) {
            CERTIFICATES.add(certificate(subject, ""));
        }
        workload = certificate(
                "CN=ignored", "san=uri:spiffe://acme/ns/pay/sa/billing,uri:https://acme.test/x,dns:billing.acme.test");
        twoHosts = certificate("CN=ignored", "san=dns:one.acme.test,dns:two.acme.test,dns:x.other.test");
    }

    private static X509Certificate certificate(String subject, String extension) throws Exception {
        Path store = Files.createTempDirectory(folder, "certificate").resolve("store.p12");
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-alias",
                "own",
                "-dname",
                subject,
                "-keyalg",
                "EC",
                "-groupname",
                "secp256r1",
                "-keystore",
                store.toString(),
                "-storepass",
                PASSWORD));
        if (!extension.isEmpty()) {
            command.addAll(List.of("-ext", extension));
        }
        Path output = folder.resolve("keytool.out");
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        assertThat(process.waitFor()).as(Files.readString(output)).isZero();
        return (X509Certificate)
                KeyStore.getInstance(store.toFile(), PASSWORD.toCharArray()).getCertificate("own");
    }

    /** What a broker with these rules makes of a certificate; empty where it refuses. */
    private static Optional<String> onABroker(String rules, X509Certificate certificate) throws Exception {
        SSLSession session = (SSLSession) Proxy.newProxyInstance(
                MtlsAuthenticatorTest.class.getClassLoader(),
                new Class<?>[] {SSLSession.class},
                (proxy, method, arguments) ->
                        method.getName().equals("getPeerPrincipal") ? certificate.getSubjectX500Principal() : null);
        DefaultKafkaPrincipalBuilder builder =
                new DefaultKafkaPrincipalBuilder(null, SslPrincipalMapper.fromRules(rules));
        try {
            return Optional.of(
                    builder.build(new SslAuthenticationContext(session, InetAddress.getLoopbackAddress(), "SSL"))
                            .getName());
        } catch (KafkaException refused) {
            return Optional.empty();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "DEFAULT",
                "RULE:^CN=([^,]+),OU=apps.*$/$1/,DEFAULT",
                "RULE:^CN=(.*?),OU=ServiceUsers.*$/$1/,"
                        + "RULE:^CN=(.*?),OU=(.*?),O=(.*?),L=(.*?),ST=(.*?),C=(.*?)$/$1@$2/L,"
                        + "RULE:^.*[Cc][Nn]=([a-zA-Z0-9.]*).*$/$1/L,DEFAULT",
                "RULE:^CN=([^,]+),.*O=acme.*$/$1/U",
                " RULE:.*CN=([^,]*).*/user-$1/ , RULE:^O=(.*)$/$1/L ",
                "RULE:^CN=(.*?),OU=(.*?),O=acme$/$1\\/$2/"
            })
    void rulesOfABrokerYieldWhatTheyYieldThere(String rules) throws Exception {
        try (AuthenticatorHarness harness = harness(IdentifierSource.SUBJECT, rules, null)) {
            for (X509Certificate certificate : CERTIFICATES) {
                AuthenticationResult result = harness.tls(certificate);

                assertThat(identifier(result))
                        .as("%s by %s", certificate.getSubjectX500Principal(), rules)
                        .isEqualTo(onABroker(rules, certificate));
            }
        }
    }

    @Test
    void theSubjectIsWhatABrokerShowsOfIt() {
        try (AuthenticatorHarness harness = harness(IdentifierSource.SUBJECT, "DEFAULT", null)) {
            assertThat(identifier(harness.tls(CERTIFICATES.get(0)))).contains("CN=alice,OU=apps,O=acme,C=DE");
        }
    }

    @Test
    void aSubjectThatNoRuleMatchesIsRefused() {
        try (AuthenticatorHarness harness = harness(IdentifierSource.SUBJECT, "RULE:^CN=nobody$/nobody/", null)) {
            Rejected rejected = (Rejected) harness.tls(CERTIFICATES.get(0));

            assertThat(rejected.message()).doesNotContain("alice");
            assertThat(rejected.reason()).contains("CN=alice,OU=apps,O=acme,C=DE");
        }
    }

    @Test
    void aSpiffeIdIsTheOneUriThatBeginsWithThePrefix() {
        try (AuthenticatorHarness spiffe = harness(IdentifierSource.SAN_URI, "DEFAULT", "spiffe://acme/");
                AuthenticatorHarness any = harness(IdentifierSource.SAN_URI, "DEFAULT", null);
                AuthenticatorHarness other = harness(IdentifierSource.SAN_URI, "DEFAULT", "spiffe://other/")) {
            assertThat(identifier(spiffe.tls(workload))).contains("spiffe://acme/ns/pay/sa/billing");
            assertThat(identifier(any.tls(workload)))
                    .as("two that fit: it would be a matter of order who the client is")
                    .isEmpty();
            assertThat(((Rejected) other.tls(workload)).reason())
                    .contains("no san-uri that begins with spiffe://other/");
            assertThat(identifier(spiffe.tls(CERTIFICATES.get(0))))
                    .as("no alternative names")
                    .isEmpty();
        }
    }

    @Test
    void aHostIsTheOneDnsNameThatBeginsWithThePrefix() {
        try (AuthenticatorHarness any = harness(IdentifierSource.SAN_DNS, "DEFAULT", null);
                AuthenticatorHarness one = harness(IdentifierSource.SAN_DNS, "DEFAULT", "one.")) {
            assertThat(identifier(any.tls(workload))).contains("billing.acme.test");
            assertThat(identifier(any.tls(twoHosts))).isEmpty();
            assertThat(identifier(one.tls(twoHosts))).contains("one.acme.test");
        }
    }

    @Test
    void theFirstCertificateOfTheChainThatEndsEndsTheSession() throws Exception {
        X509Certificate own = CERTIFICATES.get(0);
        X509Certificate authority = CERTIFICATES.get(1);
        try (AuthenticatorHarness harness = harness(IdentifierSource.SUBJECT, "DEFAULT", null)) {
            Authentication authentication = ((Authenticated) harness.tls(own, authority)).authentication();

            assertThat(authentication.method()).isEqualTo("TLS");
            assertThat(authentication.groups()).isEmpty();
            assertThat(authentication.virtualCluster()).isEmpty();
            assertThat(authentication.expiry())
                    .contains(
                            own.getNotAfter().before(authority.getNotAfter())
                                    ? own.getNotAfter().toInstant()
                                    : authority.getNotAfter().toInstant());
        }
    }

    @Test
    void whatCannotBeMeantIsNamed() {
        assertThatThrownBy(() -> harness(IdentifierSource.SAN_DNS, "RULE:^CN=(.*)$/$1/", null))
                .hasMessage("rules: RULE:^CN=(.*)$/$1/ (expected: left out, as identifier is not subject)");
        assertThatThrownBy(() -> harness(IdentifierSource.SUBJECT, "DEFAULT", "spiffe://acme/"))
                .hasMessage("sanPrefix: spiffe://acme/ (expected: left out, as identifier is subject)");
        assertThatThrownBy(() -> harness(IdentifierSource.SUBJECT, "RULE:no rule", null))
                .isInstanceOf(IllegalArgumentException.class);
    }

    private static Optional<String> identifier(AuthenticationResult result) {
        return result instanceof Authenticated authenticated
                ? Optional.of(authenticated.authentication().identifier())
                : Optional.empty();
    }

    private static AuthenticatorHarness harness(IdentifierSource source, String rules, String sanPrefix) {
        return AuthenticatorHarness.of(
                new MtlsAuthenticatorFactory(), new MtlsConfig(source, rules, Optional.ofNullable(sanPrefix)));
    }
}
