/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel.config;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class YamlTest {

    @Test
    void severalDocumentsAreReadInOrder() {
        Yaml.Parsed parsed = Yaml.read("a: 1\n---\n---\n- x\n- true\n- null\n- 1.5\n");

        assertThat(parsed.problems()).isEmpty();
        assertThat(parsed.documents()).hasToString("[{a=1}, null, [x, true, null, 1.5]]");
    }

    @Test
    void nothingYieldsNoDocument() {
        assertThat(Yaml.read("# only a comment\n").documents()).isEmpty();
    }

    @Test
    void aKeyThatIsWrittenTwiceIsAProblemWithItsLine() {
        Yaml.Parsed parsed = Yaml.read("a:\n  - b: 1\n    b: 2\n");

        assertThat(parsed.problems()).hasToString("[a[0].b: written again in line 3 (expected: once)]");
    }

    @Test
    void anAliasIsAProblem() {
        Yaml.Parsed parsed = Yaml.read("a: &x {b: 1}\nc: *x\n");

        assertThat(parsed.problems()).hasToString("[c: *x (expected: a value; aliases are not supported)]");
    }

    @Test
    void aSyntaxErrorNamesLineAndColumnAndQuotesNothing() {
        Yaml.Parsed parsed = Yaml.read("a: 1\npassword: hunter2: x\n");

        assertThat(parsed.problems()).singleElement().satisfies(problem -> {
            assertThat(problem.path()).matches("line 2, column \\d+");
            assertThat(problem.message())
                    .contains("mapping values are not allowed here")
                    .doesNotContain("hunter2");
        });
    }

    @Test
    void wordsThatOlderYamlTookForBooleansAreTexts() {
        assertThat(Yaml.read("[yes, no, on, off, 12:30, 2024-01-01]").documents())
                .hasToString("[[yes, no, on, off, 12:30, 2024-01-01]]");
    }
}
