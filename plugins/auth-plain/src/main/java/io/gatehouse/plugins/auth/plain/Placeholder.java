/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.plugins.auth.plain;

import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Properties;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What an operator's file may say instead of a password, as in Kafka's config providers. Tested by {@code PlaceholderTest}.
 *
 * <table>
 * <caption>Placeholders</caption>
 * <tr><td>{@code ${env:ALICE_PASSWORD}}</td><td>the environment variable</td></tr>
 * <tr><td>{@code ${file:/run/secrets/alice}}</td><td>the file's text without the line break at its end</td></tr>
 * <tr><td>{@code ${file:/run/secrets/all.properties:alice}}</td><td>a key of a properties file</td></tr>
 * </table>
 */
final class Placeholder {

    private static final Pattern FORM = Pattern.compile("\\$\\{([^}]*)}");
    private static final Pattern ENVIRONMENT = Pattern.compile("env:([A-Za-z_][A-Za-z0-9_]*)");
    private static final Pattern FILE = Pattern.compile("file:([^:]+)(?::(.+))?");

    private Placeholder() {}

    /** Whether the whole text is a placeholder; a text that only contains one is a password like any other. */
    static boolean isOne(String text) {
        return FORM.matcher(text).matches();
    }

    /**
     * What stands for it now. May block for as long as reading a file takes.
     *
     * @throws IllegalArgumentException when there is nothing; the message names the placeholder and the expectation
     */
    static String resolve(String placeholder) {
        Matcher form = FORM.matcher(placeholder);
        if (form.matches()) {
            Matcher environment = ENVIRONMENT.matcher(form.group(1));
            if (environment.matches()) {
                String value = System.getenv(environment.group(1));
                return required(placeholder, value, "environment variable " + environment.group(1));
            }
            Matcher file = FILE.matcher(form.group(1));
            if (file.matches()) {
                return ofFile(placeholder, file);
            }
        }
        throw new IllegalArgumentException(
                placeholder + " (expected: ${env:NAME}, ${file:/path} or ${file:/path:key})");
    }

    private static String ofFile(String placeholder, Matcher file) {
        try {
            Path path = Path.of(file.group(1));
            if (!path.isAbsolute()) {
                throw new IllegalArgumentException(placeholder + " (expected: an absolute path)");
            }
            String content = Files.readString(path);
            if (file.group(2) == null) {
                return required(placeholder, content.replaceFirst("\\R\\z", ""), "text in " + path);
            }
            Properties properties = new Properties();
            properties.load(new StringReader(content));
            return required(placeholder, properties.getProperty(file.group(2)), "that key in " + path);
        } catch (IOException | InvalidPathException e) {
            throw new IllegalArgumentException(placeholder + " (expected: a file that can be read, but: " + e + ")");
        }
    }

    private static String required(String placeholder, @Nullable String value, String what) {
        if (value == null || value.isEmpty()) {
            throw new IllegalArgumentException(placeholder + " (expected: " + what + ")");
        }
        return value;
    }
}
