/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.spi.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gatehouse.spi.NoConfig;
import io.gatehouse.spi.User;
import io.gatehouse.spi.interception.AsyncOptions;
import io.gatehouse.spi.interception.Decision;
import io.gatehouse.spi.interception.Interceptor;
import io.gatehouse.spi.interception.InterceptorContext;
import io.gatehouse.spi.interception.InterceptorFactory;
import io.gatehouse.spi.interception.RequestHandler;
import io.gatehouse.spi.interception.ResponseHandler;
import io.gatehouse.spi.interception.Subscriptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.BiConsumer;
import org.apache.kafka.common.message.ApiVersionsRequestData;
import org.apache.kafka.common.message.FindCoordinatorRequestData;
import org.apache.kafka.common.message.MetadataRequestData;
import org.apache.kafka.common.message.MetadataRequestData.MetadataRequestTopic;
import org.apache.kafka.common.message.MetadataResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.internal.CompressionType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class InterceptorHarnessTest {

    private static final short VERSION = 9;
    private static final AsyncOptions SOON = AsyncOptions.within(Duration.ofMillis(20));

    private static InterceptorHarness harness(BiConsumer<User, Subscriptions> subscribe) {
        InterceptorFactory<NoConfig> factory = new InterceptorFactory<>() {
            @Override
            public String name() {
                return "lambda";
            }

            @Override
            public Class<NoConfig> configType() {
                return NoConfig.class;
            }

            @Override
            public Interceptor create(NoConfig config, InterceptorContext context) {
                return subscribe::accept;
            }
        };
        return InterceptorHarness.of(
                factory, new NoConfig(), User.named("alice").build());
    }

    private static Outcome request(RequestHandler<MetadataRequestData> handler) {
        return harness((user, on) -> on.request(ApiKeys.METADATA, MetadataRequestData.class, handler))
                .request(ApiKeys.METADATA, VERSION, metadata("orders"));
    }

    private static Outcome requestAsync(AsyncOptions options, CompletionStage<Decision> stage) {
        return harness((user, on) -> on.requestAsync(
                        ApiKeys.METADATA, MetadataRequestData.class, options, (request, context) -> stage))
                .request(ApiKeys.METADATA, VERSION, metadata("orders"));
    }

    private static Outcome response(ResponseHandler<MetadataResponseData> handler) {
        return harness((user, on) -> on.response(ApiKeys.METADATA, MetadataResponseData.class, handler))
                .request(ApiKeys.METADATA, VERSION, metadata("orders"))
                .response(new MetadataResponseData());
    }

    private static MetadataRequestData metadata(String topic) {
        return new MetadataRequestData().setTopics(List.of(new MetadataRequestTopic().setName(topic)));
    }

    @Test
    void whatNobodyHandlesGoesOn() {
        InterceptorHarness harness = harness((user, on) -> {});

        Outcome outcome = harness.request(ApiKeys.METADATA, VERSION, metadata("orders"));

        assertThat(outcome.kind()).isEqualTo(Outcome.Kind.FORWARDED);
        assertThat(outcome.changed()).isFalse();
        assertThat(outcome.message()).isEqualTo(metadata("orders"));
        assertThat(harness.handlesRequests(ApiKeys.METADATA)).isFalse();
        assertThat(outcome.response(new MetadataResponseData()).kind()).isEqualTo(Outcome.Kind.FORWARDED);
    }

    @Test
    void aChangedRequestGoesOnAndItsResponseSeesTheAttachment() {
        List<Object> seen = new ArrayList<>();

        Outcome outcome = request((request, context) -> {
            context.attach(request.topics().get(0).name());
            request.topics().get(0).setName("team-a.orders");
            return Decision.forward(request).onResponse(MetadataResponseData.class, (response, responseContext) -> {
                seen.add(responseContext.attachment());
                return Decision.forward(response.setClusterId("mine"));
            });
        });

        assertThat(outcome.changed()).isTrue();
        assertThat(outcome.message(MetadataRequestData.class).topics().get(0).name())
                .isEqualTo("team-a.orders");
        Outcome answer = outcome.response(new MetadataResponseData().setClusterId("real"));
        assertThat(answer.message(MetadataResponseData.class).clusterId()).isEqualTo("mine");
        assertThat(seen).containsExactly("orders");
    }

    @Test
    void theSubscribedResponseHandlerComesBeforeThatOfTheRequest() {
        List<String> order = new ArrayList<>();
        InterceptorHarness harness = harness((user, on) -> {
            on.request(
                    ApiKeys.METADATA,
                    MetadataRequestData.class,
                    (request, context) -> Decision.forward()
                            .onResponse(MetadataResponseData.class, (response, responseContext) -> {
                                order.add("of the request, sees " + response.clusterId());
                                return Decision.forward();
                            }));
            on.response(ApiKeys.METADATA, MetadataResponseData.class, (response, context) -> {
                order.add("subscribed");
                return Decision.forward(response.setClusterId("changed"));
            });
        });

        Outcome answer =
                harness.request(ApiKeys.METADATA, VERSION, metadata("orders")).response(new MetadataResponseData());

        assertThat(order).containsExactly("subscribed", "of the request, sees changed");
        assertThat(answer.message(MetadataResponseData.class).clusterId()).isEqualTo("changed");
    }

    @Test
    void aRequestHandlerThatThrowsOrReturnsNullOrAnotherMessageIsRefused() {
        List<Outcome> outcomes = List.of(
                request((request, context) -> {
                    throw new IllegalStateException("no luck");
                }),
                request((request, context) -> {
                    throw new StackOverflowError();
                }),
                request((request, context) -> null),
                request((request, context) -> Decision.forward(new FindCoordinatorRequestData())),
                request((request, context) -> Decision.respond(new FindCoordinatorRequestData())),
                requestAsync(SOON, null),
                requestAsync(SOON, CompletableFuture.completedFuture(null)),
                requestAsync(SOON, CompletableFuture.failedFuture(new IllegalStateException("no luck"))));

        assertThat(outcomes).allSatisfy(outcome -> {
            assertThat(outcome.kind()).isEqualTo(Outcome.Kind.REFUSED);
            assertThat(outcome.error()).isEqualTo(Errors.UNKNOWN_SERVER_ERROR);
        });
    }

    @Test
    void aLateRequestHandlerIsRefusedOrTakesItsFallback() {
        Outcome refused = requestAsync(SOON, new CompletableFuture<>());
        Outcome fallback = requestAsync(SOON.orElse(Decision.forward()), new CompletableFuture<>());

        assertThat(refused.error()).isEqualTo(Errors.REQUEST_TIMED_OUT);
        assertThat(fallback.kind()).isEqualTo(Outcome.Kind.FORWARDED);
    }

    @Test
    void aResponseHandlerThatFailsClosesTheConnection() {
        List<Outcome> outcomes = List.of(
                response((response, context) -> {
                    throw new IllegalStateException("no luck");
                }),
                response((response, context) -> null),
                response((response, context) -> Decision.forward(new MetadataRequestData())),
                response((response, context) -> Decision.respond(new MetadataResponseData())),
                harness((user, on) -> on.responseAsync(
                                ApiKeys.METADATA,
                                MetadataResponseData.class,
                                SOON,
                                (response, context) -> new CompletableFuture<>()))
                        .request(ApiKeys.METADATA, VERSION, metadata("orders"))
                        .response(new MetadataResponseData()));

        assertThat(outcomes).extracting(Outcome::kind).containsOnly(Outcome.Kind.CLOSED);
    }

    @Test
    void groupsExistAsTheTestSays() {
        InterceptorHarness harness = harness((user, on) -> on.requestAsync(
                        ApiKeys.METADATA,
                        MetadataRequestData.class,
                        SOON,
                        (request, context) -> context.groups()
                                .exist(List.of("there", "gone", "not there", "not known"))
                                .thenApply(exist -> Decision.close(new TreeMap<>(exist).toString()))))
                .group("there")
                .group("gone")
                .noGroup("gone")
                .unknownGroup("not known");

        assertThat(harness.request(ApiKeys.METADATA, VERSION, metadata("orders")))
                .hasToString("CLOSED: {gone=false, not there=false, there=true}");
    }

    @Test
    void refusingClosingAndAnsweringAreOutcomes() {
        Outcome refused = request((request, context) -> Decision.refuse(Errors.POLICY_VIOLATION, "no"));
        Outcome closed = request((request, context) -> Decision.close("enough"));
        Outcome answered = request((request, context) -> Decision.respond(new MetadataResponseData()));

        assertThat(refused).hasToString("REFUSED POLICY_VIOLATION: no");
        assertThat(closed).hasToString("CLOSED: enough");
        assertThat(answered.message()).isEqualTo(new MetadataResponseData());
        assertThatThrownBy(() -> answered.response(new MetadataResponseData()))
                .isInstanceOf(IllegalStateException.class);
    }

    @Test
    void subscriptionsAreCheckedAsTheGatewayChecksThem() {
        assertThatThrownBy(() -> harness((user, on) -> on.request(
                                ApiKeys.API_VERSIONS, ApiVersionsRequestData.class, (request, context) -> null))
                        .handlesRequests(ApiKeys.METADATA))
                .hasMessage("API_VERSIONS (expected: an API that interceptors may see)");
        assertThatThrownBy(() -> harness((user, on) ->
                                on.request(ApiKeys.METADATA, MetadataResponseData.class, (request, context) -> null))
                        .handlesRequests(ApiKeys.METADATA))
                .hasMessage("METADATA: MetadataResponseData (expected: MetadataRequestData)");
        assertThatThrownBy(() -> harness((user, on) -> {
                            on.producedRecords((batch, context) -> {});
                            on.producedRecords((batch, context) -> {});
                        })
                        .handlesRequests(ApiKeys.METADATA))
                .hasMessage("PRODUCE: a second request handler (expected: one)");
    }

    @Test
    void aLimitedVersionIsRefused() {
        InterceptorHarness harness = harness((user, on) -> on.limit(ApiKeys.METADATA, 0, 8));

        assertThat(harness.request(ApiKeys.METADATA, VERSION, metadata("orders"))
                        .error())
                .isEqualTo(Errors.UNSUPPORTED_VERSION);
    }

    @Test
    void aNewUserSubscribesAnewAndTheOldSubscriptionsAreClosed() {
        List<String> events = new ArrayList<>();
        InterceptorHarness harness = harness((user, on) -> {
            events.add("subscribe " + user.username());
            on.onClose(() -> events.add("close " + user.username()));
        });

        harness.handlesRequests(ApiKeys.METADATA);
        harness.user(User.named("bob").build()).handlesRequests(ApiKeys.METADATA);
        harness.close();

        assertThat(events).containsExactly("subscribe alice", "subscribe bob", "close alice", "close bob");
    }

    @Test
    void producedRecordsAreChangedOrRejected() {
        InterceptorHarness harness =
                harness((user, on) -> on.producedRecords((batch, context) -> batch.forEach(record -> {
                    record.setHeader("user", context.user().username().getBytes());
                    if (record.value() == null) {
                        batch.reject(record, "no tombstones");
                    }
                })));

        RecordsOutcome stamped = harness.producedRecords(
                "orders",
                0,
                TestRecord.of("k", "v").withHeader("user", "forged").withHeader("other", "kept"));
        RecordsOutcome rejected =
                harness.producedRecords("orders", 0, TestRecord.of("k", "v"), TestRecord.of("k", null));

        assertThat(stamped.records()).singleElement().satisfies(record -> {
            assertThat(record.headerTexts("user")).containsExactly("alice");
            assertThat(record.headerTexts("other")).containsExactly("kept");
            assertThat(record.changed()).isTrue();
        });
        assertThat(rejected).isEqualTo(RecordsOutcome.refused(Errors.INVALID_RECORD, "no tombstones", 1));
    }

    @Test
    void fetchedRecordsAreDroppedAndTheOthersKeepTheirOffsets() {
        InterceptorHarness harness =
                harness((user, on) -> on.fetchedRecords((batch, context) -> batch.forEach(record -> {
                    if (record.offset() % 2 == 0) {
                        batch.drop(record);
                    }
                })));

        RecordsOutcome outcome = harness.fetchedRecords(
                "orders",
                0,
                TestRecord.of("a", "1").at(10),
                TestRecord.of("b", "2").at(11),
                TestRecord.of("c", "3").at(12));

        assertThat(outcome.records()).extracting(TestRecord::offset).containsExactly(11L);
    }

    @Test
    void recordHandlersThatThrowRefuseTheRequestOrCloseTheConnection() {
        InterceptorHarness harness = harness((user, on) -> {
            on.producedRecords((batch, context) -> {
                throw new IllegalStateException("no luck");
            });
            on.fetchedRecords((batch, context) -> {
                throw new IllegalStateException("no luck");
            });
        });

        assertThat(harness.producedRecords("orders", 0, TestRecord.of("k", "v")).error())
                .isEqualTo(Errors.UNKNOWN_SERVER_ERROR);
        assertThat(harness.fetchedRecords("orders", 0, TestRecord.of("k", "v")).kind())
                .isEqualTo(Outcome.Kind.CLOSED);
    }

    @Test
    void refusalsHaveTheErrorFormOfTheirApiAndVersion() {
        Outcome refused = request((request, context) -> Decision.refuse(Errors.TOPIC_AUTHORIZATION_FAILED, "no"));

        assertThat(refused.message(MetadataResponseData.class)
                        .topics()
                        .find("orders")
                        .errorCode())
                .isEqualTo(Errors.TOPIC_AUTHORIZATION_FAILED.code());
    }

    @ParameterizedTest
    @EnumSource(CompressionType.class)
    void recordsAreWrittenAgainAsInAGateway(CompressionType compression) {
        InterceptorHarness harness =
                harness((user, on) -> on.producedRecords((batch, context) -> batch.forEach(record -> {
                    if (record.key() == null) {
                        batch.drop(record, "no key");
                    }
                })));

        RecordsOutcome outcome = harness.compression(compression)
                .producedRecords(
                        "orders", 0, TestRecord.of("a", "1"), TestRecord.of(null, "2"), TestRecord.of("c", "3"));
        RecordsOutcome nothingLeft = harness.producedRecords("orders", 0, TestRecord.of(null, "1"));

        assertThat(outcome.records()).extracting(TestRecord::valueText).containsExactly("1", "3");
        assertThat(outcome.records()).extracting(TestRecord::offset).containsExactly(0L, 1L);
        assertThat(outcome.changed(3)).isTrue();
        assertThat(nothingLeft.kind()).isEqualTo(Outcome.Kind.RESPONDED);
    }

    @Test
    void whatAnIdempotentProducerSendsIsRejectedInsteadOfDropped() {
        InterceptorHarness harness = harness((user, on) ->
                on.producedRecords((batch, context) -> batch.forEach(record -> batch.drop(record, "not wanted"))));

        RecordsOutcome outcome = harness.idempotent().producedRecords("orders", 0, TestRecord.of("a", "1"));

        assertThat(outcome).isEqualTo(RecordsOutcome.refused(Errors.INVALID_RECORD, "not wanted", 0));
    }

    @Test
    void anInterceptorsOwnRequestIsAnsweredByTheBrokerOfTheTest() {
        InterceptorHarness harness = harness((user, on) -> on.requestAsync(
                        ApiKeys.FIND_COORDINATOR,
                        FindCoordinatorRequestData.class,
                        AsyncOptions.within(Duration.ofSeconds(5)),
                        (request, context) -> context.send(metadata("orders"))
                                .thenApply(answer -> Decision.close(((MetadataResponseData) answer).clusterId()))))
                .broker(request -> new MetadataResponseData().setClusterId("asked"));

        Outcome outcome = harness.request(ApiKeys.FIND_COORDINATOR, (short) 3, new FindCoordinatorRequestData());

        assertThat(outcome).hasToString("CLOSED: asked");
    }

    @Test
    void anInterceptorThatAsksToSubscribeAgainIsAskedBeforeTheNextRequest() {
        List<InterceptorContext> contexts = new ArrayList<>();
        List<String> events = new ArrayList<>();
        InterceptorFactory<NoConfig> factory = new InterceptorFactory<>() {
            @Override
            public String name() {
                return "asking";
            }

            @Override
            public Class<NoConfig> configType() {
                return NoConfig.class;
            }

            @Override
            public Interceptor create(NoConfig config, InterceptorContext context) {
                contexts.add(context);
                return (user, on) -> events.add("subscribe");
            }
        };

        try (InterceptorHarness harness = InterceptorHarness.of(
                factory, new NoConfig(), User.named("alice").build())) {
            harness.handlesRequests(ApiKeys.METADATA);
            contexts.get(0).resubscribe(user -> user.username().equals("bob"));
            harness.handlesRequests(ApiKeys.METADATA);
            assertThat(events).hasSize(1);
            contexts.get(0).resubscribe(user -> user.username().equals("alice"));
            harness.handlesRequests(ApiKeys.METADATA);
        }

        assertThat(events).hasSize(2);
    }
}
