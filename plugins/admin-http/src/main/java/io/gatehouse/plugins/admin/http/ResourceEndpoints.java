/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.plugins.admin.http;

import io.gatehouse.plugins.admin.http.ApiHandler.Answer;
import io.gatehouse.plugins.admin.http.ApiHandler.Call;
import io.gatehouse.spi.operations.ResourceOperations;
import io.gatehouse.spi.operations.ResourceOperations.Change;
import io.gatehouse.spi.operations.ResourceOperations.Document;
import io.gatehouse.spi.operations.ResourceOperations.Options;
import io.gatehouse.spi.resources.Precondition;
import io.gatehouse.spi.resources.ResourceOutcome;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** {@code /{kind}} and {@code /{kind}/{name}}. Thread-safe. */
final class ResourceEndpoints {

    private final ResourceOperations resources;

    ResourceEndpoints(ResourceOperations resources) {
        this.resources = resources;
    }

    Answer answer(Call call) {
        String kind = call.path().get(0);
        if (call.path().size() > 2 || call.path().get(call.path().size() - 1).isEmpty()) {
            throw Problem.notFound("path: too long (expected: /api/v1/" + kind + " or /api/v1/" + kind + "/{name})");
        }
        requireKind(kind);
        if (call.path().size() == 1) {
            return switch (call.method()) {
                case "GET", "HEAD" -> list(kind, call);
                default -> throw ApiHandler.methodNotAllowed(call, "GET");
            };
        }
        String name = call.path().get(1);
        return switch (call.method()) {
            case "GET", "HEAD" -> get(kind, name, call);
            case "PUT" -> put(kind, name, call);
            case "DELETE" -> delete(kind, name, call);
            default -> throw ApiHandler.methodNotAllowed(call, "GET", "PUT", "DELETE");
        };
    }

    private void requireKind(String kind) {
        List<String> kinds =
                resources.kinds().stream().map(ResourceOperations.Kind::name).toList();
        if (!kinds.contains(kind) && resources.list(kind).isEmpty()) {
            throw new Problem(
                    404,
                    "unknown-kind",
                    "There is no such kind",
                    "kind " + kind + " is offered by no loaded plugin (expected: one of " + String.join(", ", kinds)
                            + ")");
        }
    }

    private Answer list(String kind, Call call) {
        call.requireParameters(Page.LIMIT, Page.AFTER, "selector");
        Map<String, String> selector = selector(call.parameter("selector").orElse(""));
        List<Document> matching = resources.list(kind).stream()
                .filter(document -> matches(document, selector))
                .toList();
        return Answer.ok(Page.of(
                call,
                matching,
                after -> document -> document.name().compareTo(after) > 0,
                Document::name,
                ResourceEndpoints::shown));
    }

    private static Map<String, String> selector(String text) {
        Map<String, String> selector = new LinkedHashMap<>();
        for (String term : text.isEmpty() ? new String[0] : text.split(",")) {
            int equals = term.indexOf('=');
            if (equals < 1) {
                throw Problem.badRequest(
                        "selector: \"" + text + "\" (expected: label=value, several parted by commas)");
            }
            selector.put(
                    term.substring(0, equals).strip(),
                    term.substring(equals + 1).strip());
        }
        return selector;
    }

    private static boolean matches(Document document, Map<String, String> selector) {
        Map<?, ?> labels = document.document().get("metadata") instanceof Map<?, ?> metadata
                        && metadata.get("labels") instanceof Map<?, ?> map
                ? map
                : Map.of();
        return selector.entrySet().stream().allMatch(term -> term.getValue().equals(labels.get(term.getKey())));
    }

    /** The document as it would be written, and what the gateway says about it, which is ignored when it is written back. */
    private static Map<String, Object> shown(Document document) {
        Map<String, Object> shown = new LinkedHashMap<>(document.document());
        Map<String, Object> status = new LinkedHashMap<>();
        status.put("version", document.version());
        status.put("origin", document.origin());
        status.put("problems", document.problems());
        shown.put("status", status);
        return shown;
    }

    private Answer get(String kind, String name, Call call) {
        call.requireParameters();
        Document document = resources
                .get(kind, name)
                .orElseThrow(() -> Problem.notFound(kind + "/" + name + " (expected: a resource that is there)"));
        return new Answer(200, shown(document), Map.of("ETag", etag(document.version())));
    }

    private static String etag(String version) {
        return '"' + version + '"';
    }

    private Answer put(String kind, String name, Call call) {
        call.requireParameters("dryRun", "allowPending");
        Map<String, Object> document = call.object();
        ResourceOutcome outcome =
                ApiHandler.await(resources.put(kind, name, document, precondition(kind, name, call), options(call)));
        return changed(outcome, call);
    }

    private Answer delete(String kind, String name, Call call) {
        call.requireParameters("dryRun");
        Precondition precondition = precondition(kind, name, call);
        ResourceOutcome outcome = ApiHandler.await(resources.delete(kind, name, precondition, options(call)));
        if (outcome.result() == ResourceOutcome.Result.UNCHANGED) {
            throw Problem.notFound(kind + "/" + name + " (expected: a resource that is there)");
        }
        return changed(outcome, call);
    }

    /** {@code POST /apply}: several at once, all or none. */
    Answer apply(Call call) {
        if (call.path().size() != 1) {
            throw Problem.notFound("path: apply/... (expected: apply)");
        }
        if (!call.method().equals("POST")) {
            throw ApiHandler.methodNotAllowed(call, "POST");
        }
        call.requireParameters("dryRun", "allowPending");
        Map<String, Object> body = call.object();
        if (!Set.of("put", "delete").containsAll(body.keySet())) {
            throw Problem.badRequest("body: " + body.keySet() + " (expected: put and delete)");
        }
        List<Change> changes = new ArrayList<>();
        objects(body, "put").forEach(document -> {
            Object name = document.get("metadata") instanceof Map<?, ?> metadata ? metadata.get("name") : null;
            changes.add(new Change(
                    text("put[].kind", document.get("kind")),
                    text("put[].metadata.name", name),
                    Optional.of(document),
                    Precondition.NONE));
        });
        objects(body, "delete")
                .forEach(resource -> changes.add(new Change(
                        text("delete[].kind", resource.get("kind")),
                        text("delete[].name", resource.get("name")),
                        Optional.empty(),
                        Precondition.NONE)));
        List<Object> items = new ArrayList<>();
        for (ResourceOutcome outcome : ApiHandler.await(resources.change(changes, options(call)))) {
            items.add(changed(outcome, call).body());
        }
        return Answer.ok(Map.of("items", items));
    }

    private static List<Map<String, Object>> objects(Map<String, Object> body, String key) {
        List<Map<String, Object>> objects = new ArrayList<>();
        if (!(body.getOrDefault(key, List.of()) instanceof List<?> list)) {
            throw Problem.badRequest(key + ": no list (expected: a list of objects)");
        }
        for (Object each : list) {
            if (!(each instanceof Map<?, ?> map)) {
                throw Problem.badRequest(key + "[]: no object (expected: an object)");
            }
            Map<String, Object> object = new LinkedHashMap<>();
            map.forEach((name, value) -> object.put(String.valueOf(name), value));
            objects.add(object);
        }
        return objects;
    }

    private static String text(String path, Object value) {
        if (value instanceof String text && !text.isEmpty()) {
            return text;
        }
        throw Problem.badRequest(path + ": " + (value == null ? "missing" : "no text") + " (expected: a text)");
    }

    private static Options options(Call call) {
        return new Options(
                call.flag("dryRun"), call.flag("allowPending"), call.operator().name());
    }

    private static Answer changed(ResourceOutcome outcome, Call call) {
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("result", outcome.result().name().toLowerCase(Locale.ROOT));
        body.put("kind", outcome.kind());
        body.put("name", outcome.name());
        outcome.version().ifPresent(version -> body.put("version", version));
        body.put("dryRun", call.flag("dryRun"));
        body.put("warnings", outcome.warnings());
        boolean created = outcome.result() == ResourceOutcome.Result.CREATED && !call.flag("dryRun");
        return new Answer(
                created ? 201 : 200,
                body,
                outcome.version().map(version -> Map.of("ETag", etag(version))).orElse(Map.of()));
    }

    private Precondition precondition(String kind, String name, Call call) {
        String ifMatch = call.headers().get("if-match");
        String ifNoneMatch = call.headers().get("if-none-match");
        if (ifMatch != null && ifNoneMatch != null) {
            throw Problem.badRequest("If-Match with If-None-Match (expected: one of both)");
        }
        if (ifNoneMatch != null) {
            if (!ifNoneMatch.strip().equals("*")) {
                throw Problem.badRequest("If-None-Match: " + ifNoneMatch + " (expected: *)");
            }
            return Precondition.ABSENT;
        }
        if (ifMatch == null) {
            return Precondition.NONE;
        }
        String wanted = ifMatch.strip();
        if (wanted.equals("*")) {
            Optional<Document> now = resources.get(kind, name);
            return Precondition.version(now.map(Document::version)
                    .orElseThrow(() -> new Problem(
                            412, "conflict", "The resource has changed", kind + "/" + name + " is not there")));
        }
        if (wanted.length() < 3 || !wanted.startsWith("\"") || !wanted.endsWith("\"") || wanted.contains(",")) {
            throw Problem.badRequest("If-Match: " + ifMatch + " (expected: one ETag, such as \"5f1c2a\", or *)");
        }
        return Precondition.version(wanted.substring(1, wanted.length() - 1));
    }
}
