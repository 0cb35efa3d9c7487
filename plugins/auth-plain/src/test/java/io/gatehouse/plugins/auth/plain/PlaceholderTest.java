/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.plugins.auth.plain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gatehouse.spi.authentication.AuthenticationResult;
import io.gatehouse.spi.testkit.AuthenticatorHarness;
import io.gatehouse.spi.testkit.InMemoryResources;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PlaceholderTest {

    @TempDir
    private Path folder;

    private String file(String text) throws IOException {
        return Files.writeString(Files.createTempFile(folder, "secret", ""), text)
                .toString();
    }

    @Test
    void aFileIsItsTextWithoutTheLineBreakAtItsEnd() throws IOException {
        assertThat(Placeholder.resolve("${file:" + file("secret\n") + "}")).isEqualTo("secret");
        assertThat(Placeholder.resolve("${file:" + file(" a\nb\n\n") + "}")).isEqualTo(" a\nb\n");
    }

    @Test
    void aKeyOfAPropertiesFile() throws IOException {
        String path = file("alice=secret\nbob=other\n");

        assertThat(Placeholder.resolve("${file:" + path + ":alice}")).isEqualTo("secret");
        assertThatThrownBy(() -> Placeholder.resolve("${file:" + path + ":carol}"))
                .hasMessageEndingWith("(expected: that key in " + path + ")");
    }

    @Test
    void anEnvironmentVariable() {
        assertThat(Placeholder.resolve("${env:PATH}")).isEqualTo(System.getenv("PATH"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "${env:GATEHOUSE_NOT_SET}    | (expected: environment variable GATEHOUSE_NOT_SET)",
                "${file:relative}            | (expected: an absolute path)",
                "${file:/nowhere/at/all}     | (expected: a file that can be read",
                "${vault:x}                  | (expected: ${env:NAME}, ${file:/path} or ${file:/path:key})",
            })
    void whatStandsForNothingIsNamed(String placeholder, String expectation) {
        assertThatThrownBy(() -> Placeholder.resolve(placeholder))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith(placeholder)
                .hasMessageContaining(expectation);
    }

    @ParameterizedTest
    @ValueSource(strings = {"secret", "a${env:PATH}", "${env:PATH}b", "$env:PATH"})
    void everythingElseIsAPasswordLikeAnyOther(String text) {
        assertThat(Placeholder.isOne(text)).isFalse();
    }

    @Test
    void anAccountLogsInByWhatItsPlaceholderStandsFor() throws IOException {
        try (AuthenticatorHarness harness =
                AuthenticatorHarness.of(new PlainAuthenticatorFactory(), Configs.plain(1, 4))) {
            harness.resources(AccountKind.class)
                    .put("clear", account("${file:" + file("secret") + "}"))
                    .put("hashed", account("${file:" + file(PasswordHash.of("secret", 4)) + "}"));

            for (String name : new String[] {"clear", "hashed", "clear", "hashed"}) {
                assertThat(harness.sasl("PLAIN", ("\0" + name + "\0secret").getBytes()))
                        .isInstanceOf(AuthenticationResult.Authenticated.class);
                assertThat(harness.sasl("PLAIN", ("\0" + name + "\0wrong").getBytes()))
                        .isInstanceOf(AuthenticationResult.Rejected.class);
            }
        }
    }

    @Test
    void aHashBehindAPlaceholderCountsForTheTimeOfRefusalsOnceItIsKnown() throws IOException {
        InMemoryResources<Account> resources = new InMemoryResources<>(new AccountKind())
                .put("hashed", account("${file:" + file(PasswordHash.of("secret", 6)) + "}"));
        Accounts accounts = new Accounts(resources, 4, ScramVerifier.MIN_ITERATIONS);
        KnownAccount hashed = accounts.find("hashed").orElseThrow();

        assertThat(accounts.highestCost()).isEqualTo(4);
        assertThat(new PasswordVerifier(accounts, 4, new SimpleMeterRegistry().counter("hashes"))
                        .refusal(hashed, "wrong".getBytes()))
                .contains("wrong password");
        assertThat(accounts.highestCost()).isEqualTo(6);
    }

    @Test
    void aPlaceholderThatStandsForNothingIsAProblemOfTheAccount() {
        assertThat(new AccountKind().validate("alice", account("${file:/nowhere}")))
                .singleElement()
                .satisfies(problem -> assertThat(problem.message()).startsWith("${file:/nowhere} (expected:"));
    }

    @Test
    void thoseWhoWriteAccountsThroughAnApiCannotReadTheGatewaysFiles() {
        assertThatThrownBy(() -> new AccountKind().beforeStoring("alice", account("${file:/etc/hostname}")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("password: a placeholder");
    }

    private static Account account(String password) {
        return new Account(password, Map.of(), null, null, true);
    }
}
