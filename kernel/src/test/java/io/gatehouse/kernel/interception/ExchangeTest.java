/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel.interception;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.spi.interception.Decision;
import io.gatehouse.spi.interception.RequestContext;
import io.gatehouse.spi.interception.RequestHandler;
import io.gatehouse.spi.interception.ResponseHandler;
import io.gatehouse.spi.interception.Subscriptions;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.CreateTopicsRequestData;
import org.apache.kafka.common.message.CreateTopicsRequestData.CreatableTopic;
import org.apache.kafka.common.message.CreateTopicsResponseData;
import org.apache.kafka.common.message.MetadataRequestData;
import org.apache.kafka.common.message.MetadataResponseData;
import org.apache.kafka.common.message.ProduceRequestData;
import org.apache.kafka.common.message.ProduceResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Test;

/** The walk of requests and responses whose decisions are made at once. */
class ExchangeTest {

    private final TestChain chain = new TestChain();
    private final List<String> calls = new ArrayList<>();

    @Test
    void requestsPassFromTheClientToTheBrokerAndResponsesBack() {
        chain.then(both("a")).then(both("b")).then(both("c"));

        Exchange exchange = chain.request(ApiKeys.METADATA, new MetadataRequestData());
        exchange.response(new MetadataResponseData());

        assertThat(calls)
                .containsExactly("a request", "b request", "c request", "c response", "b response", "a response");
        assertThat(chain.events).containsExactly("forward", "respond");
    }

    @Test
    void onlyHandlersOfTheApiAreCalled() {
        chain.then(both("a")).then(on -> on.request(ApiKeys.CREATE_TOPICS, CreateTopicsRequestData.class, called("b")));

        chain.request(ApiKeys.METADATA, new MetadataRequestData());

        assertThat(calls).containsExactly("a request");
    }

    @Test
    void eachSeesWhatTheOneBeforeMadeOfTheRequest() {
        MetadataRequestData changed = new MetadataRequestData();
        chain.then(onMetadata((request, context) -> Decision.forward(changed))).then(onMetadata((request, context) -> {
            assertThat(request).isSameAs(changed);
            return Decision.forward();
        }));

        chain.request(ApiKeys.METADATA, new MetadataRequestData());

        assertThat(chain.events).containsExactly("forward changed");
        assertThat(chain.outcome).isSameAs(changed);
    }

    @Test
    void aChangedResponseIsToldFromAnUnchangedOne() {
        MetadataResponseData changed = new MetadataResponseData();
        chain.then(onMetadata((request, context) -> Decision.forward(request)))
                .then(onMetadataResponse((response, context) -> Decision.forward(changed)));

        chain.request(ApiKeys.METADATA, new MetadataRequestData()).response(new MetadataResponseData());

        assertThat(chain.events).containsExactly("forward changed", "respond changed");
        assertThat(chain.outcome).isSameAs(changed);
    }

    @Test
    void aChangedRequestDoesNotMakeItsResponseChanged() {
        chain.then(onMetadata((request, context) -> Decision.forward(request)));

        chain.request(ApiKeys.METADATA, new MetadataRequestData()).response(new MetadataResponseData());

        assertThat(chain.events).containsExactly("forward changed", "respond");
    }

    @Test
    void anAnswerWalksBackThroughTheOuterInterceptorsOnly() {
        MetadataResponseData answer = new MetadataResponseData();
        chain.then(both("a"))
                .then(both("b"))
                .then(on -> {
                    on.request(
                            ApiKeys.METADATA,
                            MetadataRequestData.class,
                            (request, context) -> Decision.respond(answer));
                    on.response(ApiKeys.METADATA, MetadataResponseData.class, calledOnResponse("c"));
                })
                .then(both("d"));

        chain.request(ApiKeys.METADATA, new MetadataRequestData());

        assertThat(calls).containsExactly("a request", "b request", "b response", "a response");
        assertThat(chain.events).containsExactly("answer");
        assertThat(chain.outcome).isSameAs(answer);
    }

    @Test
    void aRefusalIsTheErrorFormOfTheApi() {
        chain.then(both("a"))
                .then(on -> on.request(
                        ApiKeys.CREATE_TOPICS,
                        CreateTopicsRequestData.class,
                        (request, context) -> Decision.refuse(Errors.POLICY_VIOLATION, "no such names")));
        CreateTopicsRequestData request = new CreateTopicsRequestData();
        request.topics().add(new CreatableTopic().setName("orders"));

        chain.request(ApiKeys.CREATE_TOPICS, request);

        assertThat(chain.events).containsExactly("answer");
        CreateTopicsResponseData response = (CreateTopicsResponseData) chain.outcome;
        assertThat(response.topics().find("orders").errorCode()).isEqualTo(Errors.POLICY_VIOLATION.code());
        assertThat(response.topics().find("orders").errorMessage()).isEqualTo("no such names");
    }

    @Test
    void aRefusalWalksBackThroughTheOuterInterceptors() {
        chain.then(both("a")).then(onMetadata((request, context) -> Decision.refuse(Errors.POLICY_VIOLATION, "no")));

        chain.request(ApiKeys.METADATA, new MetadataRequestData().setTopics(List.of()));

        assertThat(calls).containsExactly("a request", "a response");
    }

    @Test
    void aRefusalAtOnceReachesNoInterceptor() {
        chain.then(both("a"));
        Exchange exchange = chain.exchange(ApiKeys.METADATA, true);

        exchange.refuseAtOnce(
                new MetadataRequestData().setTopics(List.of()), Errors.UNSUPPORTED_VERSION, "not offered");

        assertThat(calls).isEmpty();
        assertThat(chain.events).containsExactly("answer");
    }

    @Test
    void closeEndsTheWalk() {
        chain.then(both("a"))
                .then(onMetadata((request, context) -> Decision.close("enough")))
                .then(both("c"));

        chain.request(ApiKeys.METADATA, new MetadataRequestData());

        assertThat(calls).containsExactly("a request");
        assertThat(chain.events).containsExactly("close: enough");
    }

    @Test
    void anAnswerToAcksZeroIsDropped() {
        chain.then(on -> on.request(
                ApiKeys.PRODUCE,
                ProduceRequestData.class,
                (request, context) -> Decision.respond(new ProduceResponseData())));

        chain.exchange(ApiKeys.PRODUCE, false).request(new ProduceRequestData());

        assertThat(chain.events).containsExactly("drop");
    }

    @Test
    void aRefusalOfAcksZeroCloses() {
        chain.then(on -> on.request(
                ApiKeys.PRODUCE,
                ProduceRequestData.class,
                (request, context) -> Decision.refuse(Errors.POLICY_VIOLATION, "no")));

        chain.exchange(ApiKeys.PRODUCE, false).request(new ProduceRequestData());
        chain.exchange(ApiKeys.PRODUCE, false)
                .refuseAtOnce(new ProduceRequestData(), Errors.UNSUPPORTED_VERSION, "not offered");

        assertThat(chain.events)
                .containsExactly(
                        "close: PRODUCE with acks=0 refused: POLICY_VIOLATION: no",
                        "close: PRODUCE with acks=0 refused: UNSUPPORTED_VERSION: not offered");
    }

    @Test
    void aHandlerForOneResponseIsCalledForThatOneAtItsPlace() {
        chain.then(both("a"))
                .then(on -> {
                    on.request(ApiKeys.METADATA, MetadataRequestData.class, (request, context) -> {
                        boolean first = calls.size() == 1;
                        return first
                                ? Decision.forward().onResponse(MetadataResponseData.class, calledOnResponse("b once"))
                                : Decision.forward();
                    });
                    on.response(ApiKeys.METADATA, MetadataResponseData.class, calledOnResponse("b"));
                })
                .then(both("c"));

        Exchange first = chain.request(ApiKeys.METADATA, new MetadataRequestData());
        Exchange second = chain.request(ApiKeys.METADATA, new MetadataRequestData());
        calls.clear();
        first.response(new MetadataResponseData());
        second.response(new MetadataResponseData());

        assertThat(calls)
                .containsExactly(
                        "c response",
                        "b response",
                        "b once response",
                        "a response",
                        "c response",
                        "b response",
                        "a response");
    }

    @Test
    void onlyARequestThatAskedForItWantsItsResponse() {
        chain.then(on -> on.request(
                ApiKeys.FETCH,
                org.apache.kafka.common.message.FetchRequestData.class,
                (request, context) -> request.maxWaitMs() == 1
                        ? Decision.forward()
                                .onResponse(
                                        org.apache.kafka.common.message.FetchResponseData.class,
                                        (response, later) -> Decision.forward())
                        : Decision.forward()));

        Exchange asking =
                chain.request(ApiKeys.FETCH, new org.apache.kafka.common.message.FetchRequestData().setMaxWaitMs(1));
        Exchange silent =
                chain.request(ApiKeys.FETCH, new org.apache.kafka.common.message.FetchRequestData().setMaxWaitMs(2));

        assertThat(asking.wantsResponse()).isTrue();
        assertThat(silent.wantsResponse()).isFalse();
    }

    @Test
    void attachmentsAreOfOneInterceptorAndOneRequest() {
        List<Object> seen = new ArrayList<>();
        Consumer<Subscriptions> attaching = on -> {
            on.request(ApiKeys.METADATA, MetadataRequestData.class, (request, context) -> {
                assertThat(context.attachment()).isNull();
                context.attach("attachment " + calls.size());
                calls.add("request");
                return Decision.forward();
            });
            on.response(ApiKeys.METADATA, MetadataResponseData.class, (response, context) -> {
                seen.add(context.attachment());
                return Decision.forward();
            });
        };
        chain.then(attaching).then(attaching);

        Exchange first = chain.request(ApiKeys.METADATA, new MetadataRequestData());
        Exchange second = chain.request(ApiKeys.METADATA, new MetadataRequestData());
        first.response(new MetadataResponseData());
        second.response(new MetadataResponseData());

        assertThat(seen).containsExactly("attachment 1", "attachment 0", "attachment 3", "attachment 2");
    }

    @Test
    void theContextTellsWhoseRequestItIs() {
        List<RequestContext> contexts = new ArrayList<>();
        chain.then(onMetadata((request, context) -> {
            contexts.add(context);
            return Decision.forward();
        }));

        chain.request(ApiKeys.METADATA, new MetadataRequestData());

        RequestContext context = contexts.get(0);
        assertThat(context.user()).isEqualTo(TestChain.ALICE);
        assertThat(context.connection()).isSameAs(chain.host);
        assertThat(context.apiKey()).isEqualTo(ApiKeys.METADATA);
        assertThat(context.apiVersion()).isEqualTo(ApiKeys.METADATA.latestVersion());
        assertThat(context.clientId()).isEqualTo("client");
        Uuid orders = Uuid.randomUuid();
        chain.host.names.put(orders, "orders");
        assertThat(context.topics().nameOf(orders)).contains("orders");
    }

    @Test
    void aRequestHandlerThatThrowsRefuses() {
        chain.then(both("a")).then(onMetadata((request, context) -> {
            throw new IllegalArgumentException("oops");
        }));

        chain.request(ApiKeys.METADATA, metadataOf("orders"));

        assertThat(calls).containsExactly("a request", "a response");
        assertThat(errorOf("orders")).isEqualTo(Errors.UNKNOWN_SERVER_ERROR);
        assertThat(chain.type.get(1).failures).singleElement().asString().contains("interceptor b", "oops");
    }

    @Test
    void aRequestHandlerThatReturnsNullRefuses() {
        chain.then(onMetadata((request, context) -> null));

        chain.request(ApiKeys.METADATA, metadataOf("orders"));

        assertThat(errorOf("orders")).isEqualTo(Errors.UNKNOWN_SERVER_ERROR);
    }

    @Test
    void aRequestHandlerThatForwardsAnotherClassRefuses() {
        chain.then(onMetadata((request, context) -> Decision.forward(new MetadataResponseData())));

        chain.request(ApiKeys.METADATA, metadataOf("orders"));

        assertThat(errorOf("orders")).isEqualTo(Errors.UNKNOWN_SERVER_ERROR);
        assertThat(chain.type.get(0).failures)
                .singleElement()
                .asString()
                .contains("returned a MetadataResponseData for METADATA (expected: a MetadataRequestData)");
    }

    @Test
    void aRequestHandlerThatAnswersWithAnotherClassRefuses() {
        chain.then(onMetadata((request, context) -> Decision.respond(new CreateTopicsResponseData())));

        chain.request(ApiKeys.METADATA, metadataOf("orders"));

        assertThat(errorOf("orders")).isEqualTo(Errors.UNKNOWN_SERVER_ERROR);
    }

    @Test
    void aRequestHandlerThatThrowsAnErrorRefuses() {
        chain.then(onMetadata((request, context) -> {
            throw new NoClassDefFoundError("gone");
        }));

        chain.request(ApiKeys.METADATA, metadataOf("orders"));

        assertThat(errorOf("orders")).isEqualTo(Errors.UNKNOWN_SERVER_ERROR);
    }

    @Test
    void aRefusalOfAMessageThatCannotBeAnsweredCloses() {
        chain.then(on -> on.request(ApiKeys.CREATE_TOPICS, CreateTopicsRequestData.class, (request, context) -> {
            request.setTopics(null);
            return Decision.refuse(Errors.POLICY_VIOLATION, "no");
        }));

        chain.request(ApiKeys.CREATE_TOPICS, new CreateTopicsRequestData());

        assertThat(chain.events).containsExactly("close: CREATE_TOPICS refused: POLICY_VIOLATION: no");
    }

    @Test
    void aResponseHandlerThatThrowsCloses() {
        chain.then(both("a")).then(onMetadataResponse((response, context) -> {
            throw new IllegalArgumentException("oops");
        }));

        chain.request(ApiKeys.METADATA, new MetadataRequestData()).response(new MetadataResponseData());

        assertThat(calls).containsExactly("a request");
        assertThat(chain.events).containsExactly("forward", "close: policy b failed on a response");
    }

    @Test
    void aResponseHandlerThatReturnsNullAnswersOrRefusesCloses() {
        List<Decision> wrong = new ArrayList<>();
        wrong.add(null);
        wrong.add(Decision.respond(new MetadataResponseData()));
        wrong.add(Decision.refuse(Errors.POLICY_VIOLATION, "no"));
        wrong.add(Decision.forward(new MetadataRequestData()));
        for (Decision decision : wrong) {
            TestChain other = new TestChain().then(onMetadataResponse((response, context) -> decision));

            other.request(ApiKeys.METADATA, new MetadataRequestData()).response(new MetadataResponseData());

            assertThat(other.events).containsExactly("forward", "close: policy a failed on a response");
        }
    }

    @Test
    void aResponseHandlerMayClose() {
        chain.then(onMetadataResponse((response, context) -> Decision.close("enough")));

        chain.request(ApiKeys.METADATA, new MetadataRequestData()).response(new MetadataResponseData());

        assertThat(chain.events).containsExactly("forward", "close: enough");
    }

    @Test
    void aHandlerForOneResponseOfTheWrongClassIsRefusedBeforeTheBrokerActs() {
        chain.then(onMetadata((request, context) -> Decision.forward()
                .onResponse(CreateTopicsResponseData.class, (response, later) -> Decision.forward())));

        chain.request(ApiKeys.METADATA, new MetadataRequestData());

        assertThat(chain.events).containsExactly("answer");
        assertThat(chain.type.get(0).failures)
                .singleElement()
                .asString()
                .contains("returned a CreateTopicsResponseData for METADATA (expected: a MetadataResponseData)");
    }

    @Test
    void handlersRunWithTheirPluginsClassLoaderAndItIsUndone() {
        ClassLoader before = Thread.currentThread().getContextClassLoader();
        List<ClassLoader> loaders = new ArrayList<>();
        chain.then(onMetadata((request, context) -> {
                    loaders.add(Thread.currentThread().getContextClassLoader());
                    return Decision.forward();
                }))
                .then(onMetadata((request, context) -> {
                    loaders.add(Thread.currentThread().getContextClassLoader());
                    throw new IllegalStateException("oops");
                }));

        chain.request(ApiKeys.METADATA, metadataOf("orders"));

        assertThat(loaders).containsExactly(chain.type.get(0).loader, chain.type.get(1).loader);
        assertThat(Thread.currentThread().getContextClassLoader()).isSameAs(before);
    }

    private Consumer<Subscriptions> both(String name) {
        return on -> {
            on.request(ApiKeys.METADATA, MetadataRequestData.class, called(name));
            on.response(ApiKeys.METADATA, MetadataResponseData.class, calledOnResponse(name));
        };
    }

    private <M extends org.apache.kafka.common.protocol.ApiMessage> RequestHandler<M> called(String name) {
        return (request, context) -> {
            calls.add(name + " request");
            return Decision.forward();
        };
    }

    private ResponseHandler<MetadataResponseData> calledOnResponse(String name) {
        return (response, context) -> {
            calls.add(name + " response");
            return Decision.forward();
        };
    }

    private static Consumer<Subscriptions> onMetadata(RequestHandler<MetadataRequestData> handler) {
        return on -> on.request(ApiKeys.METADATA, MetadataRequestData.class, handler);
    }

    private static Consumer<Subscriptions> onMetadataResponse(ResponseHandler<MetadataResponseData> handler) {
        return on -> on.response(ApiKeys.METADATA, MetadataResponseData.class, handler);
    }

    private static MetadataRequestData metadataOf(String topic) {
        return new MetadataRequestData()
                .setTopics(List.of(new MetadataRequestData.MetadataRequestTopic().setName(topic)));
    }

    private Errors errorOf(String topic) {
        assertThat(chain.events).containsExactly("answer");
        MetadataResponseData response = (MetadataResponseData) chain.outcome;
        return Errors.forCode(response.topics().find(topic).errorCode());
    }
}
