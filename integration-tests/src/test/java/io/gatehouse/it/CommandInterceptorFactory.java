/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.it;

import io.gatehouse.spi.NoConfig;
import io.gatehouse.spi.User;
import io.gatehouse.spi.interception.AsyncOptions;
import io.gatehouse.spi.interception.Decision;
import io.gatehouse.spi.interception.Interceptor;
import io.gatehouse.spi.interception.InterceptorContext;
import io.gatehouse.spi.interception.InterceptorFactory;
import io.gatehouse.spi.interception.RequestContext;
import io.gatehouse.spi.interception.ResponseContext;
import io.gatehouse.spi.interception.Subscriptions;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.message.ListGroupsRequestData;
import org.apache.kafka.common.message.ListTransactionsRequestData;
import org.apache.kafka.common.message.ListTransactionsResponseData;
import org.apache.kafka.common.message.ProduceRequestData;
import org.apache.kafka.common.message.ProduceResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;

/**
 * Does with a request what the client tells it to. Commands travel in the state filters of ListTransactions, whose response echoes
 * filters that the broker does not know: {@code [command, milliseconds, number]}. The client id of a Produce request is a command too.
 */
public final class CommandInterceptorFactory implements InterceptorFactory<NoConfig> {

    static final String NAME = "commands";
    static final Duration DEADLINE = Duration.ofSeconds(5);

    /** What a client may want. */
    enum Command {
        FORWARD,
        CHANGE,
        RESPOND,
        RESPOND_LATER,
        FORWARD_LATER,
        OWN_THEN_RESPOND,
        OWN_THEN_FORWARD,
        RESPONSE_LATER,
        CHANGE_RESPONSE,
        REFUSE,
        THROW,
        CLOSE,
        UNWRITABLE_LATER,
        UNWRITABLE_RESPONSE_LATER,
        SEND_AFTER_FORWARD
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Class<NoConfig> configType() {
        return NoConfig.class;
    }

    @Override
    public Interceptor create(NoConfig config, InterceptorContext context) {
        return new Commands();
    }

    private static final class Commands implements Interceptor {

        @Override
        public void subscribe(User user, Subscriptions on) {
            AsyncOptions options = AsyncOptions.within(DEADLINE);
            on.requestAsync(ApiKeys.LIST_TRANSACTIONS, ListTransactionsRequestData.class, options, Commands::onRequest);
            on.responseAsync(
                    ApiKeys.LIST_TRANSACTIONS, ListTransactionsResponseData.class, options, Commands::onResponse);
            on.request(ApiKeys.PRODUCE, ProduceRequestData.class, Commands::onProduce);
        }

        private static CompletionStage<Decision> onRequest(
                ListTransactionsRequestData request, RequestContext context) {
            if (request.stateFilters().isEmpty()) {
                return now(Decision.forward());
            }
            Command command = Command.valueOf(request.stateFilters().get(0));
            long millis = Long.parseLong(request.stateFilters().get(1));
            context.attach(request.stateFilters());
            return switch (command) {
                case FORWARD, RESPONSE_LATER, CHANGE_RESPONSE -> now(Decision.forward());
                case CHANGE -> now(Decision.forward(request.duplicate().setDurationFilter(1)));
                case RESPOND -> now(Decision.respond(answer(request)));
                case RESPOND_LATER -> later(Decision.respond(answer(request)), millis);
                case FORWARD_LATER -> later(Decision.forward(), millis);
                case OWN_THEN_RESPOND ->
                    context.send(new ListGroupsRequestData()).thenApply(own -> Decision.respond(answer(request)));
                case OWN_THEN_FORWARD ->
                    context.send(new ListGroupsRequestData())
                            .thenCompose(own -> context.send(new ListGroupsRequestData()))
                            .thenApply(own -> Decision.forward());
                case REFUSE -> now(Decision.refuse(Errors.CLUSTER_AUTHORIZATION_FAILED, "as told"));
                case THROW -> throw new IllegalStateException("as told");
                case CLOSE -> now(Decision.close("as told"));
                case UNWRITABLE_LATER ->
                    later(Decision.forward(request.duplicate().setStateFilters(null)), millis);
                case UNWRITABLE_RESPONSE_LATER ->
                    later(Decision.respond(answer(request).setUnknownStateFilters(null)), millis);
                case SEND_AFTER_FORWARD -> {
                    CompletableFuture.delayedExecutor(millis, TimeUnit.MILLISECONDS)
                            .execute(() -> context.send(new ListGroupsRequestData()));
                    yield now(Decision.forward());
                }
            };
        }

        private static CompletionStage<Decision> onResponse(
                ListTransactionsResponseData response, ResponseContext context) {
            if (!(context.attachment() instanceof List<?> filters)) {
                return now(Decision.forward());
            }
            Command command = Command.valueOf((String) filters.get(0));
            long millis = Long.parseLong((String) filters.get(1));
            return switch (command) {
                case RESPONSE_LATER -> later(Decision.forward(), millis);
                case CHANGE_RESPONSE -> now(Decision.forward(response.setThrottleTimeMs(7)));
                default -> now(Decision.forward());
            };
        }

        private static Decision onProduce(ProduceRequestData request, RequestContext context) {
            String command = context.clientId() == null ? "" : context.clientId();
            return switch (command) {
                case "RESPOND" -> Decision.respond(new ProduceResponseData());
                case "REFUSE" -> Decision.refuse(Errors.TOPIC_AUTHORIZATION_FAILED, "as told");
                default -> Decision.forward();
            };
        }

        private static ListTransactionsResponseData answer(ListTransactionsRequestData request) {
            return new ListTransactionsResponseData().setUnknownStateFilters(request.stateFilters());
        }

        private static CompletionStage<Decision> now(Decision decision) {
            return CompletableFuture.completedFuture(decision);
        }

        private static CompletionStage<Decision> later(Decision decision, long millis) {
            return CompletableFuture.supplyAsync(
                    () -> decision, CompletableFuture.delayedExecutor(millis, TimeUnit.MILLISECONDS));
        }
    }
}
