/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.plugins.acl.decision;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.plugins.acl.decision.NamePattern.Glob;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Random;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NamePatternTest {

    @ParameterizedTest
    @CsvSource({
        "*,anything,true",
        "orders,orders,true",
        "orders,orders2,false",
        "orders.*,orders.,true",
        "orders.*,orders.in,true",
        "orders.*,ordersXin,false",
        "team-?,team-a,true",
        "team-?,team-,false",
        "team-?,team-ab,false",
        "team-?-*-in,team-a-x-y-in,true",
        "team-?-*-in,team-a-in,false",
        "*in,in,true",
        "*in,inin,true",
        "*in,ini,false",
        "a**b,ab,true"
    })
    void globsMatchAsTheyRead(String glob, String name, boolean matches) {
        assertThat(NamePattern.glob(glob).matches(name)).isEqualTo(matches);
    }

    @Test
    void whatIsInterpolatedIsNeverAWildcard() {
        NamePattern pattern =
                new NamePattern.Builder().literal("*?").pattern("-*").build();

        assertThat(pattern).isEqualTo(new NamePattern.Prefix("*?-"));
        assertThat(new NamePattern.Builder().literal("*").build()).isEqualTo(new NamePattern.Literal("*"));
    }

    @Test
    void manyGlobsTogetherMatchAsEachAlone() {
        Random random = new Random(5);
        for (int round = 0; round < 300; round++) {
            List<String> globs = new ArrayList<>();
            for (int i = 0; i < 40; i++) {
                globs.add(text(random, "ab*?") + "?b");
            }
            GlobSet together = new GlobSet(
                    globs.stream().map(glob -> (Glob) NamePattern.glob(glob)).toList());
            for (int i = 0; i < 20; i++) {
                String name = text(random, "ab") + text(random, "ab");

                BitSet matching = together.matches(name);

                for (int glob = 0; glob < globs.size(); glob++) {
                    assertThat(matching.get(glob))
                            .as("%s and %s", globs.get(glob), name)
                            .isEqualTo(Pattern.matches(regex(globs.get(glob)), name));
                }
            }
        }
    }

    private static String regex(String glob) {
        return glob.chars()
                .mapToObj(character -> character == '*' ? ".*" : character == '?' ? "." : Character.toString(character))
                .collect(Collectors.joining());
    }

    private static String text(Random random, String alphabet) {
        return random.ints(random.nextInt(7), 0, alphabet.length())
                .mapToObj(i -> alphabet.substring(i, i + 1))
                .collect(Collectors.joining());
    }
}
