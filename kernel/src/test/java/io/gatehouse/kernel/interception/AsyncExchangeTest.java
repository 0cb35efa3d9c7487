/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel.interception;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.gatehouse.spi.interception.AsyncOptions;
import io.gatehouse.spi.interception.AsyncRequestHandler;
import io.gatehouse.spi.interception.AsyncResponseHandler;
import io.gatehouse.spi.interception.Decision;
import io.gatehouse.spi.interception.RequestContext;
import io.gatehouse.spi.interception.Subscriptions;
import io.netty.util.concurrent.DefaultEventExecutor;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.apache.kafka.common.errors.UnsupportedVersionException;
import org.apache.kafka.common.message.CreateTopicsRequestData;
import org.apache.kafka.common.message.CreateTopicsResponseData;
import org.apache.kafka.common.message.ListGroupsRequestData;
import org.apache.kafka.common.message.ListGroupsResponseData;
import org.apache.kafka.common.message.MetadataRequestData;
import org.apache.kafka.common.message.MetadataResponseData;
import org.apache.kafka.common.message.ProduceRequestData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Test;

/** Decisions that come later, and requests of interceptors. */
class AsyncExchangeTest {

    private static final AsyncOptions WITHIN_A_SECOND = AsyncOptions.within(Duration.ofSeconds(1));

    private final TestChain chain = new TestChain();
    private final CompletableFuture<Decision> decision = new CompletableFuture<>();
    private final List<RequestContext> contexts = new ArrayList<>();

    @Test
    void aDecisionThatIsThereAtOnceGoesOnAtOnce() {
        chain.then(requests(WITHIN_A_SECOND, CompletableFuture.completedFuture(Decision.forward())));

        request();

        assertThat(chain.events).containsExactly("forward");
        chain.pass(Duration.ofSeconds(5));
        assertThat(chain.events).containsExactly("forward");
    }

    @Test
    void aDecisionThatComesLaterGoesOnThen() {
        List<String> calls = new ArrayList<>();
        chain.then(requests(WITHIN_A_SECOND, decision))
                .then(on -> on.request(ApiKeys.METADATA, MetadataRequestData.class, (request, context) -> {
                    calls.add("inner");
                    return Decision.forward();
                }));

        request();
        assertThat(chain.events).isEmpty();
        assertThat(calls).isEmpty();
        decision.complete(Decision.forward(metadata()));

        assertThat(calls).containsExactly("inner");
        assertThat(chain.events).containsExactly("forward changed");
        chain.pass(Duration.ofSeconds(5));
        assertThat(chain.events).hasSize(1);
    }

    @Test
    void aDecisionOnAnotherThreadGoesOnOnTheEventLoop() throws Exception {
        DefaultEventExecutor loop = new DefaultEventExecutor();
        try {
            TestChain other = new TestChain(loop);
            List<Boolean> onLoop = new ArrayList<>();
            other.then(requests(WITHIN_A_SECOND, decision))
                    .then(on -> on.request(ApiKeys.METADATA, MetadataRequestData.class, (request, context) -> {
                        onLoop.add(loop.inEventLoop());
                        return Decision.forward();
                    }));
            loop.submit(() -> other.request(ApiKeys.METADATA, metadata())).get();

            decision.complete(Decision.forward());

            await().untilAsserted(() -> assertThat(
                            loop.submit(() -> List.copyOf(other.events)).get())
                    .containsExactly("forward"));
            assertThat(onLoop).containsExactly(true);
        } finally {
            loop.shutdownGracefully(0, 0, java.util.concurrent.TimeUnit.SECONDS);
        }
    }

    @Test
    void whetherGroupsExistIsToldOnTheEventLoop() throws Exception {
        DefaultEventExecutor loop = new DefaultEventExecutor();
        try {
            TestChain other = new TestChain(loop);
            List<Boolean> onLoop = new ArrayList<>();
            CompletableFuture<Map<String, Boolean>> answer = new CompletableFuture<>();
            other.host.groupsAsked = answer;
            other.then(on -> on.requestAsync(
                    ApiKeys.METADATA,
                    MetadataRequestData.class,
                    WITHIN_A_SECOND,
                    (request, context) -> context.groups().exist(List.of("g")).thenApply(exist -> {
                        onLoop.add(loop.inEventLoop());
                        return exist.get("g") ? Decision.forward() : Decision.close("no group");
                    })));
            loop.submit(() -> other.request(ApiKeys.METADATA, metadata())).get();

            answer.complete(Map.of("g", true));

            await().untilAsserted(() -> assertThat(
                            loop.submit(() -> List.copyOf(other.events)).get())
                    .containsExactly("forward"));
            assertThat(onLoop).containsExactly(true);
        } finally {
            loop.shutdownGracefully(0, 0, java.util.concurrent.TimeUnit.SECONDS);
        }
    }

    @Test
    void aLateRequestDecisionIsRefusedAsTimedOutAndThenIgnored() {
        chain.then(requests(WITHIN_A_SECOND, decision));

        request();
        chain.pass(Duration.ofMillis(999));
        assertThat(chain.events).isEmpty();
        chain.pass(Duration.ofMillis(1));
        decision.complete(Decision.close("too late"));

        assertThat(chain.events).containsExactly("answer");
        assertThat(error()).isEqualTo(Errors.REQUEST_TIMED_OUT);
        assertThat(chain.type.get(0).failures).hasSize(1);
    }

    @Test
    void aLateRequestDecisionMayHaveAFallback() {
        chain.then(requests(WITHIN_A_SECOND.orElse(Decision.forward()), decision));

        request();
        chain.pass(Duration.ofSeconds(1));

        assertThat(chain.events).containsExactly("forward");
    }

    @Test
    void aFailedStageIsRefusedOrFallsBack() {
        chain.then(requests(WITHIN_A_SECOND, CompletableFuture.failedFuture(new IllegalStateException("oops"))));
        TestChain falling = new TestChain();
        falling.then(requests(
                WITHIN_A_SECOND.orElse(Decision.close("fallback")),
                CompletableFuture.failedFuture(new IllegalStateException("oops"))));

        request();
        falling.request(ApiKeys.METADATA, metadata());

        assertThat(error()).isEqualTo(Errors.UNKNOWN_SERVER_ERROR);
        assertThat(falling.events).containsExactly("close: fallback");
    }

    @Test
    void nullNoStageAndTheWrongClassAreRefused() {
        List<CompletionStage<Decision>> wrong = new ArrayList<>();
        wrong.add(null);
        wrong.add(CompletableFuture.completedFuture(null));
        wrong.add(CompletableFuture.completedFuture(Decision.forward(new MetadataResponseData())));
        wrong.add(CompletableFuture.completedFuture(Decision.respond(new MetadataRequestData())));
        for (CompletionStage<Decision> stage : wrong) {
            TestChain other = new TestChain().then(requests(WITHIN_A_SECOND, stage));

            other.request(ApiKeys.METADATA, metadata());

            assertThat(other.events).containsExactly("answer");
            assertThat(errorOf(other)).isEqualTo(Errors.UNKNOWN_SERVER_ERROR);
            assertThat(other.type.get(0).failures).hasSize(1);
        }
    }

    @Test
    void aHandlerThatThrowsIsRefused() {
        chain.then(on ->
                on.requestAsync(ApiKeys.METADATA, MetadataRequestData.class, WITHIN_A_SECOND, (request, context) -> {
                    throw new IllegalArgumentException("oops");
                }));

        request();

        assertThat(error()).isEqualTo(Errors.UNKNOWN_SERVER_ERROR);
    }

    @Test
    void aLateOrFailedResponseDecisionCloses() {
        chain.then(responses(WITHIN_A_SECOND, decision));
        TestChain failing = new TestChain()
                .then(responses(WITHIN_A_SECOND, CompletableFuture.failedFuture(new IllegalStateException("oops"))));

        request().response(new MetadataResponseData());
        chain.pass(Duration.ofSeconds(1));
        failing.request(ApiKeys.METADATA, metadata()).response(new MetadataResponseData());

        assertThat(chain.events).containsExactly("forward", "close: policy a failed on a response");
        assertThat(failing.events).containsExactly("forward", "close: policy a failed on a response");
    }

    @Test
    void aResponseDecisionThatComesLaterGoesOnThen() {
        chain.then(responses(WITHIN_A_SECOND, decision));
        MetadataResponseData changed = new MetadataResponseData();

        request().response(new MetadataResponseData());
        assertThat(chain.events).containsExactly("forward");
        decision.complete(Decision.forward(changed));

        assertThat(chain.events).containsExactly("forward", "respond changed");
        assertThat(chain.outcome).isSameAs(changed);
    }

    @Test
    void aFallbackThatNoResponseCanHaveClosesInsteadOfWaitingForEver() {
        chain.then(responses(WITHIN_A_SECOND.orElse(Decision.refuse(Errors.POLICY_VIOLATION, "no")), decision));

        request().response(new MetadataResponseData());
        chain.pass(Duration.ofSeconds(1));

        assertThat(chain.events).containsExactly("forward", "close: policy a failed on a response");
    }

    @Test
    void decisionsAfterTheEndAreIgnored() {
        chain.then(requests(WITHIN_A_SECOND, decision));

        request().end();
        decision.complete(Decision.forward());
        chain.pass(Duration.ofSeconds(5));

        assertThat(chain.events).isEmpty();
        assertThat(chain.type.get(0).failures).isEmpty();
    }

    @Test
    void anExceptionBehindALaterDecisionClosesInsteadOfWaitingForEver() {
        List<String> closed = new ArrayList<>();
        chain.then(requests(WITHIN_A_SECOND, decision));
        Exchange exchange = new Exchange(
                chain.host, chain.chain(), ApiKeys.METADATA, (short) 12, 1, true, null, new Exchange.Outcome() {
                    @Override
                    public void forward(Exchange forwarded, ApiMessage request, boolean changed) {
                        throw new UnsupportedVersionException("cannot be encoded");
                    }

                    @Override
                    public void answer(Exchange answered, ApiMessage response) {}

                    @Override
                    public void drop(Exchange dropped) {}

                    @Override
                    public void respond(Exchange responded, ApiMessage response, boolean changed) {}

                    @Override
                    public void close(Exchange ended, String reason) {
                        closed.add(reason);
                    }
                });

        exchange.request(metadata());
        decision.complete(Decision.forward());

        assertThat(closed).containsExactly("policy a failed");
    }

    @Test
    void anOwnRequestTravelsTheRestOfTheChainAndSoDoesItsResponse() {
        List<String> calls = new ArrayList<>();
        chain.then(groups("a", calls))
                .then(sendsGroups())
                .then(groups("c", calls))
                .then(groups("d", calls));
        request();

        CompletionStage<ApiMessage> response = contexts.get(0).send(new ListGroupsRequestData());
        Exchange own = chain.host.sent.get(0);

        assertThat(calls).containsExactly("c request", "d request");
        assertThat(own.isOwn()).isTrue();
        assertThat(own.wantsResponse()).isTrue();
        ListGroupsResponseData answer = new ListGroupsResponseData();
        own.response(answer);
        assertThat(calls).containsExactly("c request", "d request", "d response", "c response");
        assertThat(response.toCompletableFuture()).isCompletedWithValue(answer);
        assertThat(chain.events).as("what reaches the client").isEmpty();
    }

    @Test
    void anOwnRequestMayBeAnsweredByAnInnerInterceptor() {
        ListGroupsResponseData answer = new ListGroupsResponseData();
        chain.then(sendsGroups())
                .then(on -> on.request(
                        ApiKeys.LIST_GROUPS,
                        ListGroupsRequestData.class,
                        (request, context) -> Decision.respond(answer)));
        request();

        CompletionStage<ApiMessage> response = contexts.get(0).send(new ListGroupsRequestData());

        assertThat(response.toCompletableFuture()).isCompletedWithValue(answer);
        assertThat(chain.host.sent).isEmpty();
    }

    @Test
    void anOwnRequestThatIsRefusedByAnInnerInterceptorGetsTheErrorForm() {
        chain.then(sendsGroups())
                .then(on -> on.request(
                        ApiKeys.LIST_GROUPS,
                        ListGroupsRequestData.class,
                        (request, context) -> Decision.refuse(Errors.POLICY_VIOLATION, "no")));
        request();

        CompletionStage<ApiMessage> response = contexts.get(0).send(new ListGroupsRequestData());

        assertThat(((ListGroupsResponseData) response.toCompletableFuture().getNow(null)).errorCode())
                .isEqualTo(Errors.POLICY_VIOLATION.code());
    }

    @Test
    void anOwnRequestThatAnInnerInterceptorClosesFailsByItself() {
        chain.then(sendsGroups())
                .then(on -> on.request(
                        ApiKeys.LIST_GROUPS, ListGroupsRequestData.class, (request, context) -> Decision.close("no")));
        request();

        CompletionStage<ApiMessage> response = contexts.get(0).send(new ListGroupsRequestData());

        assertThat(response.toCompletableFuture()).isCompletedExceptionally();
        assertThat(chain.events).isEmpty();
    }

    @Test
    void anOwnMetadataRequestNeverCreatesTopics() {
        chain.then(sendsGroups());
        request();

        contexts.get(0).send(new MetadataRequestData().setAllowAutoTopicCreation(true));

        assertThat(((MetadataRequestData) chain.host.sent.get(0).message()).allowAutoTopicCreation())
                .isFalse();
    }

    @Test
    void anOwnRequestFailsAfterTenSecondsAndItsLateResponseIsDropped() {
        chain.then(sendsGroups());
        request();

        CompletableFuture<ApiMessage> response =
                contexts.get(0).send(new ListGroupsRequestData()).toCompletableFuture();
        chain.pass(Duration.ofSeconds(10));

        assertThatThrownBy(response::get).hasCauseInstanceOf(TimeoutException.class);
        chain.events.clear();
        chain.host.sent.get(0).response(new ListGroupsResponseData());
        assertThat(chain.events).isEmpty();
    }

    @Test
    void anOwnRequestThatCannotBeSentFails() {
        chain.then(sendsGroups());
        request();
        RequestContext context = contexts.get(0);

        CompletableFuture<ApiMessage> noResponse =
                context.send(new ProduceRequestData().setAcks((short) 0)).toCompletableFuture();
        CompletableFuture<ApiMessage> notARequest =
                context.send(new ListGroupsResponseData()).toCompletableFuture();
        chain.host.version = -1;
        CompletableFuture<ApiMessage> notOffered =
                context.send(new ListGroupsRequestData()).toCompletableFuture();

        assertThatThrownBy(noResponse::get).hasRootCauseInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(notARequest::get).hasRootCauseInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(notOffered::get).hasRootCauseInstanceOf(UnsupportedVersionException.class);
        assertThat(chain.host.sent).isEmpty();
    }

    /** By then a frame of the client may be passing, and an own one would end up in the middle of it. */
    @Test
    void anOwnRequestAfterTheDecisionIsNotSent() {
        chain.then(sendsGroups());
        request();
        decision.complete(Decision.forward());

        CompletableFuture<ApiMessage> response =
                contexts.get(0).send(new ListGroupsRequestData()).toCompletableFuture();

        assertThat(response).isCompletedExceptionally();
        assertThat(chain.host.sent).isEmpty();
    }

    @Test
    void anOwnRequestThatAnInnerInterceptorDecidesTooLateIsNotSent() {
        CompletableFuture<Decision> inner = new CompletableFuture<>();
        chain.then(sendsGroups())
                .then(on -> on.requestAsync(
                        ApiKeys.LIST_GROUPS,
                        ListGroupsRequestData.class,
                        AsyncOptions.within(Duration.ofMinutes(1)),
                        (request, context) -> inner));
        request();
        CompletableFuture<ApiMessage> response =
                contexts.get(0).send(new ListGroupsRequestData()).toCompletableFuture();

        chain.pass(Duration.ofSeconds(1));
        inner.complete(Decision.forward());

        assertThat(response).isCompletedExceptionally();
        assertThat(chain.host.sent).isEmpty();
    }

    @Test
    void closingTheConnectionFailsOwnRequests() {
        chain.then(sendsGroups());
        request();
        CompletableFuture<ApiMessage> response =
                contexts.get(0).send(new ListGroupsRequestData()).toCompletableFuture();

        chain.host.sent.get(0).fail(new IllegalStateException("closed"));

        assertThat(response).isCompletedExceptionally();
    }

    @Test
    void anOwnRequestFromAnotherThreadIsSentOnTheEventLoop() throws Exception {
        DefaultEventExecutor loop = new DefaultEventExecutor();
        try {
            TestChain other = new TestChain(loop);
            other.then(sendsGroups());
            loop.submit(() -> other.request(ApiKeys.METADATA, metadata())).get();

            contexts.get(0).send(new ListGroupsRequestData());

            assertThat(loop.submit(() -> other.host.sent.size()).get()).isEqualTo(1);
        } finally {
            loop.shutdownGracefully(0, 0, java.util.concurrent.TimeUnit.SECONDS);
        }
    }

    @Test
    void theResponseOfAnOwnRequestMayDecide() {
        chain.then(on -> on.requestAsync(
                ApiKeys.CREATE_TOPICS,
                CreateTopicsRequestData.class,
                WITHIN_A_SECOND,
                (request, context) -> context.send(new ListGroupsRequestData())
                        .thenApply(response -> Decision.respond(new CreateTopicsResponseData().setThrottleTimeMs(9)))));

        chain.request(ApiKeys.CREATE_TOPICS, new CreateTopicsRequestData());
        chain.host.sent.get(0).response(new ListGroupsResponseData());

        assertThat(chain.events).containsExactly("answer");
        assertThat(((CreateTopicsResponseData) chain.outcome).throttleTimeMs()).isEqualTo(9);
    }

    private Consumer<Subscriptions> requests(AsyncOptions options, CompletionStage<Decision> stage) {
        AsyncRequestHandler<MetadataRequestData> handler = (request, context) -> stage;
        return on -> on.requestAsync(ApiKeys.METADATA, MetadataRequestData.class, options, handler);
    }

    private Consumer<Subscriptions> responses(AsyncOptions options, CompletionStage<Decision> stage) {
        AsyncResponseHandler<MetadataResponseData> handler = (response, context) -> stage;
        return on -> on.responseAsync(ApiKeys.METADATA, MetadataResponseData.class, options, handler);
    }

    /** Keeps the context of a Metadata request, which waits for {@link #decision}. */
    private Consumer<Subscriptions> sendsGroups() {
        return on ->
                on.requestAsync(ApiKeys.METADATA, MetadataRequestData.class, WITHIN_A_SECOND, (request, context) -> {
                    contexts.add(context);
                    return decision;
                });
    }

    private static Consumer<Subscriptions> groups(String name, List<String> calls) {
        return on -> {
            on.request(ApiKeys.LIST_GROUPS, ListGroupsRequestData.class, (request, context) -> {
                calls.add(name + " request");
                return Decision.forward();
            });
            on.response(ApiKeys.LIST_GROUPS, ListGroupsResponseData.class, (response, context) -> {
                calls.add(name + " response");
                return Decision.forward();
            });
        };
    }

    private Exchange request() {
        return chain.request(ApiKeys.METADATA, metadata());
    }

    private static MetadataRequestData metadata() {
        return new MetadataRequestData()
                .setTopics(List.of(new MetadataRequestData.MetadataRequestTopic().setName("orders")));
    }

    private Errors error() {
        return errorOf(chain);
    }

    private static Errors errorOf(TestChain of) {
        MetadataResponseData response = (MetadataResponseData) of.outcome;
        return Errors.forCode(response.topics().find("orders").errorCode());
    }
}
