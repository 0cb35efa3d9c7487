/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.plugins.auth.plain;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.kernel.config.Binder;
import io.gatehouse.kernel.config.Bound;
import io.gatehouse.kernel.config.Yaml;
import io.gatehouse.spi.config.Default;
import io.gatehouse.spi.config.Description;
import java.io.IOException;
import java.lang.reflect.RecordComponent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What the documentation shows of this plugin is what it accepts, and its keys are all there. A failure shows the lines to paste. */
class DocumentationTest {

    private static final Path DOCS = Path.of("../../docs");
    private static final Pattern EXAMPLE = Pattern.compile("```yml\n(type: plain\n.*?)```", Pattern.DOTALL);

    @Test
    void everyExampleOfAnEntryBinds() throws IOException {
        String page = Files.readString(DOCS.resolve("authentication.md"));

        long bound =
                EXAMPLE.matcher(page).results().peek(DocumentationTest::bind).count();

        assertThat(bound).isEqualTo(2);
    }

    private static void bind(MatchResult example) {
        Map<String, Object> tree = new TreeMap<>();
        ((Map<?, ?>) Yaml.read(example.group(1)).documents().get(0))
                .forEach((key, value) -> tree.put(key.toString(), value));
        tree.remove("type");

        Bound<PlainConfig> config = new Binder().bind(tree, PlainConfig.class, "");

        assertThat(config.problems()).as(example.group(1)).isEmpty();
    }

    @Test
    void everyKeyOfAnEntryIsInTheTable() throws IOException {
        List<String> rows = new ArrayList<>(lines(PlainConfig.class, "", "| `%s` | %s | %s |"));
        rows.addAll(lines(TokensConfig.class, "tokens.", "| `%s` | %s | %s |"));
        rows.addAll(lines(TokensConfig.Key.class, "tokens.keys[].", "| `%s` | %s | %s |"));

        assertThat(Files.readAllLines(DOCS.resolve("authentication.md"))).containsSubsequence(rows);
    }

    private static List<String> lines(Class<? extends Record> type, String prefix, String form) {
        return Arrays.stream(type.getRecordComponents())
                .map(key -> form.formatted(
                        prefix + key.getName(),
                        necessity(key),
                        key.getAnnotation(Description.class).value()))
                .toList();
    }

    private static String necessity(RecordComponent key) {
        Default annotation = key.getAnnotation(Default.class);
        if (annotation != null) {
            return "default `" + annotation.value() + "`";
        }
        boolean optional =
                key.getType() == Optional.class || key.getAnnotatedType().isAnnotationPresent(Nullable.class);
        return optional ? "optional" : "required";
    }
}
