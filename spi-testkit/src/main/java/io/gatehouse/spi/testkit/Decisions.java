/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.spi.testkit;

import io.gatehouse.spi.ConnectionInfo;
import io.gatehouse.spi.interception.AsyncOptions;
import io.gatehouse.spi.interception.AsyncRequestHandler;
import io.gatehouse.spi.interception.AsyncResponseHandler;
import io.gatehouse.spi.interception.Decision;
import io.gatehouse.spi.interception.RequestContext;
import io.gatehouse.spi.interception.RequestHandler;
import io.gatehouse.spi.interception.ResponseHandler;
import io.gatehouse.spi.interception.Subscriptions;
import io.gatehouse.spi.interception.TrafficListener;
import io.gatehouse.spi.records.FetchedRecordsHandler;
import io.gatehouse.spi.records.ProducedRecordsHandler;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.jspecify.annotations.Nullable;

/** The kernel's subscriptions, with a note of what the interceptor decided last about a request: the kernel says only what came of it. */
final class Decisions implements Subscriptions {

    private final Subscriptions kernel;
    private final Note note;

    Decisions(Subscriptions kernel, Note note) {
        this.kernel = kernel;
        this.note = note;
    }

    /** About one request or response at a time; written on the event loop, read after its outcome has come. */
    static final class Note {
        private volatile @Nullable Decision decision;
        private volatile @Nullable Throwable failure;
        private volatile @Nullable Object attachment;
        private volatile Optional<Decision> fallback = Optional.empty();

        void reset() {
            decision = null;
            failure = null;
            attachment = null;
            fallback = Optional.empty();
        }

        /** A call into the interceptor threw, was late, or decided what it must not. */
        void failed(Throwable cause) {
            failure = cause;
        }

        @Nullable
        Throwable failure() {
            return failure;
        }

        @Nullable
        Object attachment() {
            return attachment;
        }

        /** What counted; null when there was no handler, or it failed. */
        @Nullable
        Decision decision() {
            return failure == null ? decision : fallback.orElse(null);
        }

        private @Nullable Decision decided(@Nullable Decision made, RequestContext context) {
            decision = made;
            attachment = context.attachment();
            return made;
        }
    }

    @Override
    public ConnectionInfo connection() {
        return kernel.connection();
    }

    @Override
    public <M extends ApiMessage> void request(ApiKeys api, Class<M> type, RequestHandler<M> handler) {
        kernel.request(api, type, (request, context) -> note.decided(handler.handle(request, context), context));
    }

    @Override
    public <M extends ApiMessage> void requestAsync(
            ApiKeys api, Class<M> type, AsyncOptions options, AsyncRequestHandler<M> handler) {
        kernel.requestAsync(api, type, options, (request, context) -> {
            note.fallback = options.fallback();
            CompletionStage<Decision> stage = handler.handle(request, context);
            note.attachment = context.attachment();
            return stage == null
                    ? null
                    : stage.thenApply(made -> {
                        note.decision = made;
                        return made;
                    });
        });
    }

    @Override
    public <M extends ApiMessage> void response(ApiKeys api, Class<M> type, ResponseHandler<M> handler) {
        kernel.response(api, type, handler);
    }

    @Override
    public <M extends ApiMessage> void responseAsync(
            ApiKeys api, Class<M> type, AsyncOptions options, AsyncResponseHandler<M> handler) {
        kernel.responseAsync(api, type, options, handler);
    }

    @Override
    public void producedRecords(ProducedRecordsHandler handler) {
        kernel.producedRecords(handler);
    }

    @Override
    public void fetchedRecords(FetchedRecordsHandler handler) {
        kernel.fetchedRecords(handler);
    }

    @Override
    public void traffic(TrafficListener listener) {
        kernel.traffic(listener);
    }

    @Override
    public void limit(ApiKeys api, int min, int max) {
        kernel.limit(api, min, max);
    }

    @Override
    public void topicNames(Function<String, Optional<String>> seen) {
        kernel.topicNames(seen);
    }

    @Override
    public void onClose(Runnable action) {
        kernel.onClose(action);
    }
}
