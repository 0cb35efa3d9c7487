/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.spi.interception;

import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/** What happens to a request or response. Immutable. */
public sealed interface Decision {

    /** On it goes, unchanged: if everyone says so, as the original bytes. Allocates nothing. */
    static Forward forward() {
        return Forward.UNCHANGED;
    }

    /** On it goes, changed. */
    static Forward forward(ApiMessage message) {
        return new Forward(message, null, null);
    }

    /**
     * Answers a request in the broker's place; the response passes the interceptors between this one and the client. With
     * {@code acks=0}, which expects no response, the request is dropped.
     */
    static Decision respond(ApiMessage response) {
        return new Respond(response);
    }

    /**
     * The correct error response of that API and version, instead of forwarding a request. With {@code acks=0} the connection is closed, as brokers do.
     *
     * @param reason for the client where the API has room for a message, and for the gateway's log
     */
    static Decision refuse(Errors error, String reason) {
        return new Refuse(error, reason);
    }

    /** Closes the connection after the responses to earlier requests. */
    static Decision close(String reason) {
        return new Close(reason);
    }

    /** See {@link Decision#forward()}. */
    final class Forward implements Decision {
        private static final Forward UNCHANGED = new Forward(null, null, null);

        private final @Nullable ApiMessage message;
        private final @Nullable Class<? extends ApiMessage> responseType;
        private final @Nullable ResponseHandler<?> responseHandler;

        private Forward(
                @Nullable ApiMessage message,
                @Nullable Class<? extends ApiMessage> responseType,
                @Nullable ResponseHandler<?> responseHandler) {
            this.message = message;
            this.responseType = responseType;
            this.responseHandler = responseHandler;
        }

        /**
         * Also handles the response to this one request; after (from the broker's side) this interceptor's own response subscription, if
         * there is one. Without meaning in the decision on a response.
         *
         * @param type that of the API's response; with another one the request counts as one whose handler threw
         */
        public <M extends ApiMessage> Forward onResponse(Class<M> type, ResponseHandler<M> handler) {
            return new Forward(message, type, handler);
        }

        /** The changed message; null when unchanged. */
        public @Nullable ApiMessage message() {
            return message;
        }

        /** The message class of {@link #responseHandler}; null when there is none. */
        public @Nullable Class<? extends ApiMessage> responseType() {
            return responseType;
        }

        /** The handler for this request's response, if any. */
        public @Nullable ResponseHandler<?> responseHandler() {
            return responseHandler;
        }

        @Override
        public String toString() {
            return message == null ? "forward" : "forward changed";
        }
    }

    /** See {@link Decision#respond}. */
    record Respond(ApiMessage response) implements Decision {}

    /** See {@link Decision#refuse}. */
    record Refuse(Errors error, String reason) implements Decision {
        public Refuse {
            if (error == Errors.NONE) {
                throw new IllegalArgumentException(
                        "error: NONE (expected: an error; use forward() to let the request pass)");
            }
        }
    }

    /** See {@link Decision#close}. */
    record Close(String reason) implements Decision {}
}
