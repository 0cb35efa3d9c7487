/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel.client.observers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.gatehouse.spi.authentication.SaslObserver;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ObserversTest {

    private static final byte[] NOTHING = {};

    @Test
    void plainIsOneMessageAndTheBrokersWord() {
        SaslObserver observer = BuiltInObservers.begin("PLAIN", "sub");

        observer.clientMessage(bytes("\0alice\0secret"));

        assertThat(observer.brokerMessage(NOTHING)).contains("alice");
        assertThatIllegalArgumentException().isThrownBy(() -> observer.clientMessage(bytes("\0bob\0secret")));
    }

    @Test
    void plainMayRepeatTheNameAndNoOther() {
        SaslObserver observer = BuiltInObservers.begin("PLAIN", "sub");
        observer.clientMessage(bytes("alice\0alice\0secret"));

        assertThat(observer.brokerMessage(NOTHING)).contains("alice");
        refused("PLAIN", bytes("bob\0alice\0secret"));
    }

    @Test
    void messagesThatWouldOverrunTheStackAreRefused() {
        refused("SCRAM-SHA-256", bytes("n,,n=" + "a".repeat(100_000) + ",r=nonce"));
        refused("OAUTHBEARER", bytes("n,a=" + "a".repeat(60_000) + ",\u0001auth=Bearer a.b.c\u0001\u0001"));
        refused("OAUTHBEARER", bytes("n,,\u0001auth=Bearer a.b.c\u0001" + "x=y\u0001".repeat(15_000) + "\u0001"));
        refused("OAUTHBEARER", bytes("n,,\u0001auth=Bearer " + "a".repeat(70_000) + "\u0001\u0001"));
    }

    @Test
    void textThatIsNoneIsRefused() {
        byte[] malformed = {0, 'a', (byte) 0xc3, 0, 'p'};

        refused("PLAIN", malformed);
        refused("SCRAM-SHA-256", malformed);
        refused("OAUTHBEARER", malformed);
    }

    @Test
    void scramIsOverWhenTheBrokerHasProvenItselfAndNotBefore() {
        SaslObserver observer = BuiltInObservers.begin("SCRAM-SHA-512", "sub");

        observer.clientMessage(bytes("n,,n=a=2Cb=3Dc,r=nonce"));
        assertThat(observer.brokerMessage(bytes("r=nonce123,s=c2FsdA==,i=4096")))
                .isEmpty();
        observer.clientMessage(bytes("c=biws,r=nonce123,p=cHJvb2Y="));

        assertThat(observer.brokerMessage(bytes("v=c2lnbmF0dXJl"))).contains("a,b=c");
        assertThatIllegalArgumentException().isThrownBy(() -> observer.clientMessage(bytes("n,,n=bob,r=nonce")));
    }

    @Test
    void scramIsNotOverForABrokerThatSaysSoTooEarlyOrSaysAnError() {
        SaslObserver early = BuiltInObservers.begin("SCRAM-SHA-256", "sub");
        early.clientMessage(bytes("n,,n=alice,r=nonce"));
        assertThat(early.brokerMessage(bytes("v=c2lnbmF0dXJl"))).isEmpty();
        early.clientMessage(bytes("c=biws,r=nonce,p=cHJvb2Y="));
        assertThat(early.brokerMessage(bytes("e=other-error"))).isEmpty();
        assertThat(early.brokerMessage(NOTHING)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "n,,n=id,r=nonce,tokenauth=true",
                "n,,n=id,r=nonce,tokenauth=false",
                "n,a=bob,n=alice,r=nonce",
                "p=tls-unique,,n=alice,r=nonce",
                "n=alice,r=nonce",
                ""
            })
    void scramOfAnotherFormIsRefused(String message) {
        refused("SCRAM-SHA-256", bytes(message));
    }

    @Test
    void aTokensPrincipalIsTheClaimThatTheBrokerTakes() {
        SaslObserver observer = BuiltInObservers.begin("OAUTHBEARER", "preferred_username");
        observer.clientMessage(bearer("{\"sub\":\"1234\",\"preferred_username\":\"alice\"}"));

        assertThat(observer.brokerMessage(NOTHING)).contains("alice");
    }

    @Test
    void aTokenThatTheBrokerFindsFaultWithIsNobodys() {
        SaslObserver observer = BuiltInObservers.begin("OAUTHBEARER", "sub");
        observer.clientMessage(bearer("{\"sub\":\"alice\"}"));

        assertThat(observer.brokerMessage(bytes("{\"status\":\"invalid_token\"}")))
                .isEmpty();
        observer.clientMessage(new byte[] {1});
        assertThat(observer.brokerMessage(NOTHING)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"sub\":\"alice\",\"sub\":\"bob\"}",
                "{\"sub\":\" alice\"}",
                "{\"sub\":\"\"}",
                "{\"sub\":7}",
                "{}",
                "[]",
                "alice",
                ""
            })
    void aTokenWithoutExactlyOneNameIsRefused(String claims) {
        refused("OAUTHBEARER", bearer(claims));
    }

    @Test
    void anOpaqueTokenIsRefusedAndSoIsAnotherAuthorizationId() {
        refused("OAUTHBEARER", bytes("n,,\u0001auth=Bearer opaque\u0001\u0001"));
        refused("OAUTHBEARER", bytes("n,a=bob,\u0001auth=Bearer " + token("{\"sub\":\"alice\"}") + "\u0001\u0001"));
    }

    private static void refused(String mechanism, byte[] message) {
        SaslObserver observer = BuiltInObservers.begin(mechanism, "sub");
        assertThatIllegalArgumentException().isThrownBy(() -> observer.clientMessage(message));
        assertThat(observer.brokerMessage(NOTHING)).isEmpty();
    }

    private static byte[] bearer(String claims) {
        return bytes("n,,\u0001auth=Bearer " + token(claims) + "\u0001\u0001");
    }

    private static String token(String claims) {
        Base64.Encoder encoder = Base64.getUrlEncoder().withoutPadding();
        return encoder.encodeToString(bytes("{\"alg\":\"RS256\"}")) + "." + encoder.encodeToString(bytes(claims)) + "."
                + encoder.encodeToString(bytes("signature"));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
