/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.plugins.auth.plain;

import io.gatehouse.spi.resources.Resource;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/**
 * Checks passwords, each check with exactly one slow hash, whether the account exists or not, and whether the password is right or wrong:
 * the time that a refusal takes says nothing. Thread-safe; blocks for the time of a hash.
 */
final class PasswordVerifier {

    private final int cost;
    private final String phantom;
    private final Map<String, HashOfClearText> hashes = new ConcurrentHashMap<>();
    private final LongAdder slowHashes = new LongAdder();

    PasswordVerifier(int cost) {
        this.cost = cost;
        this.phantom = PasswordHash.of("nobody has this password, and nobody is let in by it", cost);
    }

    private record HashOfClearText(String version, String hash) {}

    /**
     * @param account empty when there is none that could be used
     * @return whether there is one and this is its password
     */
    boolean verify(Optional<Resource<Account>> account, byte[] password) {
        slowHashes.increment();
        if (account.isEmpty() || account.get().spec().password() == null) {
            PasswordHash.matches(password, phantom);
            return false;
        }
        String stored = account.get().spec().password();
        if (PasswordHash.isOne(stored)) {
            return PasswordHash.matches(password, stored);
        }
        return verifyClearText(account.get(), stored, password);
    }

    /**
     * An operator's file may hold clear text: it is how people try a gateway out, and secrets that a tool puts into a file come that way.
     * It is read from the account once for each version, and hashed; from then on this verifier works with the hash alone, so that the
     * clear text is in no structure of its own, no log and no comparison beyond the first. That first use makes the hash instead of
     * checking one, so that it too costs one slow hash.
     */
    private boolean verifyClearText(Resource<Account> account, String clearText, byte[] password) {
        HashOfClearText known = hashes.get(account.name());
        if (known != null && known.version().equals(account.version())) {
            return PasswordHash.matches(password, known.hash());
        }
        hashes.put(account.name(), new HashOfClearText(account.version(), PasswordHash.of(clearText, cost)));
        return MessageDigest.isEqual(clearText.getBytes(StandardCharsets.UTF_8), password);
    }

    void forget(String name) {
        hashes.remove(name);
    }

    /** How many slow hashes were made. */
    long slowHashes() {
        return slowHashes.sum();
    }
}
