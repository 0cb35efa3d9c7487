/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.plugins.auth.plain;

import io.gatehouse.spi.resources.ResourceKind;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.kafka.common.security.scram.internals.ScramMechanism;
import org.pf4j.Extension;

/** The resource kind {@code Account}. Stateless. */
@Extension
public final class AccountKind implements ResourceKind<Account> {

    @Override
    public String kind() {
        return "Account";
    }

    @Override
    public Class<Account> specType() {
        return Account.class;
    }

    @Override
    public List<Problem> validate(String name, Account account) {
        List<Problem> problems = new ArrayList<>();
        if (account.password() != null) {
            passwordProblem(account.password()).ifPresent(message -> problems.add(new Problem("password", message)));
        }
        account.scram().forEach((mechanism, verifier) -> {
            try {
                ScramVerifier.parse(mechanism, verifier);
            } catch (IllegalArgumentException e) {
                problems.add(new Problem("scram[" + mechanism + "]", e.getMessage()));
            }
        });
        return problems;
    }

    @Override
    public List<Reference> references(String name, Account account) {
        return account.virtualCluster() == null
                ? List.of()
                : List.of(new Reference("virtualCluster", "VirtualCluster", account.virtualCluster()));
    }

    private static Optional<String> passwordProblem(String password) {
        if (password.isEmpty()) {
            return Optional.of("empty (expected: at least one character, or no password at all)");
        }
        if (Placeholder.isOne(password)) {
            try {
                return passwordProblem(Placeholder.resolve(password));
            } catch (IllegalArgumentException e) {
                return Optional.of(e.getMessage());
            }
        }
        if (PasswordHash.looksLikeOne(password) && !PasswordHash.isOne(password)) {
            return Optional.of(
                    "begins like a bcrypt hash but is none that can be used (expected: $2a$, $2b$ or $2y$, a "
                            + "cost from " + PasswordHash.MIN_COST + " to " + PasswordHash.MAX_COST
                            + ", and 53 characters)");
        }
        return Optional.empty();
    }

    @Override
    public Account beforeStoring(String name, Account account) {
        return beforeStoring(name, account, Optional.empty());
    }

    /**
     * Clear text that comes through an API is never stored, but what each mechanism checks it by; what an operator writes to a file stays
     * as the operator wrote it. An account takes tokens from when it was first stored, unless it says otherwise.
     *
     * @throws IllegalArgumentException for a placeholder: who may write accounts may not read the gateway's files and environment
     */
    @Override
    public Account beforeStoring(String name, Account account, Optional<Account> stored) {
        Account storing = withoutClearText(account, stored);
        if (storing.tokens() != null) {
            return storing;
        }
        return storing.withTokens(
                stored.isPresent()
                        ? stored.get().tokens()
                        : AccountTokens.since(Instant.now().truncatedTo(ChronoUnit.SECONDS)));
    }

    private static Account withoutClearText(Account written, Optional<Account> stored) {
        String password = written.password();
        if (password == null) {
            return written;
        }
        Account account = withoutVerifiersOfAnotherPassword(written, stored);
        if (PasswordHash.isOne(password)) {
            return account;
        }
        String storedPassword = stored.map(Account::password).orElse(null);
        if (Placeholder.isOne(password)) {
            if (password.equals(storedPassword)) {
                return account;
            }
            throw new IllegalArgumentException(
                    "password: a placeholder (expected: clear text or a bcrypt hash; placeholders are for files of the"
                            + " gateway)");
        }
        boolean same = storedPassword != null
                && PasswordHash.isOne(storedPassword)
                && PasswordHash.matches(password.getBytes(StandardCharsets.UTF_8), storedPassword);
        String hash = same ? storedPassword : PasswordHash.of(password, PasswordHash.DEFAULT_COST);
        Map<String, String> storedScram = stored.map(Account::scram).orElse(Map.of());
        Map<String, String> scram = new TreeMap<>(account.scram());
        for (ScramMechanism mechanism : ScramMechanism.values()) {
            String known = storedScram.get(mechanism.mechanismName());
            scram.computeIfAbsent(
                    mechanism.mechanismName(),
                    missing -> known != null && ScramVerifier.matches(mechanism, password, known)
                            ? known
                            : ScramVerifier.derive(mechanism, password, ScramVerifier.DEFAULT_ITERATIONS));
        }
        return account.withPassword(hash, Collections.unmodifiableMap(scram));
    }

    /**
     * Who reads an account, changes its password and writes it back sends the verifiers that were stored: they would let the old password
     * in. Those that were written anew stay.
     */
    private static Account withoutVerifiersOfAnotherPassword(Account account, Optional<Account> stored) {
        if (stored.isEmpty() || account.password().equals(stored.get().password())) {
            return account;
        }
        Map<String, String> scram = new TreeMap<>(account.scram());
        scram.entrySet().removeAll(stored.get().scram().entrySet());
        return account.withPassword(account.password(), Collections.unmodifiableMap(scram));
    }
}
