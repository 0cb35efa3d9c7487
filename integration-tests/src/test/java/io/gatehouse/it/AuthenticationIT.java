/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.it;

import static io.gatehouse.it.RawRequests.connect;
import static io.gatehouse.it.RawRequests.frame;
import static io.gatehouse.it.RawRequests.joined;
import static io.gatehouse.it.RawRequests.metric;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gatehouse.kafka.junit.KafkaExtension;
import io.gatehouse.kafka.raw.RawKafkaClient;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.message.ApiVersionsRequestData;
import org.apache.kafka.common.message.ApiVersionsResponseData;
import org.apache.kafka.common.message.CreateDelegationTokenRequestData;
import org.apache.kafka.common.message.CreateDelegationTokenResponseData;
import org.apache.kafka.common.message.ListGroupsRequestData;
import org.apache.kafka.common.message.ListGroupsResponseData;
import org.apache.kafka.common.message.SaslAuthenticateRequestData;
import org.apache.kafka.common.message.SaslAuthenticateResponseData;
import org.apache.kafka.common.message.SaslHandshakeRequestData;
import org.apache.kafka.common.message.SaslHandshakeResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** SASL/PLAIN and no authentication; conformance lines 37, 38, 40, 43 and 44. */
class AuthenticationIT {

    private static final Duration PROMPTLY = Duration.ofSeconds(3);

    @RegisterExtension
    static final KafkaExtension kafka = KafkaExtension.shared(3);

    private static TestGateway sasl;
    private static TestGateway plaintext;

    @BeforeAll
    static void start() {
        sasl = TestGateway.inFrontOf(kafka.bootstrapServers())
                .accounts("alice", "bob")
                .start();
        plaintext = TestGateway.inFrontOf(kafka.bootstrapServers()).anonymous().start();
    }

    @AfterAll
    static void stop() {
        sasl.close();
        plaintext.close();
    }

    @Test
    void theRightPasswordLetsIn() throws Exception {
        try (RawKafkaClient client = connect(sasl)) {
            assertThat(client.saslPlain("alice", "alice").errorCode()).isZero();

            ListGroupsResponseData response =
                    client.exchange(ApiKeys.LIST_GROUPS, 4, new ListGroupsRequestData(), 1, "raw");
            assertThat(response.errorCode()).isZero();
        }
    }

    @Test
    void whoNeedsNoneIsAdmittedByTheClientOfTheDocumentation() throws Exception {
        Map<String, Object> config = DocumentedClient.of("## None: `anonymous`");
        config.put("bootstrap.servers", plaintext.bootstrapServers());

        try (CapturedLog log = CapturedLog.of("io.gatehouse.kernel.client.Login");
                Admin admin = Admin.create(config)) {
            assertThat(admin.describeCluster().nodes().get(20, TimeUnit.SECONDS))
                    .hasSize(3);
            assertThat(log.lines())
                    .isNotEmpty()
                    .allSatisfy(
                            line -> assertThat(line)
                                    .startsWith("authentication success")
                                    .contains(
                                            "User{username=ANONYMOUS, virtualCluster=passthrough, principal=ANONYMOUS, groups=[]"));
        }
    }

    @ParameterizedTest(name = "{0} with {1}")
    @CsvSource({"alice,bob", "alice,''", "alice,ALICE", "mallory,mallory", "'',''"})
    void wrongCredentialsAreRefusedAndTheConnectionIsClosed(String user, String password) throws Exception {
        try (RawKafkaClient client = connect(sasl)) {
            SaslAuthenticateResponseData answer = client.saslPlain(user, password);

            assertThat(answer.errorCode()).isEqualTo(Errors.SASL_AUTHENTICATION_FAILED.code());
            assertThat(answer.errorMessage()).doesNotContain("mallory").doesNotContain("alice");
            assertThat(client.isClosedByPeer(PROMPTLY)).isTrue();
        }
    }

    @Test
    void wrongPasswordAndUnknownUserGetTheSameAnswer() throws Exception {
        String known;
        String unknown;
        try (RawKafkaClient client = connect(sasl)) {
            known = client.saslPlain("alice", "wrong").errorMessage();
        }
        try (RawKafkaClient client = connect(sasl)) {
            unknown = client.saslPlain("mallory", "wrong").errorMessage();
        }

        assertThat(known).isEqualTo(unknown).isNotBlank();
    }

    @Test
    void aFailureTakesTheSameTimeWhoeverFails() throws Exception {
        long[] known = new long[9];
        long[] unknown = new long[9];
        for (int i = 0; i < known.length; i++) {
            known[i] = millisToFail("alice");
            unknown[i] = millisToFail("mallory-" + i);
        }
        Arrays.sort(known);
        Arrays.sort(unknown);

        assertThat(known[0]).isGreaterThanOrEqualTo(90);
        assertThat(unknown[0]).isGreaterThanOrEqualTo(90);
        assertThat(Math.abs(known[4] - unknown[4])).isLessThan(60);
    }

    private static long millisToFail(String user) throws Exception {
        try (RawKafkaClient client = connect(sasl)) {
            long before = System.nanoTime();
            assertThat(client.saslPlain(user, "wrong").errorCode()).isNotZero();
            return Duration.ofNanos(System.nanoTime() - before).toMillis();
        }
    }

    @Test
    void aMechanismThatIsNotOfferedIsRefusedWithThoseThatAre() throws Exception {
        try (RawKafkaClient client = connect(sasl)) {
            SaslHandshakeResponseData answer = client.exchange(
                    ApiKeys.SASL_HANDSHAKE, 1, new SaslHandshakeRequestData().setMechanism("GSSAPI"), 1, "raw");

            assertThat(answer.errorCode()).isEqualTo(Errors.UNSUPPORTED_SASL_MECHANISM.code());
            assertThat(answer.mechanisms()).containsExactly("PLAIN");
            assertThat(client.isClosedByPeer(PROMPTLY)).isTrue();
        }
    }

    @Test
    void saslToAPortWithoutItIsRefused() throws Exception {
        try (RawKafkaClient client = connect(plaintext)) {
            SaslHandshakeResponseData answer = client.exchange(
                    ApiKeys.SASL_HANDSHAKE, 1, new SaslHandshakeRequestData().setMechanism("PLAIN"), 1, "raw");

            assertThat(answer.errorCode()).isNotZero();
            assertThat(client.isClosedByPeer(PROMPTLY)).isTrue();
        }
    }

    @Test
    void aTokenWithoutAHandshakeIsRefused() throws Exception {
        for (TestGateway gateway : List.of(sasl, plaintext)) {
            try (RawKafkaClient client = connect(gateway)) {
                SaslAuthenticateResponseData answer = client.exchange(
                        ApiKeys.SASL_AUTHENTICATE,
                        2,
                        new SaslAuthenticateRequestData()
                                .setAuthBytes("\0alice\0alice".getBytes(StandardCharsets.UTF_8)),
                        1,
                        "raw");

                assertThat(answer.errorCode()).isEqualTo(Errors.ILLEGAL_SASL_STATE.code());
                assertThat(client.isClosedByPeer(PROMPTLY)).isTrue();
            }
        }
    }

    @Test
    void aHandshakeOfVersionZeroGetsAnErrorAndNoSilence() throws Exception {
        try (RawKafkaClient client = connect(sasl)) {
            SaslHandshakeResponseData answer = client.exchange(
                    ApiKeys.SASL_HANDSHAKE, 0, new SaslHandshakeRequestData().setMechanism("PLAIN"), 1, "raw");

            assertThat(answer.errorCode()).isNotZero();
            assertThat(client.isClosedByPeer(PROMPTLY)).isTrue();
        }
    }

    @Test
    void requestsBehindTheExchangeInOneSegmentWaitForIt() throws Exception {
        byte[] token = "\0alice\0alice".getBytes(StandardCharsets.UTF_8);
        try (RawKafkaClient client = connect(sasl)) {
            client.send(joined(List.of(
                    frame(ApiKeys.API_VERSIONS, 0, new ApiVersionsRequestData(), 1),
                    frame(ApiKeys.SASL_HANDSHAKE, 1, new SaslHandshakeRequestData().setMechanism("PLAIN"), 2),
                    frame(ApiKeys.SASL_AUTHENTICATE, 2, new SaslAuthenticateRequestData().setAuthBytes(token), 3),
                    frame(ApiKeys.LIST_GROUPS, 4, new ListGroupsRequestData(), 4),
                    frame(ApiKeys.API_VERSIONS, 0, new ApiVersionsRequestData(), 5))));

            client.receive(ApiKeys.API_VERSIONS, 0, 1);
            client.receive(ApiKeys.SASL_HANDSHAKE, 1, 2);
            SaslAuthenticateResponseData answer = client.receive(ApiKeys.SASL_AUTHENTICATE, 2, 3);
            assertThat(answer.errorCode()).isZero();
            client.receive(ApiKeys.LIST_GROUPS, 4, 4);
            client.receive(ApiKeys.API_VERSIONS, 0, 5);
        }
    }

    @Test
    void requestsBehindAFailedExchangeAreNeverForwarded() throws Exception {
        double before = metric(sasl, "gatehouse_requests_total", "ListGroups");
        try (RawKafkaClient client = connect(sasl)) {
            client.send(joined(List.of(
                    frame(ApiKeys.SASL_HANDSHAKE, 1, new SaslHandshakeRequestData().setMechanism("PLAIN"), 2),
                    frame(
                            ApiKeys.SASL_AUTHENTICATE,
                            2,
                            new SaslAuthenticateRequestData()
                                    .setAuthBytes("\0alice\0bob".getBytes(StandardCharsets.UTF_8)),
                            3),
                    frame(ApiKeys.LIST_GROUPS, 4, new ListGroupsRequestData(), 4))));
            client.receive(ApiKeys.SASL_HANDSHAKE, 1, 2);
            SaslAuthenticateResponseData answer = client.receive(ApiKeys.SASL_AUTHENTICATE, 2, 3);

            assertThat(answer.errorCode()).isEqualTo(Errors.SASL_AUTHENTICATION_FAILED.code());
            assertThat(client.isClosedByPeer(PROMPTLY)).isTrue();
        }
        assertThat(metric(sasl, "gatehouse_requests_total", "ListGroups")).isEqualTo(before);
    }

    @ParameterizedTest
    @EnumSource(
            value = ApiKeys.class,
            mode = EnumSource.Mode.EXCLUDE,
            names = {"API_VERSIONS", "SASL_HANDSHAKE", "SASL_AUTHENTICATE"})
    void anyOtherRequestBeforeAuthenticationIsRefusedBeforeItsBodyIsParsed(ApiKeys api) throws Exception {
        if (!api.hasValidVersion()) {
            return;
        }
        long before = sasl.gatehouse().codec().decodedRequests();
        byte[] garbage = new byte[200];
        new Random(38).nextBytes(garbage);
        ByteBuffer frame = ByteBuffer.allocate(18 + garbage.length)
                .putInt(14 + garbage.length)
                .putShort(api.id)
                .putShort(api.latestVersion())
                .putInt(1)
                .putShort((short) 2)
                .putShort((short) 0x7878)
                .putShort((short) 0)
                .put(garbage);

        try (RawKafkaClient client = connect(sasl)) {
            client.send(frame.array());

            assertThat(client.isClosedByPeer(PROMPTLY)).isTrue();
        }
        assertThat(sasl.gatehouse().codec().decodedRequests()).isEqualTo(before);
    }

    @Test
    void whoHasBegunSaslCannotGoOnWithoutIt() throws Exception {
        try (RawKafkaClient client = connect(sasl)) {
            client.exchange(ApiKeys.SASL_HANDSHAKE, 1, new SaslHandshakeRequestData().setMechanism("PLAIN"), 1, "raw");
            client.send(ApiKeys.LIST_GROUPS, 4, new ListGroupsRequestData(), 2, "raw");

            assertThat(client.isClosedByPeer(PROMPTLY)).isTrue();
        }
    }

    @Test
    void delegationTokensAreNeitherOfferedNorForwarded() throws Exception {
        try (RawKafkaClient client = connect(sasl)) {
            assertThat(offersTokens(client)).isFalse();
            client.saslPlain("alice", "alice");
            assertThat(offersTokens(client)).isFalse();

            CreateDelegationTokenResponseData answer = client.exchange(
                    ApiKeys.CREATE_DELEGATION_TOKEN, 3, new CreateDelegationTokenRequestData(), 1, "raw");
            assertThat(answer.errorCode()).isEqualTo(Errors.UNSUPPORTED_VERSION.code());
            client.exchange(ApiKeys.LIST_GROUPS, 4, new ListGroupsRequestData(), 2, "raw");
        }
    }

    private static boolean offersTokens(RawKafkaClient client) throws Exception {
        ApiVersionsResponseData offered =
                client.exchange(ApiKeys.API_VERSIONS, 0, new ApiVersionsRequestData(), 9, "raw");
        return offered.apiKeys().stream()
                .anyMatch(api -> ApiKeys.forId(api.apiKey()).name().contains("DELEGATION_TOKEN"));
    }

    @Test
    void outcomesAreCounted() throws Exception {
        double success = metric(sasl, "gatehouse_authentications_total", "outcome=\"success\"");
        double failure = metric(sasl, "gatehouse_authentications_total", "outcome=\"failure\"");
        try (RawKafkaClient good = connect(sasl);
                RawKafkaClient bad = connect(sasl)) {
            good.saslPlain("bob", "bob");
            bad.saslPlain("bob", "alice");
        }

        await().untilAsserted(() -> {
            assertThat(metric(sasl, "gatehouse_authentications_total", "outcome=\"success\""))
                    .isEqualTo(success + 1);
            assertThat(metric(sasl, "gatehouse_authentications_total", "outcome=\"failure\""))
                    .isEqualTo(failure + 1);
        });
    }
}
