/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.plugins.auth.plain;

import io.micrometer.core.instrument.Counter;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Optional;

/**
 * Checks passwords. Whoever fails and why, a refusal takes the time of one hash of the highest cost among all accounts, so that it says
 * nothing: what a cheaper hash leaves is made up for. Thread-safe; blocks for the time of a hash.
 */
final class PasswordVerifier {

    private final Accounts accounts;
    private final int cost;
    private final Counter slowHashes;

    /**
     * Checks passwords.
     *
     * @param cost of hashes of passwords in clear text
     * @param slowHashes counts checks
     */
    PasswordVerifier(Accounts accounts, int cost, Counter slowHashes) {
        this.accounts = accounts;
        this.cost = cost;
        this.slowHashes = slowHashes;
    }

    /**
     * Why an account is not to be let in by a password; empty when it is.
     *
     * @param account one that may connect
     */
    Optional<String> refusal(KnownAccount account, byte[] password) {
        if (account.spec().password() == null) {
            return refused(password, "it has no password");
        }
        slowHashes.increment();
        String hash = account.hash();
        if (hash != null) {
            return PasswordHash.matches(password, hash) ? Optional.empty() : wrong(password, hash);
        }
        return firstRefusal(account, password);
    }

    /**
     * An operator's file may hold clear text: it is how people try a gateway out, and secrets that a tool puts into a file come that way.
     * It is read once for each version of the account, and hashed; from then on this verifier works with the hash alone. That first use
     * makes the hash instead of checking one, so that it too costs one slow hash.
     */
    private Optional<String> firstRefusal(KnownAccount account, byte[] password) {
        String stored;
        try {
            stored = account.password();
        } catch (IllegalArgumentException e) {
            PasswordHash.of(password, accounts.highestCost());
            return Optional.of("its password: " + e.getMessage());
        }
        if (PasswordHash.isOne(stored)) {
            account.hash(stored);
            accounts.resolved(PasswordHash.cost(stored));
            return PasswordHash.matches(password, stored) ? Optional.empty() : wrong(password, stored);
        }
        String hash = PasswordHash.of(stored, cost);
        account.hash(hash);
        boolean same = MessageDigest.isEqual(stored.getBytes(StandardCharsets.UTF_8), password);
        return same ? Optional.empty() : wrong(password, hash);
    }

    /** For an attempt that no hash has been made for: takes the time of one. */
    Optional<String> refused(byte[] password, String reason) {
        slowHashes.increment();
        PasswordHash.of(password, accounts.highestCost());
        return Optional.of(reason);
    }

    /** 2^c rounds are done, and 2^c + 2^(c+1) + ... + 2^(h-1) more make 2^h. */
    private Optional<String> wrong(byte[] password, String hash) {
        int highest = accounts.highestCost();
        for (int each = PasswordHash.cost(hash); each < highest; each++) {
            PasswordHash.of(password, each);
        }
        return Optional.of("wrong password");
    }
}
