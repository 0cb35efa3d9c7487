/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel.config;

import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Replaces placeholders in the texts of a tree, as Kafka's config providers do:
 *
 * <table>
 * <caption>Placeholders</caption>
 * <tr><td>{@code ${env:NAME}}</td><td>the environment variable</td></tr>
 * <tr><td>{@code ${env:NAME:default}}</td><td>the environment variable, else {@code default}</td></tr>
 * <tr><td>{@code ${file:/path}}</td><td>the file's text without the line break at its end</td></tr>
 * <tr><td>{@code ${file:/path:key}}</td><td>a key of a properties file</td></tr>
 * </table>
 *
 * A relative path starts at the folder of the configuration file. What a placeholder yields is never shown: messages and the effective
 * configuration show the placeholder. Tested by {@code PlaceholdersTest}.
 */
final class Placeholders {

    private static final Pattern FORM = Pattern.compile("\\$\\{([^}]*)}");
    private static final Pattern ENVIRONMENT =
            Pattern.compile("env:([A-Za-z_][A-Za-z0-9_]*)(?::(.*))?", Pattern.DOTALL);
    private static final Pattern FILE = Pattern.compile("file:([^:]+)(?::(.+))?");

    private final Map<String, String> environment;
    private final Path folder;
    private final Map<String, String> origins = new HashMap<>();
    private final List<Problem> problems = new ArrayList<>();

    private Placeholders(Map<String, String> environment, Path folder) {
        this.environment = environment;
        this.folder = folder;
    }

    /**
     * A tree without placeholders.
     *
     * @param origins by path, what stood there before; what stands there now must not be shown
     */
    record Resolved(@Nullable Object tree, Map<String, String> origins, List<Problem> problems) {}

    static Resolved resolve(@Nullable Object tree, Map<String, String> environment, Path folder) {
        Placeholders placeholders = new Placeholders(environment, folder);
        Object resolved = placeholders.value(tree, "");
        return new Resolved(resolved, Map.copyOf(placeholders.origins), List.copyOf(placeholders.problems));
    }

    private @Nullable Object value(@Nullable Object value, String path) {
        if (value instanceof Map<?, ?> map) {
            Map<String, Object> resolved = new LinkedHashMap<>();
            map.forEach((key, element) ->
                    resolved.put(String.valueOf(key), value(element, Paths.key(path, String.valueOf(key)))));
            return resolved;
        }
        if (value instanceof List<?> list) {
            List<Object> resolved = new ArrayList<>();
            list.forEach(element -> resolved.add(value(element, Paths.index(path, resolved.size()))));
            return resolved;
        }
        return value instanceof String text && text.contains("${") ? text(text, path) : value;
    }

    private String text(String text, String path) {
        StringBuilder resolved = new StringBuilder();
        StringBuilder shown = new StringBuilder();
        Matcher matcher = FORM.matcher(text);
        while (matcher.find()) {
            String replacement = one(matcher.group(1), path);
            matcher.appendReplacement(resolved, Matcher.quoteReplacement(replacement));
        }
        matcher.appendTail(resolved);
        matcher.reset();
        while (matcher.find()) {
            matcher.appendReplacement(shown, Matcher.quoteReplacement(withoutDefault(matcher.group(1))));
        }
        matcher.appendTail(shown);
        origins.put(path, shown.toString());
        return resolved.toString();
    }

    private static String withoutDefault(String body) {
        Matcher matcher = ENVIRONMENT.matcher(body);
        return "${" + (matcher.matches() ? "env:" + matcher.group(1) : body) + "}";
    }

    private String one(String body, String path) {
        Matcher matcher = ENVIRONMENT.matcher(body);
        if (matcher.matches()) {
            String value = environment.get(matcher.group(1));
            if (value != null) {
                return value;
            }
            if (matcher.group(2) != null) {
                return matcher.group(2);
            }
            return missing(
                    path,
                    withoutDefault(body) + " (expected: environment variable " + matcher.group(1) + " to be set)");
        }
        matcher = FILE.matcher(body);
        if (matcher.matches()) {
            return file(body, matcher.group(1), matcher.group(2), path);
        }
        return missing(
                path,
                "${" + body + "} (expected: ${env:NAME}, ${env:NAME:default}, ${file:/path} or ${file:/path:key})");
    }

    private String file(String body, String name, @Nullable String key, String path) {
        Path file = folder.resolve(name);
        String content;
        try {
            content = Files.readString(file);
        } catch (NoSuchFileException e) {
            return missing(path, "${" + body + "} (expected: " + file + " to exist)");
        } catch (IOException e) {
            return missing(path, "${" + body + "} (expected: " + file + " to be readable, but: " + e + ")");
        }
        if (key == null) {
            return content.replaceFirst("\\R\\z", "");
        }
        Properties properties = new Properties();
        try {
            properties.load(new StringReader(content));
        } catch (IOException | IllegalArgumentException e) {
            return missing(path, "${" + body + "} (expected: " + file + " to be a properties file)");
        }
        String value = properties.getProperty(key);
        return value != null ? value : missing(path, "${" + body + "} (expected: key " + key + " in " + file + ")");
    }

    private String missing(String path, String message) {
        problems.add(new Problem(path, message));
        return "";
    }
}
