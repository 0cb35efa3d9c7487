/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.plugins.admin.http;

import io.gatehouse.spi.operations.Operations;
import io.gatehouse.spi.operations.ResourceOperations;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The OpenAPI 3.1 document, made from the kinds that are registered when somebody asks. Stateless. */
final class OpenApi {

    private static final Map<String, Object> TEXT = Map.of("type", "string");
    private static final Map<String, Object> NUMBER = Map.of("type", "integer");
    private static final Map<String, Object> FLAG = Map.of("type", "boolean");
    private static final Map<String, Object> TEXTS = Map.of("type", "array", "items", TEXT);

    private OpenApi() {}

    static Map<String, Object> document(Operations operations) {
        Map<String, Object> paths = new LinkedHashMap<>();
        Map<String, Object> schemas = schemas();
        for (ResourceOperations.Kind kind : operations.resources().kinds()) {
            schemas.put(kind.name(), resource(kind));
            paths.put("/api/v1/" + kind.name(), Map.of("get", list(kind)));
            paths.put("/api/v1/" + kind.name() + "/{name}", one(kind));
        }
        paths.put("/api/v1/kinds", Map.of("get", read("kinds", "The kinds of resources.", listOf(ref("Kind")))));
        paths.put(
                "/api/v1/problems",
                Map.of("get", read("problems", "What is wrong with what is stored.", listOf(TEXT))));
        paths.put("/api/v1/plugins", Map.of("get", read("plugins", "What became of each jar.", listOf(ref("Plugin")))));
        paths.put(
                "/api/v1/plugins/rescan",
                Map.of("post", read("rescan", "Looks at the plugins folder now.", listOf(ref("Plugin")))));
        paths.put(
                "/api/v1/connections",
                Map.of(
                        "get",
                        with(
                                read("connections", "The clients that are connected.", pageOf(ref("Connection"))),
                                parameter("query", "username", "Of this user only.", TEXT, false),
                                limit(),
                                after()),
                        "delete",
                        with(
                                read("closeConnectionsOf", "Closes all connections of a user.", ref("Closed")),
                                parameter("query", "username", "Whose.", TEXT, true))));
        paths.put(
                "/api/v1/connections/{id}",
                Map.of(
                        "delete",
                        with(
                                read("closeConnection", "Closes a connection.", ref("Closed")),
                                parameter("path", "id", "Its id.", TEXT, true))));
        paths.put("/api/v1/explain", Map.of("get", explain()));
        paths.put("/api/v1/apply", Map.of("post", apply()));
        paths.put("/api/v1/users/{name}/tokens", Map.of("post", token(), "delete", revocation()));
        paths.put(
                "/api/v1/reload",
                Map.of(
                        "post",
                        read(
                                "reload",
                                "Reads the bootstrap file again and makes it count: all of it or nothing.",
                                ref("Reloaded"))));
        paths.put("/api/v1/health", Map.of("get", read("health", "Whether traffic should come.", ref("Health"))));
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("openapi", "3.1.0");
        document.put(
                "info",
                Map.of(
                        "title",
                        "Gatehouse",
                        "version",
                        operations.version(),
                        "description",
                        "Resources, plugins, connections and explanations of a gateway.",
                        "license",
                        Map.of("name", "Apache-2.0", "identifier", "Apache-2.0")));
        document.put(
                "security",
                List.of(Map.of("password", List.of()), Map.of("token", List.of()), Map.of("certificate", List.of())));
        document.put("paths", paths);
        document.put(
                "components",
                Map.of(
                        "schemas",
                        schemas,
                        "securitySchemes",
                        Map.of(
                                "password", Map.of("type", "http", "scheme", "basic"),
                                "token", Map.of("type", "http", "scheme", "bearer", "bearerFormat", "JWT"),
                                "certificate", Map.of("type", "mutualTLS"))));
        return document;
    }

    // ---- resources

    private static Map<String, Object> list(ResourceOperations.Kind kind) {
        return with(
                read("list" + kind.name(), kind.description(), pageOf(ref(kind.name()))),
                limit(),
                after(),
                parameter("query", "selector", "label=value, several parted by commas.", TEXT, false));
    }

    private static Map<String, Object> one(ResourceOperations.Kind kind) {
        Map<String, Object> name = parameter("path", "name", "metadata.name", TEXT, true);
        Map<String, Object> dryRun = parameter("query", "dryRun", "Checks everything and writes nothing.", FLAG, false);
        Map<String, Object> pending =
                parameter("query", "allowPending", "Takes a type that no loaded plugin offers yet.", FLAG, false);
        Map<String, Object> ifMatch =
                parameter("header", "If-Match", "The ETag that the resource must have, or *.", TEXT, false);
        Map<String, Object> ifNoneMatch = parameter("header", "If-None-Match", "*: there must be none.", TEXT, false);
        Map<String, Object> put = with(
                read("put" + kind.name(), "Adds or replaces one.", ref("Outcome")),
                name,
                dryRun,
                pending,
                ifMatch,
                ifNoneMatch);
        put.put(
                "requestBody",
                Map.of(
                        "required",
                        true,
                        "content",
                        Map.of(
                                "application/json", Map.of("schema", ref(kind.name())),
                                "application/yaml", Map.of("schema", ref(kind.name())))));
        Map<String, Object> responses = new LinkedHashMap<>(map(put.get("responses")));
        responses.put("201", map(responses.get("200")));
        put.put("responses", responses);
        Map<String, Object> methods = new LinkedHashMap<>();
        methods.put("get", with(read("get" + kind.name(), kind.description(), ref(kind.name())), name));
        methods.put("put", put);
        methods.put(
                "delete",
                with(
                        read("delete" + kind.name(), "Removes one that nothing refers to.", ref("Outcome")),
                        name,
                        dryRun,
                        ifMatch));
        return methods;
    }

    private static Map<String, Object> resource(ResourceOperations.Kind kind) {
        Map<String, Object> metadata =
                object(List.of("name"), "name", TEXT, "labels", Map.of("type", "object", "additionalProperties", TEXT));
        Map<String, Object> status = object(List.of(), "version", TEXT, "origin", TEXT, "problems", TEXTS);
        Map<String, Object> resource = object(
                List.of("apiVersion", "kind", "metadata"),
                "apiVersion",
                Map.of("const", "gatehouse/v1"),
                "kind",
                Map.of("const", kind.name()),
                "metadata",
                metadata,
                "spec",
                kind.specSchema(),
                "status",
                status);
        resource.put("description", kind.description());
        return resource;
    }

    // ---- others

    private static Map<String, Object> apply() {
        Map<String, Object> apply = with(
                read("apply", "Adds, replaces and removes several resources: all or none.", listOf(ref("Outcome"))),
                parameter("query", "dryRun", "Checks everything and writes nothing.", FLAG, false),
                parameter("query", "allowPending", "Takes types that no loaded plugin offers yet.", FLAG, false));
        Map<String, Object> documents = Map.of("type", "array", "items", Map.of("type", "object"));
        Map<String, Object> named =
                Map.of("type", "array", "items", object(List.of("kind", "name"), "kind", TEXT, "name", TEXT));
        Map<String, Object> schema = object(List.of(), "put", documents, "delete", named);
        apply.put(
                "requestBody",
                Map.of(
                        "required",
                        true,
                        "content",
                        Map.of(
                                "application/json", Map.of("schema", schema),
                                "application/yaml", Map.of("schema", schema))));
        return apply;
    }

    private static Map<String, Object> revocation() {
        Map<String, Object> revoked = object(List.of("username", "notBefore"), "username", TEXT, "notBefore", TEXT);
        return with(
                read("revokeTokens", "Refuses all tokens of a user that were issued until now.", revoked),
                parameter("path", "name", "The user.", TEXT, true),
                parameter("query", "authentication", "The entry that issued them.", TEXT, false));
    }

    private static Map<String, Object> token() {
        Map<String, Object> issue = with(
                read("issueToken", "Issues a token that a user logs in with.", ref("Token")),
                parameter("path", "name", "The user.", TEXT, true),
                parameter("query", "authentication", "The entry that issues it.", TEXT, false));
        issue.put(
                "requestBody",
                Map.of(
                        "required",
                        true,
                        "content",
                        Map.of("application/json", Map.of("schema", object(List.of("lifetime"), "lifetime", TEXT)))));
        Map<String, Object> responses = new LinkedHashMap<>(map(issue.get("responses")));
        responses.put("201", responses.remove("200"));
        issue.put("responses", responses);
        return issue;
    }

    private static Map<String, Object> explain() {
        return with(
                read("explain", "Why a client gets what it gets, or would.", ref("Explanation")),
                parameter(
                        "query",
                        "connection",
                        "The id of a connection; then only api and resource may be said.",
                        TEXT,
                        false),
                parameter("query", "listener", "Where somebody would come.", TEXT, false),
                parameter("query", "authentication", "The entry under which somebody would log in.", TEXT, false),
                parameter("query", "principal", "Who would log in.", TEXT, false),
                parameter("query", "username", "Instead of principal: whoever has this username.", TEXT, false),
                parameter("query", "group", "A group that the authentication would yield.", TEXTS, false),
                parameter("query", "virtualCluster", "What the authentication would yield.", TEXT, false),
                parameter("query", "api", "A Kafka API, such as Produce.", TEXT, false),
                parameter("query", "resource", "What it is about, such as topic:orders.", TEXT, false),
                parameter("query", "address", "Where it would come from; 0.0.0.0 when left out.", TEXT, false));
    }

    private static Map<String, Object> schemas() {
        Map<String, Object> schemas = new LinkedHashMap<>();
        schemas.put(
                "Problem",
                object(
                        List.of("type", "title", "status", "detail"),
                        "type",
                        TEXT,
                        "title",
                        TEXT,
                        "status",
                        NUMBER,
                        "detail",
                        TEXT,
                        "errors",
                        Map.of(
                                "type",
                                "array",
                                "items",
                                object(
                                        List.of("path", "message"),
                                        "kind",
                                        TEXT,
                                        "name",
                                        TEXT,
                                        "path",
                                        TEXT,
                                        "message",
                                        TEXT))));
        schemas.put(
                "Outcome",
                object(
                        List.of("result", "kind", "name", "dryRun", "warnings"),
                        "result",
                        Map.of("type", "string", "enum", List.of("created", "updated", "unchanged", "deleted")),
                        "kind",
                        TEXT,
                        "name",
                        TEXT,
                        "version",
                        TEXT,
                        "dryRun",
                        FLAG,
                        "warnings",
                        TEXTS));
        schemas.put(
                "Kind",
                object(
                        List.of("name", "description", "specSchema"),
                        "name",
                        TEXT,
                        "description",
                        TEXT,
                        "specSchema",
                        Map.of("type", "object")));
        schemas.put(
                "Plugin",
                object(
                        List.of("file", "state", "extensions", "warnings", "since", "leases"),
                        "file",
                        TEXT,
                        "id",
                        TEXT,
                        "version",
                        TEXT,
                        "hash",
                        TEXT,
                        "state",
                        Map.of("type", "string", "enum", List.of("STARTED", "REJECTED", "DRAINING")),
                        "code",
                        TEXT,
                        "message",
                        TEXT,
                        "extensions",
                        TEXTS,
                        "warnings",
                        TEXTS,
                        "since",
                        TEXT,
                        "leases",
                        NUMBER));
        schemas.put(
                "Connection",
                object(
                        List.of("id", "address", "listener", "encrypted", "groups", "since", "requests"),
                        "id",
                        TEXT,
                        "address",
                        TEXT,
                        "listener",
                        TEXT,
                        "encrypted",
                        FLAG,
                        "username",
                        TEXT,
                        "principal",
                        TEXT,
                        "method",
                        TEXT,
                        "virtualCluster",
                        TEXT,
                        "groups",
                        TEXTS,
                        "broker",
                        TEXT,
                        "since",
                        TEXT,
                        "requests",
                        NUMBER,
                        "requestBytes",
                        NUMBER,
                        "responseBytes",
                        NUMBER));
        schemas.put(
                "Token",
                object(
                        List.of("username", "token", "id", "expiry"),
                        "username",
                        TEXT,
                        "token",
                        TEXT,
                        "id",
                        TEXT,
                        "expiry",
                        TEXT));
        schemas.put("Closed", object(List.of("closed"), "closed", NUMBER));
        schemas.put("Reloaded", object(List.of("changes"), "changes", TEXTS));
        schemas.put(
                "Health",
                object(
                        List.of("ready", "checks"),
                        "ready",
                        FLAG,
                        "checks",
                        Map.of("type", "object", "additionalProperties", TEXT)));
        schemas.put(
                "Explanation",
                object(
                        List.of("listener", "authentication", "interceptors"),
                        "listener",
                        TEXT,
                        "authentication",
                        TEXT,
                        "mapping",
                        TEXT,
                        "refusal",
                        TEXT,
                        "user",
                        object(
                                List.of("username", "principal", "virtualCluster", "cluster", "groups", "reasons"),
                                "username",
                                TEXT,
                                "principal",
                                TEXT,
                                "virtualCluster",
                                TEXT,
                                "cluster",
                                TEXT,
                                "groups",
                                TEXTS,
                                "reasons",
                                TEXTS),
                        "gateway",
                        TEXT,
                        "interceptors",
                        Map.of(
                                "type",
                                "array",
                                "items",
                                object(
                                        List.of("name", "policy", "type", "priority", "scope", "applies", "reason"),
                                        "name",
                                        TEXT,
                                        "policy",
                                        TEXT,
                                        "type",
                                        TEXT,
                                        "priority",
                                        NUMBER,
                                        "scope",
                                        TEXT,
                                        "applies",
                                        FLAG,
                                        "reason",
                                        TEXT,
                                        "problem",
                                        TEXT,
                                        "opinion",
                                        TEXT))));
        return schemas;
    }

    // ---- parts

    private static Map<String, Object> read(String id, String summary, Map<String, Object> schema) {
        Map<String, Object> operation = new LinkedHashMap<>();
        operation.put("operationId", id);
        operation.put("summary", summary);
        Map<String, Object> responses = new LinkedHashMap<>();
        responses.put(
                "200",
                Map.of("description", "As asked.", "content", Map.of("application/json", Map.of("schema", schema))));
        responses.put(
                "default",
                Map.of(
                        "description",
                        "Not as asked; the document says why.",
                        "content",
                        Map.of(ApiHandler.PROBLEM_JSON, Map.of("schema", ref("Problem")))));
        operation.put("responses", responses);
        return operation;
    }

    @SafeVarargs
    private static Map<String, Object> with(Map<String, Object> operation, Map<String, Object>... parameters) {
        List<Object> all = new ArrayList<>(List.of(parameters));
        operation.put("parameters", all);
        return operation;
    }

    private static Map<String, Object> parameter(
            String in, String name, String description, Map<String, Object> schema, boolean required) {
        Map<String, Object> parameter = new LinkedHashMap<>();
        parameter.put("name", name);
        parameter.put("in", in);
        parameter.put("description", description);
        parameter.put("required", required);
        parameter.put("schema", schema);
        return parameter;
    }

    private static Map<String, Object> ref(String name) {
        return Map.of("$ref", "#/components/schemas/" + name);
    }

    private static Map<String, Object> limit() {
        return parameter("query", Page.LIMIT, "How many at most, 1 to 1000; 100 when left out.", NUMBER, false);
    }

    private static Map<String, Object> after() {
        return parameter("query", Page.AFTER, "What the page before says as next.", TEXT, false);
    }

    private static Map<String, Object> pageOf(Map<String, Object> items) {
        return object(
                List.of("items", "total"),
                "items",
                Map.of("type", "array", "items", items),
                "total",
                NUMBER,
                "next",
                TEXT);
    }

    private static Map<String, Object> listOf(Map<String, Object> items) {
        return object(List.of("items"), "items", Map.of("type", "array", "items", items));
    }

    /** An object without other keys: name and schema in turns. */
    private static Map<String, Object> object(List<String> required, Object... properties) {
        Map<String, Object> named = new LinkedHashMap<>();
        for (int index = 0; index < properties.length; index += 2) {
            named.put((String) properties[index], properties[index + 1]);
        }
        Map<String, Object> schema = new LinkedHashMap<>();
        schema.put("type", "object");
        schema.put("properties", named);
        schema.put("required", required);
        schema.put("additionalProperties", false);
        return schema;
    }

    private static Map<String, Object> map(Object tree) {
        Map<String, Object> map = new LinkedHashMap<>();
        ((Map<?, ?>) tree).forEach((key, value) -> map.put(String.valueOf(key), value));
        return map;
    }
}
