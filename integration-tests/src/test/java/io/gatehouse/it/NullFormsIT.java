/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.it;

import static io.gatehouse.it.RawRequests.connect;
import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.kafka.raw.RawKafkaClient;
import io.gatehouse.kernel.wire.RandomMessages;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collection;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.apache.kafka.common.message.ApiVersionsRequestData;
import org.apache.kafka.common.message.ApiVersionsResponseData;
import org.apache.kafka.common.message.ApiVersionsResponseData.ApiVersion;
import org.apache.kafka.common.protocol.ApiKeys;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The nullable forms ("all topics", "no group") of every API and version mean the same behind interceptors that decode and encode
 * everything; conformance line 52. The broker is played: no real one answers every null in every place.
 */
class NullFormsIT {

    private static final Set<ApiKeys> BEFORE_INTERCEPTORS =
            Set.of(ApiKeys.API_VERSIONS, ApiKeys.SASL_HANDSHAKE, ApiKeys.SASL_AUTHENTICATE);

    /** Their responses carry addresses, which are rewritten: {@link AddressesIT}. */
    private static final Set<ApiKeys> REWRITTEN =
            Set.of(ApiKeys.METADATA, ApiKeys.FIND_COORDINATOR, ApiKeys.DESCRIBE_CLUSTER, ApiKeys.DESCRIBE_QUORUM);

    @TempDir
    static Path folder;

    private static final Map<String, byte[]> received = new ConcurrentHashMap<>();
    private static ScriptedBroker broker;
    private static TestGateway gateway;
    private static Map<ApiKeys, ApiVersion> offered;

    @BeforeAll
    static void start() throws IOException {
        broker = new ScriptedBroker();
        for (ApiKeys api : ApiKeys.clientApis()) {
            if (!BEFORE_INTERCEPTORS.contains(api)) {
                broker.on(api, NullFormsIT::answer);
            }
        }
        gateway = TestGateway.inFrontOf(broker.bootstrapServers())
                .anonymous()
                .plugin(PluginJar.withId("rewriting")
                        .extension(RewritingInterceptorFactory.class)
                        .writeTo(folder))
                .resource("rewriting.yaml", """
                        apiVersion: gatehouse/v1
                        kind: Interceptor
                        metadata: {name: rewriting}
                        spec: {type: rewriting, scope: {all: true}}
                        """)
                .start();
        try (RawKafkaClient client = connect(gateway)) {
            ApiVersionsResponseData versions =
                    client.exchange(ApiKeys.API_VERSIONS, 0, new ApiVersionsRequestData(), 1, "null-forms");
            offered = versions.apiKeys().stream()
                    .collect(Collectors.toMap(each -> ApiKeys.forId(each.apiKey()), each -> each));
        }
    }

    @AfterAll
    static void stop() {
        gateway.close();
        broker.close();
    }

    /** The kernel's own questions are answered as they want; the test's, which say so by their client id, by nulls. */
    private static void answer(ScriptedBroker.Request request, ScriptedBroker.Connection connection) throws Exception {
        ApiKeys api = request.header().apiKey();
        short version = request.header().apiVersion();
        if (!"null-forms".equals(request.header().clientId())) {
            connection.respond(request, broker.metadata());
            return;
        }
        received.put(key(api, version), Arrays.copyOfRange(request.frame(), request.bodyAt(), request.frame().length));
        connection.send(bytes(nulls().response(api, version, request.header().correlationId())));
    }

    static Collection<ApiKeys> apis() {
        return offered.keySet().stream()
                .filter(api -> !BEFORE_INTERCEPTORS.contains(api))
                .sorted()
                .toList();
    }

    @Test
    void everyApiOfClientsIsTriedButDelegationTokensAndTheStateOfShareGroups() {
        assertThat(ApiKeys.clientApis().stream().filter(api -> !offered.containsKey(api)))
                .containsExactlyInAnyOrder(
                        ApiKeys.CREATE_DELEGATION_TOKEN,
                        ApiKeys.RENEW_DELEGATION_TOKEN,
                        ApiKeys.EXPIRE_DELEGATION_TOKEN,
                        ApiKeys.DESCRIBE_DELEGATION_TOKEN,
                        ApiKeys.INITIALIZE_SHARE_GROUP_STATE,
                        ApiKeys.READ_SHARE_GROUP_STATE,
                        ApiKeys.WRITE_SHARE_GROUP_STATE,
                        ApiKeys.DELETE_SHARE_GROUP_STATE,
                        ApiKeys.READ_SHARE_GROUP_STATE_SUMMARY);
    }

    @ParameterizedTest
    @MethodSource("apis")
    void everyNullOfEveryVersionArrivesAsItWasSentInBothDirections(ApiKeys api) throws Exception {
        ApiVersion range = offered.get(api);
        try (RawKafkaClient client = connect(gateway)) {
            if (api == ApiKeys.SHARE_ACKNOWLEDGE) {
                // Nothing is acknowledged in a session that this connection has not opened.
                short newest = offered.get(ApiKeys.SHARE_FETCH).maxVersion();
                client.send(bytes(nulls().request(ApiKeys.SHARE_FETCH, newest, 0, "null-forms")));
                client.readFrame();
            }
            for (short version = range.minVersion(); version <= range.maxVersion(); version++) {
                if (version < api.oldestVersion()) {
                    continue;
                }
                byte[] request = bytes(nulls().request(api, version, version, "null-forms"));
                client.send(request);
                byte[] response = client.readFrame();

                assertThat(received.get(key(api, version)))
                        .as("request of version %d", version)
                        .isEqualTo(body(request, received.get(key(api, version)).length));
                if (!REWRITTEN.contains(api)) {
                    byte[] sent = bytes(nulls().response(api, version, version));
                    assertThat(response)
                            .as("response of version %d", version)
                            .isEqualTo(Arrays.copyOfRange(sent, Integer.BYTES, sent.length));
                }
            }
        }
    }

    private static RandomMessages nulls() {
        return new RandomMessages(52).endpoints(0).nulls();
    }

    private static byte[] body(byte[] frame, int length) {
        return Arrays.copyOfRange(frame, frame.length - length, frame.length);
    }

    private static String key(ApiKeys api, short version) {
        return api + "-" + version;
    }

    private static byte[] bytes(ByteBuf frame) {
        byte[] bytes = ByteBufUtil.getBytes(frame);
        frame.release();
        return bytes;
    }
}
