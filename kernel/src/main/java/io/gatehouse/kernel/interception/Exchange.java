/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel.interception;

import io.gatehouse.kernel.interception.Chain.RequestStep;
import io.gatehouse.kernel.interception.Chain.ResponseStep;
import io.gatehouse.spi.ConnectionInfo;
import io.gatehouse.spi.User;
import io.gatehouse.spi.interception.ClusterGroups;
import io.gatehouse.spi.interception.Decision;
import io.gatehouse.spi.interception.RequestContext;
import io.gatehouse.spi.interception.ResponseContext;
import io.gatehouse.spi.interception.ResponseHandler;
import io.gatehouse.spi.interception.TopicNames;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/**
 * One request that somebody looks at, and its response: walks the chain towards the broker and back, and tells its {@link Outcome} what
 * was decided. One decision at a time; what is decided at once needs no further object.
 *
 * <p>Belongs to the connection's event loop.
 */
public final class Exchange implements RequestContext, ResponseContext {

    /** What was decided. Called on the event loop, possibly before the call that started it has returned. */
    public interface Outcome {

        /** The request goes to the broker. */
        void forward(Exchange exchange, ApiMessage request, boolean changed);

        /** The request was answered, or refused, in the broker's place. */
        void answer(Exchange exchange, ApiMessage response);

        /** A request that expects no response was answered: nothing happens. */
        void drop(Exchange exchange);

        /** The broker's response goes to the client. */
        void respond(Exchange exchange, ApiMessage response, boolean changed);

        /** The connection has to be closed. */
        void close(Exchange exchange, String reason);
    }

    private final ChainHost host;
    private final Chain chain;
    private final ApiKeys api;
    private final short version;
    private final int correlationId;
    private final boolean expectsResponse;
    private final @Nullable String clientId;
    private final int firstLink;
    private final Outcome outcome;

    private int currentLink;
    private int requestStep;
    private @Nullable ApiMessage message;
    private boolean changed;
    private boolean deciding;
    private boolean answered;
    private boolean ended;
    private @Nullable Object @Nullable [] attachments;
    private List<OwnHandler> responseHandlers = List.of();
    private List<ResponseCall> responseCalls = List.of();
    private int responseCall;

    /** A handler for the response of this request only. */
    private record OwnHandler(int link, ResponseHandler<?> handler) {}

    /** A response handler that is to be called: a subscription, or else one for this request only. */
    private record ResponseCall(
            int link,
            ActiveInterceptor owner,
            Link.@Nullable ResponseSubscription subscription,
            @Nullable ResponseHandler<?> handler) {}

    /** A request of the client. */
    public Exchange(
            ChainHost host,
            Chain chain,
            ApiKeys api,
            short version,
            int correlationId,
            boolean expectsResponse,
            @Nullable String clientId,
            Outcome outcome) {
        this(host, chain, api, version, correlationId, expectsResponse, clientId, 0, outcome);
    }

    private Exchange(
            ChainHost host,
            Chain chain,
            ApiKeys api,
            short version,
            int correlationId,
            boolean expectsResponse,
            @Nullable String clientId,
            int firstLink,
            Outcome outcome) {
        this.host = host;
        this.chain = chain;
        this.api = api;
        this.version = version;
        this.correlationId = correlationId;
        this.expectsResponse = expectsResponse;
        this.clientId = clientId;
        this.firstLink = firstLink;
        this.outcome = outcome;
        chain.retain();
    }

    /** Walks the request, all of it, towards the broker. */
    public void request(ApiMessage request) {
        request(request, false);
    }

    /** The session id that stands in the broker's response to a Fetch. */
    public void fetchSession(int sessionId) {
        chain.sessions().note(sessionId);
    }

    /** Walks the broker's response, all of it, towards the client. */
    public void response(ApiMessage response) {
        response(response, false);
    }

    /**
     * Walks the request towards the broker.
     *
     * @param lessThanFrame whether the frame says more, which must not go on
     */
    public void request(ApiMessage request, boolean lessThanFrame) {
        message = request;
        changed = lessThanFrame;
        deciding = true;
        runRequest();
    }

    /**
     * Walks the broker's response towards the client.
     *
     * @param lessThanFrame whether the frame says more, which must not go on
     */
    public void response(ApiMessage response, boolean lessThanFrame) {
        message = response;
        changed = lessThanFrame;
        beginResponse(chain.length() - 1);
    }

    /** Whether anybody wants the response of this very request. */
    public boolean wantsResponse() {
        return !responseHandlers.isEmpty() || chain.wantsResponse(api.id);
    }

    /** Whether an interceptor that may still see it is of that generation of a plugin. */
    public boolean holds(Object generation) {
        return chain.holds(generation);
    }

    /** Over, however it ended: late decisions are ignored, and the chain is let go. */
    public void end() {
        if (!ended) {
            ended = true;
            chain.release();
        }
    }

    /** The message as it is now. */
    public ApiMessage message() {
        if (message == null) {
            throw new IllegalStateException("no message yet");
        }
        return message;
    }

    /** False for Produce with {@code acks=0}. */
    public boolean expectsResponse() {
        return expectsResponse;
    }

    /** Whether it is an interceptor's own request, whose response never reaches the client. */
    public boolean isOwn() {
        return outcome instanceof OwnRequest;
    }

    /** As the client sent it. */
    public int correlationId() {
        return correlationId;
    }

    private void runRequest() {
        RequestStep[] steps = chain.requestSteps(api);
        while (requestStep < steps.length) {
            RequestStep step = steps[requestStep];
            if (step.link() >= firstLink) {
                currentLink = step.link();
                Decision decision = decide(step);
                if (decision == null || !applyToRequest(decision)) {
                    return;
                }
            }
            requestStep++;
        }
        deciding = false;
        outcome.forward(this, message(), changed);
    }

    private @Nullable Decision decide(RequestStep step) {
        ActiveInterceptor owner = step.owner();
        Link.RequestSubscription subscription = step.subscription();
        ClassLoader before = owner.enter();
        try {
            if (subscription.handler() != null) {
                return DecisionContract.onRequest(api, subscription.handler().handle(message(), this));
            }
            return new PendingDecision(this, owner, subscription.options(), true, this::resumeRequest)
                    .await(subscription.asyncHandler().handle(message(), this));
        } catch (Throwable e) {
            owner.failed("request handler of " + api, e);
            return DecisionContract.failedRequest(owner);
        } finally {
            owner.exit(before);
        }
    }

    private void resumeRequest(Decision decision) {
        if (applyToRequest(decision)) {
            requestStep++;
            runRequest();
        }
    }

    /** Whether the walk goes on. */
    private boolean applyToRequest(Decision decision) {
        if (decision instanceof Decision.Forward forward) {
            if (forward.message() != null) {
                message = forward.message();
                changed = true;
            }
            if (forward.responseHandler() != null) {
                keepResponseHandler(forward.responseHandler());
            }
            return true;
        }
        deciding = false;
        if (decision instanceof Decision.Close close) {
            outcome.close(this, close.reason());
            return false;
        }
        if (!expectsResponse) {
            if (decision instanceof Decision.Refuse refuse) {
                outcome.close(this, api + " with acks=0 refused: " + refuse.error() + ": " + refuse.reason());
            } else {
                outcome.drop(this);
            }
            return false;
        }
        if (decision instanceof Decision.Respond respond) {
            answer(respond.response());
        } else if (decision instanceof Decision.Refuse refuse) {
            refuse(refuse.error(), refuse.reason());
        }
        return false;
    }

    /** Refuses a request for a reason of the kernel's, before any interceptor sees it. */
    public void refuseAtOnce(ApiMessage request, Errors error, String reason) {
        message = request;
        currentLink = 0;
        if (!expectsResponse) {
            outcome.close(this, api + " with acks=0 refused: " + error + ": " + reason);
            return;
        }
        refuse(error, reason);
    }

    private void refuse(Errors error, String reason) {
        ApiMessage response = errorResponse(error, reason);
        if (response == null) {
            outcome.close(this, api + " refused: " + error + ": " + reason);
            return;
        }
        answer(response);
    }

    /** Null when there is no error form, or a handler has left a message that cannot even be answered. */
    private @Nullable ApiMessage errorResponse(Errors error, String reason) {
        try {
            return host.codec().errorResponse(api, version, message(), error, reason);
        } catch (RuntimeException e) {
            chain.owner(currentLink).failed("request handler of " + api, e);
            return null;
        }
    }

    private void answer(ApiMessage response) {
        answered = true;
        message = response;
        changed = true;
        beginResponse(currentLink - 1);
    }

    private void keepResponseHandler(ResponseHandler<?> handler) {
        if (responseHandlers.isEmpty()) {
            responseHandlers = new ArrayList<>(1);
        }
        responseHandlers.add(new OwnHandler(currentLink, handler));
    }

    private void beginResponse(int fromLink) {
        List<ResponseStep> steps = chain.responseSteps(api);
        List<ResponseCall> calls = new ArrayList<>();
        for (int link = fromLink; link >= firstLink; link--) {
            for (ResponseStep step : steps) {
                if (step.link() == link) {
                    calls.add(new ResponseCall(link, step.owner(), step.subscription(), null));
                }
            }
            for (OwnHandler own : responseHandlers) {
                if (own.link() == link) {
                    calls.add(new ResponseCall(link, chain.owner(link), null, own.handler()));
                }
            }
        }
        responseCalls = calls;
        responseCall = 0;
        runResponse();
    }

    private void runResponse() {
        while (responseCall < responseCalls.size()) {
            ResponseCall call = responseCalls.get(responseCall);
            currentLink = call.link();
            Decision decision = decide(call);
            if (decision == null || !applyToResponse(decision)) {
                return;
            }
            responseCall++;
        }
        if (answered) {
            outcome.answer(this, message());
            return;
        }
        outcome.respond(this, message(), changed);
    }

    @SuppressWarnings("unchecked")
    private @Nullable Decision decide(ResponseCall call) {
        ActiveInterceptor owner = call.owner();
        ClassLoader before = owner.enter();
        try {
            if (call.handler() != null) {
                return DecisionContract.onResponse(
                        api, ((ResponseHandler<ApiMessage>) call.handler()).handle(message(), this));
            }
            Link.ResponseSubscription subscription = Objects.requireNonNull(call.subscription());
            if (subscription.handler() != null) {
                return DecisionContract.onResponse(api, subscription.handler().handle(message(), this));
            }
            return new PendingDecision(this, owner, subscription.options(), false, this::resumeResponse)
                    .await(subscription.asyncHandler().handle(message(), this));
        } catch (Throwable e) {
            owner.failed("response handler of " + api, e);
            return DecisionContract.failedResponse(owner);
        } finally {
            owner.exit(before);
        }
    }

    private void resumeResponse(Decision decision) {
        if (applyToResponse(decision)) {
            responseCall++;
            runResponse();
        }
    }

    private boolean applyToResponse(Decision decision) {
        if (decision instanceof Decision.Forward forward) {
            if (forward.message() != null) {
                message = forward.message();
                changed = true;
            }
            return true;
        }
        if (decision instanceof Decision.Close close) {
            outcome.close(this, close.reason());
        }
        return false;
    }

    @Override
    public CompletionStage<ApiMessage> send(ApiMessage own) {
        CompletableFuture<ApiMessage> response = new CompletableFuture<>();
        int from = currentLink + 1;
        if (host.executor().inEventLoop()) {
            OwnRequest.send(this, own, from, response);
        } else {
            host.executor().execute(() -> OwnRequest.send(this, own, from, response));
        }
        return response;
    }

    /** Walks an interceptor's own request through the rest of this exchange's chain, as that interceptor's position sees it. */
    void walkOwn(ApiMessage own, short ownVersion, int from, OwnRequest outcome) {
        Exchange child =
                new Exchange(host, chain, ApiKeys.forId(own.apiKey()), ownVersion, 0, true, clientId, from, outcome);
        try {
            child.request(own);
        } catch (RuntimeException e) {
            child.fail(e);
        }
    }

    /** Fails an interceptor's own request: the connection has closed. */
    public void fail(Throwable cause) {
        if (outcome instanceof OwnRequest own) {
            own.response().completeExceptionally(cause);
        }
        end();
    }

    /** Whether an own request may still be sent for it: its decision is awaited. */
    boolean isDeciding() {
        return deciding && !ended;
    }

    boolean hasEnded() {
        return ended;
    }

    ChainHost host() {
        return host;
    }

    void close(String reason) {
        outcome.close(this, reason);
    }

    @Override
    public User user() {
        return chain.user();
    }

    @Override
    public ConnectionInfo connection() {
        return host.connection();
    }

    @Override
    public ApiKeys apiKey() {
        return api;
    }

    @Override
    public short apiVersion() {
        return version;
    }

    @Override
    public @Nullable String clientId() {
        return clientId;
    }

    @Override
    public TopicNames topics() {
        return chain.topics(currentLink, host);
    }

    @Override
    public ClusterGroups groups() {
        return new LinkGroups(host.groups(), host.executor());
    }

    @Override
    public void attach(@Nullable Object attachment) {
        if (attachments == null) {
            attachments = new Object[chain.length()];
        }
        attachments[currentLink] = attachment;
    }

    @Override
    public @Nullable Object attachment() {
        return attachments == null ? null : attachments[currentLink];
    }
}
