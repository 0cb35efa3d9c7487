/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.it;

import io.gatehouse.spi.NoConfig;
import io.gatehouse.spi.interception.AsyncOptions;
import io.gatehouse.spi.interception.Decision;
import io.gatehouse.spi.interception.InterceptionContext;
import io.gatehouse.spi.interception.Interceptor;
import io.gatehouse.spi.interception.InterceptorContext;
import io.gatehouse.spi.interception.InterceptorFactory;
import io.gatehouse.spi.interception.Subscriptions;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.message.FindCoordinatorRequestData;
import org.apache.kafka.common.message.ListGroupsRequestData;
import org.apache.kafka.common.message.ListGroupsResponseData;
import org.apache.kafka.common.message.ListTransactionsRequestData;
import org.apache.kafka.common.message.ListTransactionsResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;

/**
 * Breaks the contract in the way that the client id names, such as {@code REQUEST-THROWS}: at once for ListGroups, later for
 * ListTransactions.
 */
public final class FailingInterceptorFactory implements InterceptorFactory<NoConfig> {

    static final Duration DEADLINE = Duration.ofMillis(700);

    /** On which way. */
    enum Way {
        REQUEST,
        RESPONSE
    }

    /** What goes wrong; or, being slow within the deadline, does not. */
    enum Failure {
        THROWS,
        RETURNS_NULL,
        ANOTHER_TYPE,
        REFUSES_WHAT_IS_DONE,
        COMPLETES_WITH_NULL,
        COMPLETES_EXCEPTIONALLY,
        NEVER_COMPLETES,
        IS_SLOW;

        /** Whether only a stage can fail like that. */
        boolean needsStage() {
            return ordinal() >= COMPLETES_WITH_NULL.ordinal();
        }
    }

    static String clientId(Way way, Failure failure) {
        return way + "-" + failure;
    }

    @Override
    public String name() {
        return "failing";
    }

    @Override
    public Class<NoConfig> configType() {
        return NoConfig.class;
    }

    @Override
    public Interceptor create(NoConfig config, InterceptorContext context) {
        return (user, on) -> subscribe(on);
    }

    private static void subscribe(Subscriptions on) {
        AsyncOptions options = AsyncOptions.within(DEADLINE);
        on.request(
                ApiKeys.LIST_GROUPS, ListGroupsRequestData.class, (message, context) -> atOnce(Way.REQUEST, context));
        on.response(
                ApiKeys.LIST_GROUPS, ListGroupsResponseData.class, (message, context) -> atOnce(Way.RESPONSE, context));
        on.requestAsync(
                ApiKeys.LIST_TRANSACTIONS,
                ListTransactionsRequestData.class,
                options,
                (message, context) -> later(Way.REQUEST, context));
        on.responseAsync(
                ApiKeys.LIST_TRANSACTIONS,
                ListTransactionsResponseData.class,
                options,
                (message, context) -> later(Way.RESPONSE, context));
    }

    private static Decision atOnce(Way way, InterceptionContext context) {
        for (Failure failure : Failure.values()) {
            if (clientId(way, failure).equals(context.clientId())) {
                return switch (failure) {
                    case THROWS -> throw new IllegalStateException("as told");
                    case RETURNS_NULL -> null;
                    case ANOTHER_TYPE -> Decision.forward(new FindCoordinatorRequestData());
                    case REFUSES_WHAT_IS_DONE -> Decision.refuse(Errors.CLUSTER_AUTHORIZATION_FAILED, "as told");
                    default -> Decision.forward();
                };
            }
        }
        return Decision.forward();
    }

    private static CompletionStage<Decision> later(Way way, InterceptionContext context) {
        for (Failure failure : Failure.values()) {
            if (clientId(way, failure).equals(context.clientId())) {
                return switch (failure) {
                    case THROWS -> throw new IllegalStateException("as told");
                    case RETURNS_NULL -> null;
                    case ANOTHER_TYPE, REFUSES_WHAT_IS_DONE ->
                        CompletableFuture.supplyAsync(() -> atOnce(way, context));
                    case COMPLETES_WITH_NULL -> CompletableFuture.supplyAsync(() -> null);
                    case COMPLETES_EXCEPTIONALLY ->
                        CompletableFuture.failedFuture(new IllegalStateException("as told"));
                    case NEVER_COMPLETES -> new CompletableFuture<>();
                    case IS_SLOW ->
                        new CompletableFuture<Decision>()
                                .completeOnTimeout(Decision.forward(), DEADLINE.toMillis() / 3, TimeUnit.MILLISECONDS);
                };
            }
        }
        return CompletableFuture.completedFuture(Decision.forward());
    }
}
