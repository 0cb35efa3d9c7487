/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.common.security.ssl.SslPrincipalMapper;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PrincipalRulesTest {

    private static Optional<String> apply(String rules, String text) {
        return PrincipalRules.of(List.of(rules)).apply(text);
    }

    /** The table of the class's documentation. */
    @ParameterizedTest
    @CsvSource(delimiterString = " -> ", nullValues = "nothing", textBlock = """
            RULE:^CN=([^,]+),OU=apps.*$/$1/ -> CN=Payments,OU=apps,O=a -> Payments
            RULE:^CN=([^,]+),OU=apps.*$/$1/L -> CN=Payments,OU=apps,O=a -> payments
            RULE:^([^@]+)@acme[.]org$/$1/U -> ann@acme.org -> ANN
            RULE:^CN=([^,]+).*$/$1/ -> ann -> nothing
            RULE:^CN=([^,]+).*$/$1/,DEFAULT -> ann -> ann
            RULE:^tmp-.*$/guest/ -> tmp-7 -> guest
            RULE:^spiffe:\\/\\/acme\\/(.*)$/$1/ -> spiffe://acme/billing -> billing
            RULE:.*/guest/ -> anybody -> guest
            RULE:^(a)(b)?$/[$2]$1/ -> a -> []a
            RULE:^a$/\\$1\\/x/ -> a -> $1/x
            RULE:^a$/$0$0/ -> a -> aa
            """)
    void theFirstRuleThatMatchesTheWholeTextDecides(String rules, String text, String expected) {
        assertThat(apply(rules, text)).isEqualTo(Optional.ofNullable(expected));
    }

    @Test
    void rulesMayStandInOneTextOrInSeveral() {
        List<String> several = List.of("RULE:^a$/first/", "RULE:^b$/second/ , RULE:^a$/third/");

        assertThat(PrincipalRules.of(several).apply("a")).contains("first");
        assertThat(PrincipalRules.of(several).apply("b")).contains("second");
        assertThat(PrincipalRules.of(several).apply("c")).isEmpty();
    }

    /** A broker's rules mean here what they mean there. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "DEFAULT",
                "RULE:^CN=(.*?),OU=ServiceUsers.*$/$1/",
                "RULE:^CN=(.*?),OU=ServiceUsers.*$/$1/L,RULE:^CN=(.*?),OU=(.*?),O=(.*?),L=(.*?),ST=(.*?),C=(.*?)$/$1@$2/L",
                "RULE:^.*[Cc][Nn]=([a-zA-Z0-9.]*).*$/$1/U,DEFAULT",
                "RULE:^cn=(.*?),ou=(.*?),dc=(.*?),dc=(.*?)$/$1@$2/L,RULE:^([^,]+)$/$1/"
            })
    void rulesOfABrokerYieldWhatTheyYieldOnABroker(String rules) {
        SslPrincipalMapper broker = SslPrincipalMapper.fromRules(rules);
        List<String> names = List.of(
                "CN=Duke,OU=ServiceUsers,O=Org,C=US",
                "CN=duke,OU=SME,O=mycp,L=Fulton,ST=MD,C=US",
                "CN=Duke, OU=JavaSoft",
                "cn=duke,ou=sme,dc=mycp,dc=com",
                "ann");

        for (String name : names) {
            Optional<String> expected;
            try {
                expected = Optional.of(broker.getName(name));
            } catch (IOException e) {
                expected = Optional.empty();
            }
            assertThat(apply(rules, name)).as(name).isEqualTo(expected);
        }
    }

    @Test
    @Timeout(5)
    void aPatternThatTakesAgesElsewhereIsAnsweredAtOnce() {
        PrincipalRules rules = PrincipalRules.of(List.of("RULE:^(a+)+(a+)+$/$1/", "RULE:^(.*a){12}$/$1/"));
        String longest = "a".repeat(UserResolver.LONGEST_PRINCIPAL - 1) + "!";
        long begun = System.nanoTime();

        assertThat(rules.apply(longest)).isEmpty();

        assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(1));
    }

    @ParameterizedTest
    @CsvSource(delimiterString = " -> ", textBlock = """
            CN=a -> "CN=a": no rule begins at "CN=a"
            RULE:^a$ -> "RULE:^a$": no slash ends the pattern
            RULE:^a$/b -> "RULE:^a$/b": no slash ends the replacement
            RULE:^(a$/b/ -> "RULE:^(a$/b/": missing closing ): ^(a$, in the syntax of RE2
            RULE:^(?=a).*$/b/ -> "RULE:^(?=a).*$/b/": invalid or unsupported Perl syntax: (?=, in the syntax of RE2
            RULE:^(a)$/$2/ -> "RULE:^(a)$/$2/": the replacement $2 refers to another group than $0 to $1, which the pattern has
            RULE:^(a)$/$/ -> "RULE:^(a)$/$/": the replacement $ refers to another group than $0 to $1, which the pattern has
            RULE:^a$/b/X -> "RULE:^a$/b/X": something follows at "X"
            DEFAULT, -> "DEFAULT,": no rule begins at ""
            """)
    void whatIsNoRuleIsNamed(String rules, String message) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> PrincipalRules.of(List.of(rules)))
                .withMessage(
                        message + " (expected: RULE:pattern/replacement/, with L or U behind it or not, or DEFAULT)");
    }

    @Test
    void aBackslashAtTheEndIsNoRule() {
        assertThatThrownBy(() -> PrincipalRules.of(List.of("RULE:^a$/b\\")))
                .hasMessageContaining("no slash ends the replacement");
    }
}
