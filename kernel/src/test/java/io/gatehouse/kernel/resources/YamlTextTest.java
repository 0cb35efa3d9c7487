/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel.resources;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gatehouse.kernel.config.Yaml;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class YamlTextTest {

    private static final String FILE = """
            # A licence.

            ---
            # The first, with a comment.
            a: 1   # one
            text: |
              --not a marker
               --- neither, as it is indented
            # after the first
            --- # the second
            {b: 2}
            ---
            c: "3"
            """;

    @Test
    void aDocumentIsReplacedAndEveryByteOfTheOthersStays() {
        YamlText changed = YamlText.of(FILE).replace(1, Map.of("b", 22));

        assertThat(changed.text()).contains(FILE.replace("{b: 2}", "b: 22"));
    }

    @Test
    void commentsBeforeAndAfterAReplacedDocumentStay() {
        YamlText changed = YamlText.of(FILE).replace(0, Map.of("a", 11));

        assertThat(changed.text().orElseThrow())
                .startsWith(
                        "# A licence.\n\n---\n# The first, with a comment.\na: 11\n# after the first\n--- # the second\n");
    }

    @Test
    void aDocumentIsRemovedAndEveryByteOfTheOthersStays() {
        YamlText changed = YamlText.of(FILE).remove(1);

        assertThat(changed.text()).contains(FILE.replace("--- # the second\n{b: 2}\n", ""));
    }

    @Test
    void removingTheFirstKeepsWhatStandsBeforeIt() {
        YamlText changed = YamlText.of(FILE).remove(0);

        assertThat(changed.text().orElseThrow()).startsWith("# A licence.\n\n--- # the second\n{b: 2}\n");
        assertThat(changed.trees()).containsExactly(Map.of("b", 2), Map.of("c", "3"));
    }

    @Test
    void aDocumentOnTheMarkersOwnLineIsReplaced() {
        YamlText changed = YamlText.of("--- {a: 1}\n---\nb: 2\n").replace(0, Map.of("a", 3));

        assertThat(changed.text()).contains("---\na: 3\n---\nb: 2\n");
    }

    @Test
    void aFileWhoseLastDocumentIsRemovedHasNoText() {
        assertThat(YamlText.of("# only comments are left\na: 1\n").remove(0).text())
                .isEmpty();
    }

    @Test
    void whatIsNoYamlIsRefused() {
        assertThatThrownBy(() -> YamlText.of("a: [")).isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "plain",
                "true",
                "yes",
                "no",
                "null",
                "~",
                "1",
                "1.10",
                "007",
                "0x1f",
                "1e3",
                ".inf",
                "- a",
                "a: b",
                "# no comment",
                "'",
                "\"",
                "--- ",
                "---",
                "...",
                "%TAG",
                "two\nlines",
                "trailing \n",
                "\ttab",
                "CN=a,O=b",
                "$2b$10$8XaqOAOt/HUax",
                "é",
                "\u0007",
                "2020-01-01",
                "12:30",
                "*alias",
                "&anchor",
                "!tag",
                "@at",
                "`tick",
                "[a]",
                "{a}",
                "=",
                "<<",
                "?",
                "-"
            })
    void everyTextIsReadAsItWasWritten(String text) {
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("spec", Map.of("value", text, "list", List.of(text, text)));

        assertThat(Yaml.read(YamlText.write(tree)).documents()).containsExactly(tree);
    }
}
