/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.plugins.records;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class RecordsConfigTest {

    private static ProduceRule rule(String when, Map<String, String> setHeaders) {
        return new ProduceRule(List.of("*"), when, setHeaders, List.of(), Optional.of("no"), Optional.empty());
    }

    @Test
    void aConditionThatDoesNotParseIsNamedWithItsColumn() {
        assertThatThrownBy(() -> rule("key == ", Map.of()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("when: key == : column 8: ")
                .hasMessageEndingWith("(expected: a CEL condition)");
    }

    @Test
    void aNameThatDoesNotExistIsNamed() {
        assertThatThrownBy(() -> rule("user.usrname == 'alice'", Map.of()))
                .hasMessageContaining("undeclared reference to 'user'")
                .hasMessageStartingWith("when: user.usrname == 'alice': column ");
    }

    @Test
    void aConditionMustBeTrueOrFalse() {
        assertThatThrownBy(() -> rule("topic", Map.of()))
                .hasMessageContaining("expected type 'bool' but found 'string'");
        assertThatThrownBy(() -> rule("partition == 'one'", Map.of()))
                .hasMessageContaining("found no matching overload for '_==_'");
    }

    @Test
    void aHeaderIsAnExpressionSoThatPlainTextNeedsQuotes() {
        assertThatThrownBy(() -> rule("true", Map.of("team", "payments")))
                .hasMessageStartingWith("setHeaders.team: payments: column 1: undeclared reference to 'payments'")
                .hasMessageEndingWith("text itself stands in quotes: \"'...'\")");
        assertThatThrownBy(() -> rule("true", Map.of("partition", "partition")))
                .hasMessageContaining("expected type 'string' but found 'int'");
    }

    @Test
    void rulesThatDoNothingOrTooMuchAreRefused() {
        assertThatThrownBy(() ->
                        new ProduceRule(List.of("*"), "true", Map.of(), List.of(), Optional.empty(), Optional.empty()))
                .hasMessage("a rule that does nothing (expected: setHeaders, removeHeaders, reject or drop)");
        assertThatThrownBy(() ->
                        new ProduceRule(List.of("*"), "true", Map.of(), List.of(), Optional.of("a"), Optional.of("b")))
                .hasMessage("drop: together with reject (expected: one of them)");
        assertThatThrownBy(() -> new FetchRule(List.of("*"), "true", Map.of(), List.of(), false))
                .hasMessage("a rule that does nothing (expected: setHeaders, removeHeaders or skip)");
        assertThatThrownBy(() -> new RecordsConfig(List.of(), List.of()))
                .hasMessage("no rules (expected: at least one under produce or fetch)");
        assertThatThrownBy(() -> new FetchRule(List.of(), "true", Map.of(), List.of(), true))
                .hasMessage("topics: none (expected: at least one name or pattern)");
        assertThatThrownBy(() -> new FetchRule(List.of("a", ""), "true", Map.of(), List.of(), true))
                .hasMessage("topics[1]: empty (expected: a name or a pattern with * and ?)");
    }
}
