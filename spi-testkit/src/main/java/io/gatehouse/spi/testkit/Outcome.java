/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.spi.testkit;

import java.util.function.Function;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/** What became of one request or response. */
public final class Outcome {

    /** What the client or broker sees. */
    public enum Kind {
        /** It goes on, changed or not. */
        FORWARDED,
        /** The request was answered in the broker's place. */
        RESPONDED,
        /** The client gets the API's error form: {@link #message()}. */
        REFUSED,
        /** A request without a response (Produce with {@code acks=0}) was answered: nothing happens. */
        DROPPED,
        /** The connection is closed. */
        CLOSED
    }

    private final Kind kind;
    private final boolean changed;
    private final @Nullable ApiMessage message;
    private final @Nullable Errors error;
    private final @Nullable String reason;
    private final @Nullable Object attachment;
    private final Function<ApiMessage, Outcome> response;

    private Outcome(
            Kind kind,
            boolean changed,
            @Nullable ApiMessage message,
            @Nullable Errors error,
            @Nullable String reason,
            @Nullable Object attachment,
            Function<ApiMessage, Outcome> response) {
        this.kind = kind;
        this.changed = changed;
        this.message = message;
        this.error = error;
        this.reason = reason;
        this.attachment = attachment;
        this.response = response;
    }

    static Outcome forwarded(
            boolean changed, ApiMessage message, @Nullable Object attachment, Function<ApiMessage, Outcome> response) {
        return new Outcome(Kind.FORWARDED, changed, message, null, null, attachment, response);
    }

    static Outcome responded(ApiMessage message, @Nullable Object attachment) {
        return new Outcome(Kind.RESPONDED, true, message, null, null, attachment, Outcome::noResponse);
    }

    static Outcome refused(ApiMessage message, Errors error, String reason, @Nullable Object attachment) {
        return new Outcome(Kind.REFUSED, true, message, error, reason, attachment, Outcome::noResponse);
    }

    static Outcome dropped(@Nullable Object attachment) {
        return new Outcome(Kind.DROPPED, false, null, null, null, attachment, Outcome::noResponse);
    }

    static Outcome closed(String reason, @Nullable Object attachment) {
        return new Outcome(Kind.CLOSED, false, null, null, reason, attachment, Outcome::noResponse);
    }

    static Outcome noResponse(ApiMessage response) {
        throw new IllegalStateException("no response comes (expected: the outcome of a request that was forwarded)");
    }

    /** What the client or broker sees. */
    public Kind kind() {
        return kind;
    }

    /**
     * What goes on: the request as the broker gets it, or the response or error form as the client gets it, as they are read from their
     * bytes in that version.
     *
     * @throws IllegalStateException when nothing goes on
     */
    public ApiMessage message() {
        if (message == null) {
            throw new IllegalStateException(this + " (expected: FORWARDED, RESPONDED or REFUSED)");
        }
        return message;
    }

    /** {@link #message()} as its class. */
    public <M extends ApiMessage> M message(Class<M> type) {
        return type.cast(message());
    }

    /** Whether the handler changed the message, or said so; unchanged ones go on as their original bytes. */
    public boolean changed() {
        return changed;
    }

    /** The error of a refusal; null otherwise. */
    public @Nullable Errors error() {
        return error;
    }

    /** Why it was refused or closed; null otherwise. */
    public @Nullable String reason() {
        return reason;
    }

    /** What the handler attached to the request. */
    public @Nullable Object attachment() {
        return attachment;
    }

    /**
     * Lets the broker answer a request that was forwarded.
     *
     * @throws IllegalStateException when it was not
     */
    public Outcome response(ApiMessage answer) {
        return response.apply(answer);
    }

    @Override
    public String toString() {
        return switch (kind) {
            case FORWARDED -> changed() ? "FORWARDED changed" : "FORWARDED";
            case RESPONDED -> "RESPONDED";
            case REFUSED -> "REFUSED " + error + ": " + reason;
            case DROPPED -> "DROPPED";
            case CLOSED -> "CLOSED: " + reason;
        };
    }
}
