/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.plugins.admin.http;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLParser;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.error.YAMLException;

/**
 * Bodies of requests and responses as trees. What would silently mean something else than a reader sees, such as a key that is written
 * twice or an alias, is a problem. Stateless.
 */
final class Bodies {

    private static final ObjectMapper JSON = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);
    private static final int MAX_NESTING = 100;
    private static final StreamReadConstraints CONSTRAINTS =
            StreamReadConstraints.builder().maxNestingDepth(MAX_NESTING).build();
    private static final JsonFactory JSON_FACTORY =
            JsonFactory.builder().streamReadConstraints(CONSTRAINTS).build();
    private static final YAMLFactory YAML_FACTORY = YAMLFactory.builder()
            .loaderOptions(yamlLimits())
            .streamReadConstraints(CONSTRAINTS)
            .enable(YAMLParser.Feature.EMPTY_STRING_AS_NULL)
            .enable(YAMLParser.Feature.PARSE_BOOLEAN_LIKE_WORDS_AS_STRINGS)
            .build();
    private static final Set<String> YAML_TYPES =
            Set.of("application/yaml", "application/x-yaml", "text/yaml", "text/x-yaml");

    private Bodies() {}

    /** How much comes is for {@code maxBody} to say. */
    private static LoaderOptions yamlLimits() {
        LoaderOptions options = new LoaderOptions();
        options.setCodePointLimit(Integer.MAX_VALUE);
        options.setNestingDepthLimit(MAX_NESTING);
        return options;
    }

    static byte[] json(Object tree) {
        try {
            return JSON.writeValueAsBytes(tree);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("an answer cannot be written", e);
        }
    }

    /**
     * Reads an object.
     *
     * @param contentType the header; null when there is none
     * @throws Problem 415 for another content type, 400 for what is none of that type
     */
    static Map<String, Object> object(byte[] body, @Nullable String contentType) {
        String type =
                contentType == null ? "" : contentType.split(";", 2)[0].strip().toLowerCase(Locale.ROOT);
        boolean yaml = YAML_TYPES.contains(type);
        if (!yaml && !type.equals("application/json")) {
            throw new Problem(
                    415,
                    "content-type",
                    "The body is of a type that is not read here",
                    "Content-Type: " + (contentType == null ? "missing" : "\"" + contentType + "\"")
                            + " (expected: application/json or application/yaml)");
        }
        try (JsonParser parser = yaml ? YAML_FACTORY.createParser(body) : JSON_FACTORY.createParser(body)) {
            JsonToken first = parser.nextToken();
            Object tree = first == null ? null : value(parser, "");
            if (first != null && parser.nextToken() != null) {
                throw Problem.badRequest("the body goes on after its first document (expected: one document)");
            }
            if (!(tree instanceof Map<?, ?>)) {
                throw Problem.badRequest("the body holds no object (expected: an object)");
            }
            Map<String, Object> object = new LinkedHashMap<>();
            ((Map<?, ?>) tree).forEach((key, value) -> object.put(String.valueOf(key), value));
            return object;
        } catch (JsonProcessingException e) {
            // The original message quotes the text in lines that are indented; it may hold a secret.
            String message = e.getOriginalMessage().lines().findFirst().orElse("");
            String where = e.getLocation() == null
                    ? ""
                    : "line " + e.getLocation().getLineNr() + ", column "
                            + e.getLocation().getColumnNr() + ": ";
            throw Problem.badRequest("the body is no " + (yaml ? "YAML" : "JSON") + ": " + where + message);
        } catch (IOException | YAMLException e) {
            throw Problem.badRequest("the body is no " + (yaml ? "YAML" : "JSON") + " in UTF-8");
        }
    }

    private static @Nullable Object value(JsonParser parser, String path) throws IOException {
        if (parser instanceof YAMLParser yaml && yaml.isCurrentAlias()) {
            throw Problem.badRequest(path + ": an alias (expected: a value; aliases are not supported)");
        }
        return switch (parser.currentToken()) {
            case START_OBJECT -> map(parser, path);
            case START_ARRAY -> list(parser, path);
            case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> parser.getNumberValue();
            case VALUE_TRUE -> true;
            case VALUE_FALSE -> false;
            case VALUE_NULL -> null;
            default -> parser.getText();
        };
    }

    private static Map<String, @Nullable Object> map(JsonParser parser, String path) throws IOException {
        Map<String, @Nullable Object> map = new LinkedHashMap<>();
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String key = parser.currentName();
            String keyPath = path.isEmpty() ? key : path + "." + key;
            if (map.containsKey(key)) {
                throw Problem.badRequest(keyPath + ": written twice (expected: once)");
            }
            parser.nextToken();
            map.put(key, value(parser, keyPath));
        }
        return map;
    }

    private static List<@Nullable Object> list(JsonParser parser, String path) throws IOException {
        List<@Nullable Object> list = new ArrayList<>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            list.add(value(parser, path + "[" + list.size() + "]"));
        }
        return list;
    }
}
