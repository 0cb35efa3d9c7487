/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.plugins.namespace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.re2j.Pattern;
import io.gatehouse.plugins.namespace.NamespaceConfig.Additional;
import io.gatehouse.plugins.namespace.NamespaceConfig.Mode;
import io.gatehouse.plugins.namespace.NamespaceConfig.Overlap;
import io.gatehouse.plugins.namespace.TopicPattern.RefusedPatternException;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TopicPatternTest {

    private final TopicPattern hide = pattern(Mode.HIDE);
    private final TopicPattern enforce = pattern(Mode.ENFORCE);

    @ParameterizedTest
    @CsvSource(
            delimiter = ' ',
            value = {
                "orders.* team-a\\.(?:orders.*)",
                "^orders.* team-a\\.(?:orders.*)",
                "^orders$ team-a\\.(?:orders)",
                "^a|b$ team-a\\.(?:a|b)",
                "[$^]x team-a\\.(?:[$^]x)",
                "[]$]x team-a\\.(?:[]$]x)",
                "[^a]x team-a\\.(?:[^a]x)",
                "x\\$ team-a\\.(?:x\\$)",
                "\\Q^x$\\E team-a\\.(?:\\Q^x$\\E)",
                "(?i)orders team-a\\.(?:(?i)orders)",
                "orders|audit team-a\\.(?:orders|audit)|\\Qaudit\\E",
                ".* team-a\\.(?:.*)|\\Qaudit\\E|\\Qpublic.x\\E",
            })
    void aPatternStaysWithinTheNamespace(String pattern, String real) throws Exception {
        assertThat(hide.toReal(pattern, List.of("public.x", "audit"))).isEqualTo(real);
    }

    @ParameterizedTest
    @ValueSource(strings = {"x)|(?:.*", "(", "a|(b", "*", "^*", "x\\", "[a", "\\1", "(?=x)"})
    void whatDoesNotCompileByItselfIsRefused(String pattern) {
        assertThatThrownBy(() -> hide.toReal(pattern, List.of()))
                .isInstanceOf(RefusedPatternException.class)
                .hasMessageStartingWith("Regular expression `" + pattern + "` is not a valid regular expression");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ' ',
            value = {
                "a$|b anchor",
                "a|^b anchor",
                "(^a) anchor",
                "(a$) anchor",
                "\\Aa anchors",
                "a\\z anchors",
                "\\ba boundaries",
                "a\\Bb boundaries",
                "\\Qa open",
                "a\\Qb$ open",
            })
    void whatLooksBeyondTheNameIsRefusedSayingWhy(String pattern, String why) {
        assertThatThrownBy(() -> hide.toReal(pattern, List.of()))
                .isInstanceOf(RefusedPatternException.class)
                .hasMessageContaining("`" + pattern + "`")
                .hasMessageContaining(why);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ' ',
            value = {
                "team-a\\.orders.* team-a\\.(?:orders.*)",
                "^team-a.orders$ team-a\\.(?:orders)",
                "team-a\\.(a|b) team-a\\.(?:(a|b))",
                ".* team-a\\.(?:.*)|\\Qaudit\\E",
            })
    void inEnforceModeThePatternNamesThePrefixItself(String pattern, String real) throws Exception {
        assertThat(enforce.toReal(pattern, List.of("audit"))).isEqualTo(real);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"orders.*", "team-a\\.a|b", "team-b\\.a", "(?i)team-a\\.x", "team-[ab]\\.x", "team-a\\.*)|(?:x"})
    void inEnforceModeAnyOtherPatternIsRefused(String pattern) {
        assertThatThrownBy(() -> enforce.toReal(pattern, List.of())).isInstanceOf(RefusedPatternException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"orders.*", "a|b", "(x)|\\Qaudit\\E", "", "a)|(b"})
    void theClientGetsItsOwnPatternBack(String own) {
        assertThat(hide.toSeen("team-a\\.(?:" + own + ")")).isEqualTo(own);
        assertThat(hide.toSeen("team-a\\.(?:" + own + ")|\\Qaudit\\E|\\Qpublic.x\\E"))
                .isEqualTo(own);
    }

    @Test
    void inEnforceModeTheClientGetsThePrefixBackToo() {
        assertThat(enforce.toSeen("team-a\\.(?:orders.*)")).isEqualTo("team-a\\.orders.*");
        assertThat(enforce.toSeen("team-a\\.(?:.*)")).isEqualTo(".*");
    }

    @Test
    void thePatternOfSomebodyElseIsNotShown() {
        assertThat(hide.toSeen("team-b\\.(?:orders)")).isEmpty();
        assertThat(hide.toSeen(".*")).isEmpty();
    }

    /** Whatever a pattern is, its form on the cluster matches a name of the namespace or of the additional topics, or it is refused. */
    @Test
    void noPatternMatchesAForeignName() {
        Random random = new Random(20261123);
        String[] pieces = {
            "a", "b", ".", "*", "|", "(", ")", "[", "]", "^", "$", "\\", "Q", "E", "\\Q", "\\E", "(?:", "team-a.", "x",
            ".*", "?", "(?i)", "\\.", "-", "\\b", "{2}", "(?s)", "[^", "\\x", "\\pL", "\\C"
        };
        List<String> foreign =
                List.of("x", "a", "ab", "team-b.x", "team-a", "team-aXx", "xteam-a.a", "__consumer_offsets", "");
        int accepted = 0;
        for (int i = 0; i < 100_000; i++) {
            StringBuilder pattern = new StringBuilder();
            int length = 1 + random.nextInt(7);
            for (int piece = 0; piece < length; piece++) {
                pattern.append(pieces[random.nextInt(pieces.length)]);
            }
            for (TopicPattern mode : List.of(hide, enforce)) {
                try {
                    Pattern real = Pattern.compile(mode.toReal(pattern.toString(), List.of("audit")));
                    accepted++;
                    assertThat(foreign)
                            .as("%s became %s", pattern, real)
                            .noneMatch(name -> real.matcher(name).matches());
                } catch (RefusedPatternException refused) {
                    // As it should be.
                }
            }
        }
        assertThat(accepted).isGreaterThan(10_000);
    }

    /** A pattern that is accepted matches a name exactly when it would have without a namespace. */
    @Test
    void anAcceptedPatternMeansTheSame() throws Exception {
        List<String> names = List.of("a", "b", "ab", "orders", "orders.eu", "a.b", "x-1");
        for (String pattern : List.of(
                "a|b", "^a|b$", "orders(\\..*)?", "[a-z]", ".*", "(?i)ORDERS", "a.b", "a\\.b", "x-\\d", "^.b$")) {
            Pattern direct = Pattern.compile(pattern);
            Pattern real = Pattern.compile(hide.toReal(pattern, List.of()));

            for (String name : names) {
                assertThat(real.matcher("team-a." + name).matches())
                        .as("%s on %s", pattern, name)
                        .isEqualTo(direct.matcher(name).matches());
            }
        }
    }

    private static TopicPattern pattern(Mode mode) {
        return new TopicPattern(new Namespace(
                new NamespaceConfig("team-a.", mode, new Additional(List.of(), List.of()), Overlap.REFUSE)));
    }
}
