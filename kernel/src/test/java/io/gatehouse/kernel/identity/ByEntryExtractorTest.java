/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel.identity;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.kernel.config.Binder;
import io.gatehouse.kernel.config.Yaml;
import io.gatehouse.spi.authentication.Authentication;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ByEntryExtractorTest {

    private static ByEntryExtractor extractor(String yaml) {
        return new ByEntryExtractor(
                new Binder().bind(tree(yaml), ByEntryConfig.class, "config").orElseThrow("the extractor"));
    }

    private static Map<String, Object> tree(String yaml) {
        Map<String, Object> tree = new TreeMap<>();
        ((Map<?, ?>) Yaml.read(yaml).documents().get(0)).forEach((key, value) -> tree.put(String.valueOf(key), value));
        return tree;
    }

    private static String extracted(ByEntryExtractor extractor, Authentication authentication) {
        return extractor
                .extract(authentication)
                .toCompletableFuture()
                .handle((principal, failure) -> failure == null ? principal : "refused: " + failure.getMessage())
                .join();
    }

    /** The table of the class's documentation. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
            {}                                                       | ann@acme  | {}                    | ann@acme
            {rules: ['RULE:^([^@]+)@acme$/$1/U'], prefix: corp-}     | ann@acme  | {}                    | corp-ANN
            {rules: ['RULE:^([^@]+)@acme$/$1/U'], prefix: corp-}     | ann@other | {}                    | refused: "ann@other" of authentication "oauth" (expected: a text that one of its rules matches)
            {claim: user.id}                                         | 7f3a      | {user: {id: ann}}     | ann
            {claim: user.id}                                         | 7f3a      | {user.id: ann}        | ann
            {claim: user.id}                                         | 7f3a      | {}                    | refused: claim user.id of "7f3a": missing (expected: a text)
            {claim: user.id}                                         | 7f3a      | {user: {id: 7}}       | refused: claim user.id of "7f3a": missing (expected: a text)
            {claim: user.id}                                         | 7f3a      | {user: text}          | refused: claim user.id of "7f3a": missing (expected: a text)
            {claim: id, rules: ['RULE:^x(.*)$/$1/']}                 | 7f3a      | {id: xann}            | ann
            {rules: ['RULE:^x(.*)$/$1/']}                           | x         | {}                    | refused: "x" of authentication "oauth" yields "" (expected: at least one character)
            """)
    void aClaimOrTheIdentifierThenRulesThenThePrefix(String entry, String identifier, String claims, String expected) {
        Authentication authentication = Authentication.of("OAUTHBEARER", identifier)
                .name("oauth")
                .claims(tree(claims))
                .build();

        assertThat(extracted(extractor("{entries: [" + entry + "]}"), authentication))
                .isEqualTo(expected);
    }

    @Test
    void eachAuthenticationEntryHasItsOwnAndWhatNoneIsForIsRefused() {
        ByEntryExtractor named =
                extractor("{entries: [{authentication: oauth, prefix: o-}, {authentication: plain, prefix: p-}]}");
        ByEntryExtractor rest = extractor("{entries: [{prefix: any-}, {authentication: plain, prefix: p-}]}");
        Authentication plain = Authentication.of("PLAIN", "ann").name("plain").build();
        Authentication mtls = Authentication.of("TLS", "ann").name("mtls").build();

        assertThat(extracted(named, plain)).isEqualTo("p-ann");
        assertThat(extracted(named, mtls))
                .isEqualTo("refused: authentication \"mtls\" (expected: one that"
                        + " identity.principalExtractor.config.entries has something for)");
        assertThat(extracted(rest, plain)).isEqualTo("p-ann");
        assertThat(extracted(rest, mtls)).isEqualTo("any-ann");
    }

    @ParameterizedTest
    @CsvSource(delimiterString = " -> ", textBlock = """
            {entries: []} -> config.entries: empty (expected: at least one)
            {entries: [{prefix: a}, {prefix: b}]} -> config.entries: two without authentication (expected: one for each authentication entry)
            {entries: [{rules: [x]}]} -> rules: "x": no rule begins at "x"
            {entries: [{clam: x}]} -> config.entries[0].clam: unknown key (did you mean `claim`?)
            """)
    void whatCannotWorkIsNamed(String yaml, String problem) {
        assertThat(new Binder().bind(tree(yaml), ByEntryConfig.class, "config").problems())
                .singleElement()
                .asString()
                .contains(problem);
    }
}
