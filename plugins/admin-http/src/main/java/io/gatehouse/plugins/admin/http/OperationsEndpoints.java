/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.plugins.admin.http;

import io.gatehouse.plugins.admin.http.ApiHandler.Answer;
import io.gatehouse.plugins.admin.http.ApiHandler.Call;
import io.gatehouse.spi.operations.ConnectionState;
import io.gatehouse.spi.operations.Explanation;
import io.gatehouse.spi.operations.ExplanationRequest;
import io.gatehouse.spi.operations.HealthState;
import io.gatehouse.spi.operations.IssuedToken;
import io.gatehouse.spi.operations.Operations;
import io.gatehouse.spi.operations.PluginState;
import io.gatehouse.spi.operations.ResourceOperations;
import io.gatehouse.spi.operations.UserTokens;
import io.gatehouse.spi.resources.ResourceException;
import java.lang.reflect.RecordComponent;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What is no resource: plugins, connections, explanations, health, kinds. Thread-safe. */
final class OperationsEndpoints {

    private static final Pattern LIFETIME = Pattern.compile("(\\d{1,9})([smhd])");

    private final Operations operations;

    OperationsEndpoints(Operations operations) {
        this.operations = operations;
    }

    Answer answer(Call call) {
        return switch (call.path().get(0)) {
            case "kinds" -> kinds(call);
            case "problems" -> problems(call);
            case "plugins" -> plugins(call);
            case "connections" -> connections(call);
            case "explain" -> explain(call);
            case "health" -> health(call);
            case "users" -> tokens(call);
            case "reload" -> reload(call);
            default ->
                throw Problem.notFound(
                        "path: " + String.join("/", call.path())
                                + " (expected: a kind, or one of kinds, problems, plugins, connections, explain, health, users, reload)");
        };
    }

    private static void require(Call call, int segments, String... methods) {
        if (call.path().size() != segments) {
            throw Problem.notFound("path: " + String.join("/", call.path()) + " (expected: " + segments + " parts)");
        }
        String method = call.method().equals("HEAD") ? "GET" : call.method();
        if (!List.of(methods).contains(method)) {
            throw ApiHandler.methodNotAllowed(call, methods);
        }
    }

    private Answer kinds(Call call) {
        require(call, 1, "GET");
        call.requireParameters();
        List<Object> items = new ArrayList<>();
        for (ResourceOperations.Kind kind : operations.resources().kinds()) {
            items.add(tree(kind));
        }
        return Answer.ok(Map.of("items", items));
    }

    private Answer problems(Call call) {
        require(call, 1, "GET");
        call.requireParameters();
        return Answer.ok(Map.of("items", operations.resources().problems()));
    }

    private Answer plugins(Call call) {
        if (call.path().size() == 2 && call.path().get(1).equals("rescan")) {
            require(call, 2, "POST");
            call.requireParameters();
            operations.audit("plugins.rescan", Map.of("actor", call.operator().name()));
            return Answer.ok(Map.of("items", trees(operations.rescanPlugins())));
        }
        require(call, 1, "GET");
        call.requireParameters();
        List<PluginState> plugins = operations.plugins();
        return Answer.ok(Map.of("items", trees(plugins)));
    }

    private Answer connections(Call call) {
        if (call.path().size() == 2) {
            require(call, 2, "DELETE");
            call.requireParameters();
            String id = call.path().get(1);
            if (!ApiHandler.await(operations.closeConnection(id, call.operator().name()))) {
                throw Problem.notFound("connection " + id + " (expected: one that is open)");
            }
            return Answer.ok(Map.of("closed", 1));
        }
        require(call, 1, "GET", "DELETE");
        Optional<String> username = call.parameter("username");
        if (call.method().equals("DELETE")) {
            call.requireParameters("username");
            String name = username.orElseThrow(
                    () -> Problem.badRequest("username: missing (expected: whose connections are to be closed)"));
            return Answer.ok(Map.of(
                    "closed",
                    ApiHandler.await(
                            operations.closeConnectionsOf(name, call.operator().name()))));
        }
        call.requireParameters("username", Page.LIMIT, Page.AFTER);
        List<ConnectionState> connections = ApiHandler.await(operations.connections()).stream()
                .filter(each -> username.isEmpty() || each.username().equals(username))
                .toList();
        return Answer.ok(Page.of(
                call,
                connections,
                after -> {
                    long last = number(after);
                    return each -> number(each.id()) > last;
                },
                ConnectionState::id,
                OperationsEndpoints::tree));
    }

    /** Ids are counted, so that whoever has gone meanwhile is no gap. */
    private static long number(String id) {
        try {
            return Long.parseLong(id);
        } catch (NumberFormatException e) {
            throw Problem.badRequest("after: \"" + id + "\" (expected: the next of the page before)");
        }
    }

    private Answer explain(Call call) {
        require(call, 1, "GET");
        call.requireParameters(
                "connection",
                "listener",
                "authentication",
                "principal",
                "username",
                "group",
                "virtualCluster",
                "api",
                "resource",
                "address");
        Set<String> groups = new TreeSet<>(call.query().getOrDefault("group", List.of()));
        Explanation explanation = ApiHandler.await(operations.explain(new ExplanationRequest(
                call.parameter("connection"),
                call.parameter("listener"),
                call.parameter("authentication"),
                call.parameter("principal"),
                call.parameter("username"),
                groups,
                call.parameter("virtualCluster"),
                call.parameter("api"),
                call.parameter("resource"),
                call.parameter("address"))));
        return Answer.ok(tree(explanation));
    }

    private Answer tokens(Call call) {
        if (call.path().size() != 3 || !call.path().get(2).equals("tokens")) {
            throw Problem.notFound("path: " + String.join("/", call.path()) + " (expected: users/{name}/tokens)");
        }
        require(call, 3, "POST", "DELETE");
        call.requireParameters("authentication");
        UserTokens issuer = issuer(call);
        String username = call.path().get(1);
        try {
            return call.method().equals("POST") ? issue(call, issuer, username) : revoke(call, issuer, username);
        } catch (NoSuchElementException e) {
            throw Problem.notFound(String.valueOf(e.getMessage()));
        } catch (IllegalArgumentException e) {
            throw new Problem(422, "invalid", "The token cannot be issued", String.valueOf(e.getMessage()));
        } catch (IllegalStateException e) {
            throw new Problem(409, "refused", "The user takes no tokens", String.valueOf(e.getMessage()));
        }
    }

    private UserTokens issuer(Call call) {
        Map<String, UserTokens> issuers = operations.capabilities(UserTokens.class);
        String entry = call.parameter("authentication")
                .or(() -> issuers.keySet().stream().sorted().findFirst())
                .orElse("");
        UserTokens issuer = issuers.get(entry);
        if (issuer == null) {
            throw Problem.notFound(
                    issuers.isEmpty()
                            ? "no authentication entry issues tokens (expected: one that does, such as {type: plain, tokens: ...})"
                            : "authentication: \"" + entry + "\" issues no tokens (expected: one of " + issuers.keySet()
                                    + ")");
        }
        return issuer;
    }

    private Answer issue(Call call, UserTokens issuer, String username) {
        IssuedToken token = issuer.issue(username, lifetime(call.object()));
        operations.audit(
                "token.issue",
                Map.of(
                        "actor", call.operator().name(),
                        "username", username,
                        "token", token.id(),
                        "expiry", token.expiry().toString()));
        return new Answer(201, tree(token), Map.of());
    }

    private static Answer revoke(Call call, UserTokens issuer, String username) {
        Instant notBefore =
                ApiHandler.await(issuer.revoke(username, call.operator().name()));
        return Answer.ok(Map.of("username", username, "notBefore", notBefore.toString()));
    }

    private static Duration lifetime(Map<String, Object> body) {
        Object lifetime = body.get("lifetime");
        Matcher matcher = LIFETIME.matcher(String.valueOf(lifetime));
        if (!body.keySet().equals(Set.of("lifetime")) || !matcher.matches()) {
            throw new Problem(
                    422,
                    "invalid",
                    "The token cannot be issued",
                    "body: " + body.keySet() + ", lifetime: " + lifetime
                            + " (expected: {\"lifetime\": \"1h\"}, with s, m, h or d)");
        }
        long amount = Long.parseLong(matcher.group(1));
        return switch (matcher.group(2)) {
            case "s" -> Duration.ofSeconds(amount);
            case "m" -> Duration.ofMinutes(amount);
            case "h" -> Duration.ofHours(amount);
            default -> Duration.ofDays(amount);
        };
    }

    private Answer reload(Call call) {
        require(call, 1, "POST");
        call.requireParameters();
        try {
            return Answer.ok(Map.of("changes", operations.reload(call.operator().name())));
        } catch (ResourceException e) {
            throw Problem.of(e).titled("The bootstrap file cannot be used; what ran before goes on");
        }
    }

    private Answer health(Call call) {
        require(call, 1, "GET");
        call.requireParameters();
        HealthState health = operations.health();
        return Answer.ok(tree(health));
    }

    private static List<Object> trees(Collection<? extends Record> records) {
        List<Object> trees = new ArrayList<>();
        records.forEach(each -> trees.add(tree(each)));
        return trees;
    }

    /** A record as an object; what is empty is left out, other values but numbers and booleans are texts. */
    static Map<String, Object> tree(Record record) {
        Map<String, Object> tree = new LinkedHashMap<>();
        for (RecordComponent component : record.getClass().getRecordComponents()) {
            Object value = value(component, record);
            if (value instanceof Optional<?> optional) {
                value = optional.orElse(null);
            }
            if (value != null) {
                tree.put(component.getName(), value(value));
            }
        }
        return tree;
    }

    private static @Nullable Object value(RecordComponent component, Record record) {
        try {
            return component.getAccessor().invoke(record);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Object value(Object value) {
        if (value instanceof Record record) {
            return tree(record);
        }
        if (value instanceof Collection<?> collection) {
            List<Object> list = new ArrayList<>();
            collection.forEach(each -> list.add(value(each)));
            return list;
        }
        if (value instanceof Map || value instanceof Number || value instanceof Boolean) {
            return value;
        }
        return value.toString();
    }
}
