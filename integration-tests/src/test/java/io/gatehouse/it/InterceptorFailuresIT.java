/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.it;

import static io.gatehouse.it.RawRequests.connect;
import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.it.FailingInterceptorFactory.Failure;
import io.gatehouse.it.FailingInterceptorFactory.Way;
import io.gatehouse.kafka.junit.KafkaExtension;
import io.gatehouse.kafka.raw.RawKafkaClient;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.message.ListGroupsRequestData;
import org.apache.kafka.common.message.ListGroupsResponseData;
import org.apache.kafka.common.message.ListTransactionsRequestData;
import org.apache.kafka.common.message.ListTransactionsResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Whatever an interceptor does wrong has a defined outcome, for that client and that connection only; conformance line 46. */
class InterceptorFailuresIT {

    @RegisterExtension
    static final KafkaExtension kafka = KafkaExtension.shared(3);

    @TempDir
    static Path folder;

    private static TestGateway gateway;
    private static RawKafkaClient bystander;

    @BeforeAll
    static void start() throws IOException {
        gateway = TestGateway.inFrontOf(kafka.bootstrapServers())
                .anonymous()
                .plugin(PluginJar.withId("failing")
                        .extension(FailingInterceptorFactory.class)
                        .writeTo(folder))
                .resource("failing.yaml", """
                        apiVersion: gatehouse/v1
                        kind: Interceptor
                        metadata: {name: failing}
                        spec: {type: failing, scope: {all: true}}
                        """)
                .start();
        bystander = connect(gateway);
    }

    @AfterAll
    static void stop() throws IOException {
        bystander.close();
        gateway.close();
    }

    static List<Arguments> failures() {
        List<Arguments> all = new ArrayList<>();
        for (ApiKeys api : List.of(ApiKeys.LIST_GROUPS, ApiKeys.LIST_TRANSACTIONS)) {
            for (Way way : Way.values()) {
                for (Failure failure : Failure.values()) {
                    boolean refusal = failure == Failure.REFUSES_WHAT_IS_DONE && way == Way.REQUEST;
                    boolean possible = api == ApiKeys.LIST_TRANSACTIONS || !failure.needsStage();
                    if (possible && !refusal) {
                        all.add(Arguments.of(api, way, failure));
                    }
                }
            }
        }
        return all;
    }

    @ParameterizedTest
    @MethodSource("failures")
    void aFailureEndsAsTheSpiSaysAndTouchesNobodyElse(ApiKeys api, Way way, Failure failure) throws Exception {
        double failuresBefore = gateway.metric("gatehouse_plugin_failures_total");
        try (RawKafkaClient client = connect(gateway)) {
            send(client, api, 1, FailingInterceptorFactory.clientId(way, failure));

            if (failure == Failure.IS_SLOW) {
                assertThat(error(client, api, 1)).isEqualTo(Errors.NONE);
            } else if (way == Way.RESPONSE) {
                assertThat(client.isClosedByPeer(Duration.ofSeconds(10))).isTrue();
            } else {
                assertThat(error(client, api, 1))
                        .isEqualTo(
                                failure == Failure.NEVER_COMPLETES
                                        ? Errors.REQUEST_TIMED_OUT
                                        : Errors.UNKNOWN_SERVER_ERROR);
                send(client, api, 2, "well");
                assertThat(error(client, api, 2)).isEqualTo(Errors.NONE);
            }
        }
        if (failure != Failure.IS_SLOW) {
            assertThat(gateway.metric("gatehouse_plugin_failures_total")).isGreaterThan(failuresBefore);
        }
        send(bystander, api, 3, "bystander");
        assertThat(error(bystander, api, 3)).isEqualTo(Errors.NONE);
    }

    private static void send(RawKafkaClient client, ApiKeys api, int correlationId, String clientId)
            throws IOException {
        client.send(
                api,
                1,
                api == ApiKeys.LIST_GROUPS ? new ListGroupsRequestData() : new ListTransactionsRequestData(),
                correlationId,
                clientId);
    }

    private static Errors error(RawKafkaClient client, ApiKeys api, int correlationId) throws IOException {
        if (api == ApiKeys.LIST_GROUPS) {
            ListGroupsResponseData response = client.receive(api, 1, correlationId);
            return Errors.forCode(response.errorCode());
        }
        ListTransactionsResponseData response = client.receive(api, 1, correlationId);
        return Errors.forCode(response.errorCode());
    }
}
