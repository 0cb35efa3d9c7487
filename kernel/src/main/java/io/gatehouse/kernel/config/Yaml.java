/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel.config;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLParser;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.LoaderOptions;

/**
 * Reads YAML into plain trees: maps, lists, strings, numbers, booleans and nulls. A key that is written twice and an alias are
 * problems, as both would silently mean something else than what a reader sees. Thread-safe.
 */
public final class Yaml {

    private static final int MAX_CODE_POINTS = 64 << 20;

    private static final YAMLFactory FACTORY = YAMLFactory.builder()
            .loaderOptions(loaderOptions())
            .enable(YAMLParser.Feature.EMPTY_STRING_AS_NULL)
            .enable(YAMLParser.Feature.PARSE_BOOLEAN_LIKE_WORDS_AS_STRINGS)
            .build();

    private final YAMLParser parser;
    private final List<Problem> problems = new ArrayList<>();

    private Yaml(YAMLParser parser) {
        this.parser = parser;
    }

    /**
     * What was read.
     *
     * @param documents their trees; an empty document is null
     * @param problems syntax errors (path: line and column) and keys that are written twice
     */
    public record Parsed(List<@Nullable Object> documents, List<Problem> problems) {}

    private static LoaderOptions loaderOptions() {
        LoaderOptions options = new LoaderOptions();
        options.setCodePointLimit(MAX_CODE_POINTS);
        return options;
    }

    /** Reads all documents of a text. */
    public static Parsed read(String text) {
        List<@Nullable Object> documents = new ArrayList<>();
        try (YAMLParser parser = FACTORY.createParser(text)) {
            Yaml reader = new Yaml(parser);
            try {
                while (parser.nextToken() != null) {
                    documents.add(reader.value(""));
                }
            } catch (JsonProcessingException e) {
                reader.problems.add(syntaxProblem(e));
            }
            return new Parsed(documents, reader.problems);
        } catch (IOException e) {
            throw new UncheckedIOException("a text in memory could not be read", e);
        }
    }

    /** Only lines that are not indented: the others quote the text, which may hold a secret. */
    private static Problem syntaxProblem(JsonProcessingException exception) {
        String message = exception
                .getOriginalMessage()
                .lines()
                .filter(line -> !line.isBlank() && !line.startsWith(" "))
                .collect(Collectors.joining(", "));
        return new Problem(
                "line " + exception.getLocation().getLineNr() + ", column "
                        + exception.getLocation().getColumnNr(),
                message + " (expected: YAML)");
    }

    private @Nullable Object value(String path) throws IOException {
        JsonToken token = parser.currentToken();
        if (parser.isCurrentAlias()) {
            problems.add(new Problem(path, "*" + parser.getText() + " (expected: a value; aliases are not supported)"));
            return null;
        }
        return switch (token) {
            case START_OBJECT -> object(path);
            case START_ARRAY -> array(path);
            case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> parser.getNumberValue();
            case VALUE_TRUE -> true;
            case VALUE_FALSE -> false;
            case VALUE_NULL -> null;
            default -> parser.getText();
        };
    }

    private Map<String, Object> object(String path) throws IOException {
        Map<String, Object> object = new LinkedHashMap<>();
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String key = parser.currentName();
            int line = parser.currentTokenLocation().getLineNr();
            String keyPath = Paths.key(path, key);
            parser.nextToken();
            boolean twice = object.containsKey(key);
            object.put(key, value(keyPath));
            if (twice) {
                problems.add(new Problem(keyPath, "written again in line " + line + " (expected: once)"));
            }
        }
        return object;
    }

    private List<Object> array(String path) throws IOException {
        List<Object> array = new ArrayList<>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            array.add(value(Paths.index(path, array.size())));
        }
        return array;
    }
}
