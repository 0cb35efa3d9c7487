/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gatehouse.spi.NoConfig;
import io.gatehouse.spi.config.DataSize;
import io.gatehouse.spi.config.Default;
import io.gatehouse.spi.config.Secret;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BinderTest {

    enum Mode {
        ALLOW,
        REFUSE_ALL
    }

    record Inner(String name, @Default("1") int count) {
        Inner {
            if (count < 1) {
                throw new IllegalArgumentException("count: " + count + " (expected: 1 or more)");
            }
        }
    }

    record Everything(
            String text,
            int number,
            long big,
            double fraction,
            boolean flag,
            Mode mode,
            Duration duration,
            DataSize size,
            Path path,
            List<Integer> list,
            Set<String> set,
            Map<String, Inner> map,
            Inner inner,
            Optional<Inner> optional,
            Optional<String> absent,
            @Nullable String nullable,
            @Default("[a, b]") List<String> defaulted,
            Map<String, Object> raw,
            Object anything) {}

    record Numbers(
            @Default("1") int number,
            @Default("1") long big,
            @Default("1s") Duration duration) {}

    record Account(
            String name,
            @Secret String password,
            @Secret @Default("1") int pin) {
        Account {
            if (password.length() < 8) {
                throw new IllegalArgumentException("password: \"" + password + "\" (expected: 8 characters or more)");
            }
        }
    }

    record Kafka(
            @Key("socket.request.max.bytes") @Default("1MiB")
            DataSize most,

            @Key("connections.max.idle.ms") @Default("10m") Duration idle,
            @Key("final") @Default("false") boolean isFinal) {}

    record Entry(String type, @Remaining Map<String, Object> config) {}

    record Plugin(@Default("5") int rounds) {}

    record Throwing(@Default("x") String value) {
        Throwing {
            throw new IllegalStateException("secret " + value);
        }
    }

    record Nested(List<Inner> inners, Map<String, Account> accounts) {}

    private static <T extends Record> Bound<T> bind(Class<T> type, String yaml) {
        return new Binder().bind(Yaml.read(yaml).documents().get(0), type, "");
    }

    private static <T extends Record> List<String> problems(Class<T> type, String yaml) {
        return bind(type, yaml).problems().stream().map(Problem::toString).toList();
    }

    record WithText(
            @Default("[a-z0-9.-]+") String pattern,
            @Default("") String none,
            @Default("true") String word) {}

    @Test
    void theDefaultOfATextIsTheTextItself() {
        Bound<WithText> bound = new Binder().bind(Map.of(), WithText.class, "");

        assertThat(bound.problems()).isEmpty();
        assertThat(bound.value()).isEqualTo(new WithText("[a-z0-9.-]+", "", "true"));
    }

    @Test
    void everyTypeIsBound() {
        Everything bound = bind(Everything.class, """
                text: hello
                number: 3
                big: 3000000000
                fraction: 0.5
                flag: true
                mode: refuse-all
                duration: 500ms
                size: 64KiB
                path: conf/here
                list: [1, 2]
                set: [x, y]
                map: {one: {name: first}}
                inner: {name: i, count: 2}
                optional: {name: o}
                nullable:
                raw: {deep: {er: [1, null, true]}}
                anything: 7
                """).orElseThrow("test");

        assertThat(bound)
                .isEqualTo(new Everything(
                        "hello",
                        3,
                        3_000_000_000L,
                        0.5,
                        true,
                        Mode.REFUSE_ALL,
                        Duration.ofMillis(500),
                        new DataSize(65536),
                        Path.of("conf/here"),
                        List.of(1, 2),
                        Set.of("x", "y"),
                        Map.of("one", new Inner("first", 1)),
                        new Inner("i", 2),
                        Optional.of(new Inner("o", 1)),
                        Optional.empty(),
                        null,
                        List.of("a", "b"),
                        bound.raw(),
                        7));
        assertThat(bound.raw()).hasToString("{deep={er=[1, null, true]}}");
    }

    @Test
    void everyComponentThatIsMissingIsNamedWithWhatIsExpected() {
        assertThat(problems(Everything.class, "{}"))
                .containsExactly(
                        "text: missing (expected: a text)",
                        "number: missing (expected: an integer)",
                        "big: missing (expected: an integer)",
                        "fraction: missing (expected: a number)",
                        "flag: missing (expected: true or false)",
                        "mode: missing (expected: one of allow, refuse-all)",
                        "duration: missing (expected: a duration such as 500ms, 30s, 10m, 1h or 7d)",
                        "size: missing (expected: a size such as 512, 64KiB or 100MiB)",
                        "path: missing (expected: a path)",
                        "list: missing (expected: a list)",
                        "set: missing (expected: a list)",
                        "map: missing (expected: an object)",
                        "inner: missing (expected: an object with name, count)",
                        "raw: missing (expected: an object)",
                        "anything: missing (expected: a value)");
    }

    @Test
    void everyWrongTypeIsNamedWithItsValue() {
        assertThat(problems(Everything.class, """
                text: 007
                number: many
                big: 99999999999999999999
                fraction: half
                flag: maybe
                mode: perhaps
                duration: 5 parsecs
                size: huge
                path: [a]
                list: {a: 1}
                set: x
                map: [1]
                inner: 5
                optional: [a]
                absent: true
                nullable: 1
                defaulted: [a, null]
                raw: text
                anything: 1
                """))
                .containsExactly(
                        "text: 7 (expected: a text; put it in quotes)",
                        "number: \"many\" (expected: an integer)",
                        "big: 99999999999999999999 (expected: an integer, -9223372036854775808 to 9223372036854775807)",
                        "fraction: \"half\" (expected: a number)",
                        "flag: \"maybe\" (expected: true or false)",
                        "mode: \"perhaps\" (expected: one of allow, refuse-all)",
                        "duration: \"5 parsecs\" (expected: a duration such as 500ms, 30s, 10m, 1h or 7d)",
                        "size: \"huge\" (expected: a size such as 512, 64KiB or 100MiB)",
                        "path: a list (expected: a path)",
                        "list: an object (expected: a list)",
                        "set: \"x\" (expected: a list)",
                        "map: a list (expected: an object)",
                        "inner: 5 (expected: an object with name, count)",
                        "optional: a list (expected: an object with name, count)",
                        "absent: true (expected: a text; put it in quotes)",
                        "nullable: 1 (expected: a text; put it in quotes)",
                        "defaulted[1]: nothing (expected: a text)",
                        "raw: \"text\" (expected: an object)");
    }

    @ParameterizedTest
    @CsvSource({"500ms,PT0.5S", "30s,PT30S", "10m,PT10M", "1h,PT1H", "7d,PT168H", "1 s,PT1S"})
    void durationsHaveUnits(String text, Duration expected) {
        assertThat(bind(Numbers.class, "duration: " + text).orElseThrow("test").duration())
                .isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({"30", "-1s", "1w", "1.5s"})
    void durationsWithoutAKnownUnitAreRefused(String text) {
        assertThat(problems(Numbers.class, "duration: " + text))
                .singleElement()
                .asString()
                .contains("expected: a duration such as");
    }

    @Test
    void integersAreHeldToTheirRange() {
        assertThat(problems(Numbers.class, "{number: 2147483648, big: 1.5}"))
                .containsExactly(
                        "number: 2147483648 (expected: an integer, -2147483648 to 2147483647)",
                        "big: 1.5 (expected: an integer)");
    }

    @Test
    void pathsLeadIntoListsAndMaps() {
        assertThat(problems(Nested.class, """
                inners: [{name: a}, {name: b, count: 0}, {nmae: c}]
                accounts: {x: {name: 5, password: long-enough}}
                """))
                .containsExactly(
                        "inners[1].count: 0 (expected: 1 or more)",
                        "inners[2].name: missing (expected: a text)",
                        "inners[2].nmae: unknown key (did you mean `name`?)",
                        "accounts.x.name: 5 (expected: a text; put it in quotes)");
    }

    @Test
    void anUnknownKeyThatResemblesNothingListsWhatIsKnown() {
        assertThat(problems(Inner.class, "{name: a, colour: red}"))
                .containsExactly("colour: unknown key (expected: one of name, count)");
        assertThat(problems(NoConfig.class, "{colour: red}"))
                .containsExactly("colour: unknown key (expected: no keys)");
    }

    @Test
    void keysOfTheSurroundingObjectAreSuggested() {
        Object tree = Map.of("principalPrefx", "x");

        Bound<Plugin> bound =
                new Binder().bind(tree, Plugin.class, "listeners[0].authentication[0]", AuthenticationEntry.KEYS);

        assertThat(bound.problems())
                .hasToString(
                        "[listeners[0].authentication[0].principalPrefx: unknown key (did you mean `principalPrefix`?)]");
    }

    @Test
    void dottedKeysAreKafkasAndTakeKafkasMilliseconds() {
        Kafka bound = bind(
                        Kafka.class, "{socket.request.max.bytes: 2MiB, connections.max.idle.ms: 600000, final: true}")
                .orElseThrow("test");

        assertThat(bound).isEqualTo(new Kafka(new DataSize(2 << 20), Duration.ofMinutes(10), true));
    }

    @Test
    void remainingKeysAreCollected() {
        Entry bound =
                bind(Entry.class, "{type: plain, rounds: 3, deep: {a: 1}}").orElseThrow("test");

        assertThat(bound).isEqualTo(new Entry("plain", Map.of("rounds", 3, "deep", Map.of("a", 1))));
    }

    @Test
    void secretsAreNeverShown() {
        assertThat(problems(Account.class, "{name: a, password: hunter2, pin: 1}"))
                .containsExactly("password: \"******\" (expected: 8 characters or more)");
        assertThat(problems(Account.class, "{name: a, password: 1234567890, pin: hunter2}"))
                .containsExactly(
                        "password: a secret (expected: a text; put it in quotes)",
                        "pin: a secret (expected: an integer)");
    }

    @Test
    void anExceptionOfAConstructorOtherThanARefusalShowsOnlyItsClass() {
        assertThat(problems(Throwing.class, "{}"))
                .containsExactly("not accepted by Throwing, which threw java.lang.IllegalStateException");
    }

    @Test
    void somethingOtherThanAnObjectIsRefused() {
        assertThat(problems(Inner.class, "[1]")).containsExactly("a list (expected: an object with name, count)");
        assertThat(new Binder().bind(null, Inner.class, "here").problems())
                .hasToString("[here: nothing (expected: an object with name, count)]");
    }

    @Test
    void theExceptionListsAllProblems() {
        Bound<Inner> bound = bind(Inner.class, "{count: x, colour: red}");

        assertThatThrownBy(() -> bound.orElseThrow("the test"))
                .isInstanceOf(ConfigException.class)
                .hasMessage("""
                        the test has 3 problems:
                          name: missing (expected: a text)
                          count: "x" (expected: an integer)
                          colour: unknown key (expected: one of name, count)""");
    }
}
