/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.it;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Holds answers to an OpenAPI document, as far as the schemas in it go: types, keys, constants, enums, references. */
final class OpenApiCheck {

    private static final Set<String> KEYWORDS = Set.of(
            "$ref",
            "type",
            "properties",
            "required",
            "additionalProperties",
            "items",
            "enum",
            "const",
            "description",
            "default",
            "format",
            "examples");

    private final JsonNode document;

    OpenApiCheck(JsonNode document) {
        this.document = document;
    }

    /** What is wrong with an answer; also when the document says nothing of it. */
    List<String> problems(String method, String path, int status, String contentType, JsonNode body) {
        JsonNode operation = operation(path).path(method.toLowerCase(java.util.Locale.ROOT));
        JsonNode responses = operation.path("responses");
        JsonNode response = responses.has(Integer.toString(status))
                ? responses.get(Integer.toString(status))
                : responses.path("default");
        JsonNode schema = status < 400
                ? response.path("content").path(contentType).path("schema")
                : document.at("/components/schemas/Problem");
        List<String> problems = new ArrayList<>();
        if (schema.isMissingNode()) {
            problems.add(method + " " + path + " " + status + " " + contentType + " stands nowhere in the document");
            return problems;
        }
        check(schema, body, "", problems);
        return problems;
    }

    private JsonNode operation(String path) {
        JsonNode paths = document.path("paths");
        if (paths.has(path)) {
            return paths.get(path);
        }
        for (Iterator<Map.Entry<String, JsonNode>> each = paths.fields(); each.hasNext(); ) {
            Map.Entry<String, JsonNode> entry = each.next();
            if (path.matches(entry.getKey().replaceAll("\\{[a-z]+}", "[^/]+"))) {
                return entry.getValue();
            }
        }
        return document.path("nothing");
    }

    private void check(JsonNode schema, JsonNode value, String path, List<String> problems) {
        schema.fieldNames().forEachRemaining(keyword -> {
            if (!KEYWORDS.contains(keyword)) {
                problems.add(path + ": the keyword " + keyword + " is not checked here");
            }
        });
        if (schema.has("$ref")) {
            check(document.at(schema.get("$ref").asText().substring(1)), value, path, problems);
            return;
        }
        if (schema.has("type") && !hasType(schema.get("type"), value)) {
            problems.add(path + ": " + value.getNodeType() + " (expected: " + schema.get("type") + ")");
            return;
        }
        if (schema.has("const") && !schema.get("const").equals(value)) {
            problems.add(path + ": " + value + " (expected: " + schema.get("const") + ")");
        }
        if (schema.has("enum") && !contains(schema.get("enum"), value)) {
            problems.add(path + ": " + value + " (expected: one of " + schema.get("enum") + ")");
        }
        schema.path("required").forEach(key -> {
            if (!value.has(key.asText())) {
                problems.add(path + "." + key.asText() + ": missing");
            }
        });
        if (value.isObject()) {
            value.fields().forEachRemaining(entry -> entry(schema, entry.getKey(), entry.getValue(), path, problems));
        }
        if (value.isArray() && schema.has("items")) {
            value.forEach(element -> check(schema.get("items"), element, path + "[]", problems));
        }
    }

    private void entry(JsonNode schema, String key, JsonNode value, String path, List<String> problems) {
        JsonNode property = schema.path("properties").path(key);
        JsonNode others = schema.path("additionalProperties");
        if (!property.isMissingNode()) {
            check(property, value, path + "." + key, problems);
        } else if (others.isBoolean() && !others.asBoolean()) {
            problems.add(path + "." + key + ": not in the document");
        } else if (others.isObject()) {
            check(others, value, path + "." + key, problems);
        }
    }

    private static boolean contains(JsonNode list, JsonNode value) {
        for (JsonNode each : list) {
            if (each.equals(value)) {
                return true;
            }
        }
        return false;
    }

    private static boolean hasType(JsonNode type, JsonNode value) {
        if (type.isArray()) {
            for (JsonNode each : type) {
                if (hasType(each, value)) {
                    return true;
                }
            }
            return false;
        }
        return switch (type.asText()) {
            case "object" -> value.isObject();
            case "array" -> value.isArray();
            case "string" -> value.isTextual();
            case "integer" -> value.isIntegralNumber();
            case "number" -> value.isNumber();
            case "boolean" -> value.isBoolean();
            default -> false;
        };
    }
}
