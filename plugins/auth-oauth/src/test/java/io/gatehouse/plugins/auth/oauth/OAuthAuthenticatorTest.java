/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.plugins.auth.oauth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.nimbusds.jose.jwk.RSAKey;
import io.gatehouse.spi.authentication.AuthenticationResult;
import io.gatehouse.spi.authentication.AuthenticationResult.Authenticated;
import io.gatehouse.spi.authentication.AuthenticationResult.Rejected;
import io.gatehouse.spi.config.Default;
import io.gatehouse.spi.testkit.AuthenticatorHarness;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OAuthAuthenticatorTest {

    private static final byte[] CONFIRMATION = {1};

    @Test
    void aGoodTokenIsAdmittedInOneStep() {
        try (Issuer issuer = new Issuer();
                AuthenticatorHarness harness = harness(issuer)) {
            RSAKey key = issuer.publish("one");

            AuthenticationResult result = harness.sasl(
                    "OAUTHBEARER", message("", Issuer.sign(key, Issuer.claims().build())));

            assertThat(result).isInstanceOf(Authenticated.class);
        }
    }

    @Test
    void aBadTokenIsAnsweredWithTheErrorOfRfc7628AndThenRefused() {
        try (Issuer issuer = new Issuer();
                AuthenticatorHarness harness = harness(issuer)) {
            issuer.publish("one");
            String forged = Issuer.sign(Issuer.key("one"), Issuer.claims().build());

            AuthenticationResult result = harness.sasl("OAUTHBEARER", message("", forged), CONFIRMATION);

            assertThat(result).isInstanceOf(Rejected.class);
            assertThat(((Rejected) result).message()).isEqualTo("{\"status\":\"invalid_token\"}");
            assertThat(((Rejected) result).reason()).doesNotContain(forged);
        }
    }

    @Test
    void theAuthorizationIdMustBeThePrincipal() {
        try (Issuer issuer = new Issuer();
                AuthenticatorHarness harness = harness(issuer)) {
            String token = Issuer.sign(issuer.publish("one"), Issuer.claims().build());

            assertThat(harness.sasl("OAUTHBEARER", message("alice", token))).isInstanceOf(Authenticated.class);
            assertThat(harness.sasl("OAUTHBEARER", message("bob", token), CONFIRMATION))
                    .isInstanceOf(Rejected.class);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "n,,",
                "n,,\1\1",
                "n,,\1auth=Basic abc\1\1",
                "p=tls,,\1auth=Bearer a\1\1",
                "n,,\1auth=Bearer a b\1\1",
                "n,,\1auth=Bearer a\1auth=Bearer b\1\1",
                "n,,\1auth=Bearer a\1traceId=1\1traceId=2\1\1",
                "n,,\1auth=Bearer a\1=1\1\1",
                "n,,\1auth=Bearer a\1\1\1",
                "n,,\1auth=Bearer a\1\1x=y\1\1",
                "n,,\1auth=Bearer a\1"
            })
    void malformedMessagesAreRefused(String text) {
        assertThatThrownBy(() -> BearerMessage.parse(text.getBytes(StandardCharsets.UTF_8)))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void theLargestMessageIsReadAndALargerOneOrOneOfManyKeysRefused() {
        String start = "n,,\1auth=Bearer a\1x=";
        String largest = start + "y".repeat(BearerMessage.MAX_BYTES - start.length() - 2) + "\1\1";
        String manyKeys = "n,,\1auth=Bearer a\1" + "x=\1".repeat(20_000) + "\1";

        assertThat(BearerMessage.parse(largest.getBytes(StandardCharsets.UTF_8)).token())
                .isEqualTo("a");
        assertThatThrownBy(() -> BearerMessage.parse(manyKeys.getBytes(StandardCharsets.UTF_8)))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> BearerMessage.parse(new byte[BearerMessage.MAX_BYTES + 1]))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("65537 bytes (expected: at most 65536)");
    }

    @Test
    void extensionsAreAccepted() {
        BearerMessage message = BearerMessage.parse(
                "n,a=alice,\1auth=Bearer abc.def-_~+/=\1traceId=123\1\1".getBytes(StandardCharsets.UTF_8));

        assertThat(message).isEqualTo(new BearerMessage("alice", "abc.def-_~+/="));
    }

    @Test
    void whatOpensTheGatewayToOthersMustBeSaid() {
        assertThatThrownBy(
                        () -> TestConfigs.config("http://localhost/jwks", config -> config.issuer = Optional.empty()))
                .hasMessageStartingWith("issuer: missing (expected:");
        assertThatThrownBy(() -> TestConfigs.config("http://localhost/jwks", config -> config.audiences = List.of()))
                .hasMessageStartingWith("audiences: missing (expected:");
        assertThatThrownBy(() ->
                        TestConfigs.config("http://localhost/jwks", config -> config.algorithms = List.of("HS256")))
                .hasMessageStartingWith("algorithms: HS256 (expected: asymmetric");
        assertThatThrownBy(() ->
                        TestConfigs.config("http://localhost/jwks", config -> config.algorithms = List.of("none")))
                .hasMessageStartingWith("algorithms: none (expected: asymmetric");
        assertThatThrownBy(() -> TestConfigs.config("ftp://localhost/jwks", config -> {}))
                .hasMessageStartingWith("jwksUrl: \"ftp://localhost/jwks\" (expected:");
    }

    @Test
    void claimsAreFoundFlatFirstAndThenByPath() {
        assertThat(Claims.text(Map.of("sub", "alice"), "sub")).contains("alice");
        assertThat(Claims.text(Map.of("gateway.vcluster", "a", "gateway", Map.of("vcluster", "b")), "gateway.vcluster"))
                .contains("a");
        assertThat(Claims.text(Map.of("gateway", Map.of("vcluster", "b")), "gateway.vcluster"))
                .contains("b");
        assertThat(Claims.text(Map.of("gateway", "text"), "gateway.vcluster")).isEmpty();
        assertThat(Claims.texts(Map.of("r", Map.of("roles", List.of("a", "b"))), "r.roles", ","))
                .containsExactly("a", "b");
    }

    private static AuthenticatorHarness harness(Issuer issuer) {
        return AuthenticatorHarness.of(
                new OAuthAuthenticatorFactory(), TestConfigs.config(issuer.jwksUrl(), config -> {}));
    }

    private static byte[] message(String authorizationId, String token) {
        String name = authorizationId.isEmpty() ? "" : "a=" + authorizationId;
        return ("n," + name + ",\1auth=Bearer " + token + "\1\1").getBytes(StandardCharsets.UTF_8);
    }

    @Test
    void groupsInATextArePartedByCommasWhenNothingElseIsSaid() {
        Default delimiter = Arrays.stream(OAuthConfig.class.getRecordComponents())
                .filter(component -> component.getName().equals("groupsDelimiter"))
                .findFirst()
                .orElseThrow()
                .getAnnotation(Default.class);

        assertThat(delimiter.value()).isEqualTo(",");
    }
}
