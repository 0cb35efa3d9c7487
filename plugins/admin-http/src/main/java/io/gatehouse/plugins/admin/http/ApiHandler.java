/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.plugins.admin.http;

import io.gatehouse.spi.operations.Operations;
import io.gatehouse.spi.resources.ResourceException;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.ByteBuffer;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import org.eclipse.jetty.http.BadMessageException;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.Fields;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Every request of the API: who asks, what for, and the answer or a problem document. Thread-safe; may block its thread. */
final class ApiHandler extends Handler.Abstract {

    static final String PROBLEM_JSON = "application/problem+json";

    private static final Logger log = LoggerFactory.getLogger(ApiHandler.class);
    private static final String JSON = "application/json";
    private static final String ROOT = "/api/v1/";
    private static final int TOO_LARGE = 413;
    private static final long ANSWER_SECONDS = 60;
    private static final long DISCARDING_NANOS = TimeUnit.SECONDS.toNanos(10);
    private static final long QUIET_NANOS = TimeUnit.MILLISECONDS.toNanos(500);
    private static final long POLL_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

    private final AdminHttpConfig config;
    private final Access access;
    private final Operations operations;
    private final FailureLimit failures;
    private final ResourceEndpoints resources;
    private final OperationsEndpoints others;

    ApiHandler(AdminHttpConfig config, Access access, Operations operations) {
        this.config = config;
        this.access = access;
        this.operations = operations;
        this.failures = new FailureLimit(config.failuresPerMinute(), System::nanoTime);
        this.resources = new ResourceEndpoints(operations.resources());
        this.others = new OperationsEndpoints(operations);
    }

    /**
     * What a request says, read whole.
     *
     * @param path the segments after {@code /api/v1}, decoded
     */
    record Call(
            String method,
            List<String> path,
            Map<String, List<String>> query,
            Map<String, String> headers,
            byte[] body,
            Operator operator) {

        /** Empty when it is left out, and when it has no value. */
        Optional<String> parameter(String name) {
            List<String> values = query.getOrDefault(name, List.of());
            if (values.size() > 1) {
                throw Problem.badRequest(name + ": " + values + " (expected: once)");
            }
            return values.stream().findFirst().filter(value -> !value.isEmpty());
        }

        boolean flag(String name) {
            if (!query.containsKey(name)) {
                return false;
            }
            String value = parameter(name).orElse("");
            if (!value.equals("true") && !value.equals("false")) {
                throw Problem.badRequest(name + ": \"" + value + "\" (expected: true or false)");
            }
            return value.equals("true");
        }

        Map<String, Object> object() {
            return Bodies.object(body, headers.get("content-type"));
        }

        /** What is misspelled would be ignored, and a dry run be a run. */
        void requireParameters(String... known) {
            for (String name : query.keySet()) {
                if (!List.of(known).contains(name)) {
                    throw Problem.badRequest("parameter " + name + " (expected: "
                            + (known.length == 0 ? "none" : "one of " + String.join(", ", known)) + ")");
                }
            }
        }
    }

    /** An answer. */
    record Answer(int status, Object body, Map<String, String> headers) {

        static Answer ok(Object body) {
            return new Answer(200, body, Map.of());
        }
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) {
        try {
            send(response, answer(request), JSON, callback);
        } catch (Problem e) {
            refuse(request, response, e, callback);
        } catch (RuntimeException | IOException e) {
            log.error(
                    "{} {} could not be answered",
                    request.getMethod(),
                    request.getHttpURI().getPath(),
                    e);
            Problem problem = new Problem(500, "internal", "The gateway failed", "its log says why");
            refuse(request, response, problem, callback);
        }
        return true;
    }

    /** A connection on which a body that nobody wants is still to come is of no more use, and the client must know. */
    private static void refuse(Request request, Response response, Problem problem, Callback callback) {
        if (problem.status() == TOO_LARGE) {
            discard(request);
        }
        if (!request.consumeAvailable()) {
            response.getHeaders().put(HttpHeader.CONNECTION, "close");
        }
        send(response, new Answer(problem.status(), problem.document(), problem.headers()), PROBLEM_JSON, callback);
    }

    /**
     * Takes what an operator goes on to send, as far as that is reasonable: a client that writes to a connection that has ended may see nothing
     * but that, and not the answer (RFC 9112, section 9.6).
     */
    private static void discard(Request request) {
        long now = System.nanoTime();
        long end = now + DISCARDING_NANOS;
        long quiet = now + QUIET_NANOS;
        while (now < end && now < quiet) {
            Content.Chunk chunk = request.read();
            if (chunk == null) {
                LockSupport.parkNanos(POLL_NANOS);
            } else {
                quiet = System.nanoTime() + QUIET_NANOS;
                chunk.release();
                if (chunk.isLast()) {
                    return;
                }
            }
            now = System.nanoTime();
        }
    }

    private static void send(Response response, Answer answer, String contentType, Callback callback) {
        response.setStatus(answer.status());
        response.getHeaders().put(HttpHeader.CONTENT_TYPE, contentType);
        response.getHeaders().put(HttpHeader.CACHE_CONTROL, "no-store");
        response.getHeaders().put("X-Content-Type-Options", "nosniff");
        answer.headers().forEach((name, value) -> response.getHeaders().put(name, value));
        response.write(true, ByteBuffer.wrap(Bodies.json(answer.body())), callback);
    }

    private Answer answer(Request request) throws IOException {
        String path = request.getHttpURI().getCanonicalPath();
        boolean reads = request.getMethod().equals("GET") || request.getMethod().equals("HEAD");
        if (reads && (ROOT + "openapi.json").equals(path)) {
            return Answer.ok(OpenApi.document(operations));
        }
        Operator operator = operator(request);
        if (path == null || !path.startsWith(ROOT)) {
            throw Problem.notFound("path: " + path + " (expected: one that begins with " + ROOT + ")");
        }
        requireSameOrigin(request);
        if (!reads && !operator.mayWrite()) {
            throw new Problem(
                    403,
                    "forbidden",
                    "You may not change anything",
                    operator.name() + " is read-only (expected: a user that is read-write)");
        }
        return dispatch(call(request, path, operator));
    }

    private Operator operator(Request request) {
        String address = Request.getRemoteAddr(request);
        String authorization = request.getHeaders().get(HttpHeader.AUTHORIZATION);
        Optional<X509Certificate> certificate = certificate(request);
        if (!Access.hasCredentials(authorization, certificate)) {
            throw unauthorized("no credentials (expected: a user with password, or a bearer token)");
        }
        if (failures.isExceeded(address)) {
            throw new Problem(
                            429,
                            "too-many-failures",
                            "Too many logins were refused",
                            "too many from " + address + " (expected: to be asked again in a minute)")
                    .with("Retry-After", "60");
        }
        Optional<Operator> operator = access.operator(authorization, certificate);
        if (operator.isEmpty()) {
            failures.failed(address);
            operations.audit("admin.login", Map.of("outcome", "failure", "client", address));
            throw unauthorized("the credentials are not accepted (expected: those of a user of this API)");
        }
        return operator.get();
    }

    private Problem unauthorized(String detail) {
        return new Problem(401, "unauthorized", "You are not logged in", detail)
                .with(
                        "WWW-Authenticate",
                        config.bearer().isPresent() && config.users().isEmpty()
                                ? "Bearer realm=\"gatehouse\""
                                : "Basic realm=\"gatehouse\", charset=\"UTF-8\"");
    }

    private static Optional<X509Certificate> certificate(Request request) {
        return request.getAttribute(EndPoint.SslSessionData.ATTRIBUTE) instanceof EndPoint.SslSessionData session
                        && session.peerCertificates() != null
                        && session.peerCertificates().length > 0
                ? Optional.of(session.peerCertificates()[0])
                : Optional.empty();
    }

    /** A browser that knows the password must not be led here by somebody else's page. */
    private static void requireSameOrigin(Request request) {
        String origin = request.getHeaders().get(HttpHeader.ORIGIN);
        String host = request.getHeaders().get(HttpHeader.HOST);
        if (origin == null) {
            return;
        }
        try {
            if (URI.create(origin).getRawAuthority() != null
                    && URI.create(origin).getRawAuthority().equals(host)) {
                return;
            }
        } catch (IllegalArgumentException e) {
            // Told below.
        }
        throw new Problem(
                403,
                "foreign-origin",
                "The request comes from another site",
                "Origin: " + origin + " (expected: none)");
    }

    private Call call(Request request, String path, Operator operator) throws IOException {
        List<String> segments =
                new ArrayList<>(List.of(path.substring(ROOT.length()).split("/", -1)));
        Map<String, List<String>> query = new LinkedHashMap<>();
        for (Fields.Field field : parameters(request)) {
            query.put(field.getName(), field.getValues());
        }
        Map<String, String> headers = new LinkedHashMap<>();
        for (HttpHeader header : List.of(HttpHeader.CONTENT_TYPE, HttpHeader.IF_MATCH, HttpHeader.IF_NONE_MATCH)) {
            String value = request.getHeaders().get(header);
            if (value != null) {
                headers.put(header.lowerCaseName(), value);
            }
        }
        return new Call(request.getMethod(), List.copyOf(segments), query, headers, body(request), operator);
    }

    private static Fields parameters(Request request) {
        try {
            return Request.extractQueryParameters(request);
        } catch (IllegalArgumentException | IllegalStateException | BadMessageException e) {
            throw Problem.badRequest(
                    "parameters: not readable (expected: name=value, parted by &, percent-encoded UTF-8)");
        }
    }

    private byte[] body(Request request) throws IOException {
        long limit = config.maxBody().bytes();
        if (request.getLength() > limit) {
            throw tooLarge(limit);
        }
        // Not closed: closing before the end fails the request, and the answer with it.
        InputStream in = Content.Source.asInputStream(request);
        byte[] body = in.readNBytes((int) limit + 1);
        if (body.length > limit) {
            throw tooLarge(limit);
        }
        return body;
    }

    private static Problem tooLarge(long limit) {
        return new Problem(
                        TOO_LARGE,
                        "too-large",
                        "The body is too large",
                        "it has more than " + limit + " bytes (expected: up to that, see maxBody)")
                .with("Connection", "close");
    }

    private Answer dispatch(Call call) {
        String first = call.path().get(0);
        if (first.isEmpty()) {
            throw Problem.notFound("path: " + ROOT + " (expected: a kind, plugins, connections, explain, ...)");
        }
        if (first.equals("apply")) {
            return resources.apply(call);
        }
        return Character.isUpperCase(first.charAt(0)) ? resources.answer(call) : others.answer(call);
    }

    static Problem methodNotAllowed(Call call, String... allowed) {
        return new Problem(
                        405,
                        "method",
                        "This cannot be done here",
                        call.method() + " (expected: " + String.join(" or ", allowed) + ")")
                .with("Allow", String.join(", ", allowed));
    }

    /** Waits for an answer of the gateway; its refusals become problems. */
    static <T> T await(CompletionStage<T> stage) {
        try {
            return stage.toCompletableFuture().get(ANSWER_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException | CompletionException e) {
            Throwable cause = e.getCause();
            while (cause instanceof CompletionException && cause.getCause() != null) {
                cause = cause.getCause();
            }
            if (cause instanceof ResourceException refusal) {
                throw Problem.of(refusal);
            }
            if (cause instanceof IllegalArgumentException || cause instanceof NoSuchElementException) {
                throw Problem.badRequest(String.valueOf(cause.getMessage()));
            }
            throw new IllegalStateException(cause);
        } catch (TimeoutException e) {
            throw new Problem(
                    503, "unavailable", "The gateway did not answer in time", "after " + ANSWER_SECONDS + " s");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Problem(503, "unavailable", "The gateway stops", "interrupted");
        }
    }
}
