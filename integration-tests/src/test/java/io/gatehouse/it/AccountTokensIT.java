/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import io.gatehouse.kafka.junit.KafkaExtension;
import io.gatehouse.kafka.raw.RawKafkaClient;
import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Date;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.message.ListGroupsRequestData;
import org.apache.kafka.common.message.SaslAuthenticateResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Tokens of the gateway as passwords, on live connections; conformance lines 39 and 41. */
class AccountTokensIT {

    private static final Path PAGE =
            Path.of(System.getProperty("gatehouse.root", "..")).resolve("docs/authentication.md");
    private static final Pattern CLIENT =
            Pattern.compile("```properties\\n([^`]*username=\"nightly-export\"[^`]*)```", Pattern.DOTALL);
    private static final String ISSUER = "kafka.example.org";
    private static final String OTHER = "2026-10";
    private static final String SIGNING = "2026-11";
    private static final Duration PROMPTLY = Duration.ofSeconds(3);

    @RegisterExtension
    static final KafkaExtension kafka = KafkaExtension.shared(3);

    private static final byte[] KEY = key();
    private static final byte[] OLD_KEY = key();

    private static TestGateway gateway;
    private static AdminClient admin;

    private static byte[] key() {
        byte[] key = new byte[32];
        new SecureRandom().nextBytes(key);
        return key;
    }

    @BeforeAll
    static void start() throws IOException {
        int port = FreePorts.take(1);
        gateway = TestGateway.inFrontOf(kafka.bootstrapServers())
                .plugin(TestGateway.jarOf("plugins/auth-plain"))
                .plugin(TestGateway.jarOf("plugins/admin-http"))
                .extra("administration: [{type: http, port: " + port + "}]")
                .authentication("""
                        [{type: plain, cost: 4, tokens: {issuer: %s, keys: [{id: "%s", secret: "%s"}, {id: "%s", secret: "%s"}]}}]\
                        """.formatted(ISSUER, SIGNING, base64(KEY), OTHER, base64(OLD_KEY)))
                .resource("nightly-export.yaml", account("nightly-export", Instant.EPOCH))
                .resource("revoked.yaml", account("revoked", Instant.EPOCH))
                .resource("removed.yaml", account("removed", Instant.EPOCH))
                .start();
        admin = AdminClient.of(port, gateway.home());
    }

    @AfterAll
    static void stop() {
        gateway.close();
    }

    private static String base64(byte[] key) {
        return Base64.getEncoder().encodeToString(key);
    }

    private static String account(String name, Instant notBefore) {
        return """
                apiVersion: gatehouse/v1
                kind: Account
                metadata: {name: %s}
                spec: {tokens: {notBefore: "%s"}}
                """.formatted(name, notBefore);
    }

    private static String token(String username, Duration lifetime) throws JOSEException {
        return token(SIGNING, KEY, username, lifetime);
    }

    private static String token(String kid, byte[] key, String username, Duration lifetime) throws JOSEException {
        Instant now = Instant.now();
        SignedJWT token = new SignedJWT(
                new JWSHeader.Builder(JWSAlgorithm.HS256).keyID(kid).build(),
                new JWTClaimsSet.Builder()
                        .issuer(ISSUER)
                        .audience(ISSUER)
                        .subject(username)
                        .issueTime(Date.from(now))
                        .expirationTime(Date.from(now.plus(lifetime)))
                        .build());
        token.sign(new MACSigner(key));
        return token.serialize();
    }

    private static short login(String username, String token) throws IOException {
        try (RawKafkaClient client = RawRequests.connect(gateway)) {
            return client.saslPlain(username, token).errorCode();
        }
    }

    private static void listGroups(RawKafkaClient client) throws IOException {
        client.exchange(ApiKeys.LIST_GROUPS, 4, new ListGroupsRequestData(), 1, "raw");
    }

    @Test
    void theClientOfTheDocumentationLogsInWithAToken() throws Exception {
        Matcher block = CLIENT.matcher(Files.readString(PAGE));
        assertThat(block.find()).isTrue();
        Properties client = new Properties();
        client.load(new StringReader(block.group(1).replace("eyJ...", token("nightly-export", Duration.ofMinutes(5)))));
        client.put("bootstrap.servers", gateway.bootstrapServers());

        try (Admin admin = Admin.create(client)) {
            assertThat(admin.describeCluster().nodes().get(20, TimeUnit.SECONDS))
                    .hasSize(3);
        }
    }

    @Test
    void aTokenOfAnotherUserOrKeyOrTimeIsRefused() throws Exception {
        Duration lifetime = Duration.ofMinutes(5);

        assertThat(login("nightly-export", token(OTHER, OLD_KEY, "nightly-export", lifetime)))
                .isZero();
        assertThat(login("revoked", token("nightly-export", lifetime)))
                .isEqualTo(Errors.SASL_AUTHENTICATION_FAILED.code());
        assertThat(login("nightly-export", token(SIGNING, OLD_KEY, "nightly-export", lifetime)))
                .isEqualTo(Errors.SASL_AUTHENTICATION_FAILED.code());
        assertThat(login("nightly-export", token("nightly-export", Duration.ofSeconds(-1))))
                .isEqualTo(Errors.SASL_AUTHENTICATION_FAILED.code());
    }

    @Test
    void theSessionEndsWithTheTokenUnlessANewerOneComes() throws Exception {
        try (RawKafkaClient renewing = RawRequests.connect(gateway);
                RawKafkaClient idle = RawRequests.connect(gateway)) {
            String first = token("nightly-export", Duration.ofSeconds(3));
            SaslAuthenticateResponseData answer = renewing.saslPlain("nightly-export", first);
            idle.saslPlain("nightly-export", first);
            assertThat(answer.sessionLifetimeMs()).isBetween(1L, 3_000L);
            listGroups(renewing);

            answer = renewing.saslPlain("nightly-export", token("nightly-export", Duration.ofMinutes(5)));
            assertThat(answer.errorCode()).isZero();
            assertThat(answer.sessionLifetimeMs()).isGreaterThan(3_000L);
            await().pollDelay(Duration.ofMillis(3_100)).until(() -> true);

            listGroups(renewing);
            idle.send(ApiKeys.LIST_GROUPS, 4, new ListGroupsRequestData(), 1, "raw");
            assertThat(idle.isClosedByPeer(PROMPTLY)).isTrue();
        }
    }

    @Test
    void revokingEndsSessionsAndRefusesTheTokensIssuedBefore() throws Exception {
        String token = token("revoked", Duration.ofMinutes(5));
        try (RawKafkaClient client = RawRequests.connect(gateway)) {
            assertThat(client.saslPlain("revoked", token).errorCode()).isZero();
            listGroups(client);

            gateway.writeResources(
                    "revoked.yaml", account("revoked", Instant.now().plusSeconds(1)));

            await().atMost(Duration.ofSeconds(10)).until(() -> login("revoked", token) != 0);
            client.send(ApiKeys.LIST_GROUPS, 4, new ListGroupsRequestData(), 1, "raw");
            assertThat(client.isClosedByPeer(PROMPTLY)).isTrue();
        }
        await().atMost(Duration.ofSeconds(5))
                .until(() -> login("revoked", token("revoked", Duration.ofMinutes(5))) == 0);
    }

    @Test
    void operatorsIssueAndRevokeByTheHttpApi() throws Exception {
        String tokens = "/api/v1/users/visitor/tokens";
        assertThat(admin.put("Account", "visitor", "{password: swordfish}").status())
                .isEqualTo(201);
        String token = issued(tokens);
        try (RawKafkaClient client = RawRequests.connect(gateway)) {
            assertThat(client.saslPlain("visitor", token).errorCode()).isZero();
            listGroups(client);

            assertThat(admin.delete(tokens).status()).isEqualTo(200);

            assertThat(login("visitor", token)).isEqualTo(Errors.SASL_AUTHENTICATION_FAILED.code());
            client.send(ApiKeys.LIST_GROUPS, 4, new ListGroupsRequestData(), 1, "raw");
            assertThat(client.isClosedByPeer(PROMPTLY)).isTrue();
        }
        assertThat(login("visitor", issued(tokens))).isZero();
        assertThat(login("visitor", "swordfish")).isZero();
        assertThat(admin.delete("/api/v1/users/nobody/tokens").status()).isEqualTo(404);
        assertThat(admin.send("POST", tokens, "application/json", "{\"lifetime\": \"91d\"}")
                        .status())
                .isEqualTo(422);
    }

    @Test
    void whoMayWriteAccountsMayNotReadTheGatewaysFiles() {
        AdminClient.Answer answer = admin.put("Account", "thief", "{password: \"${file:/etc/hostname}\"}");

        assertThat(answer.status()).isEqualTo(422);
        assertThat(answer.errors()).singleElement().asString().contains("password: a placeholder");
    }

    private static String issued(String path) {
        return admin.send("POST", path, "application/json", "{\"lifetime\": \"1h\"}")
                .body()
                .path("token")
                .asText();
    }

    @Test
    void aRemovedAccountTakesItsTokensAlong() throws Exception {
        String token = token("removed", Duration.ofMinutes(5));
        try (RawKafkaClient client = RawRequests.connect(gateway)) {
            assertThat(client.saslPlain("removed", token).errorCode()).isZero();
            listGroups(client);

            gateway.deleteResources("removed.yaml");

            await().atMost(Duration.ofSeconds(10)).until(() -> login("removed", token) != 0);
            client.send(ApiKeys.LIST_GROUPS, 4, new ListGroupsRequestData(), 1, "raw");
            assertThat(client.isClosedByPeer(PROMPTLY)).isTrue();
        }
    }
}
