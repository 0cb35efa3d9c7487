/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.plugins.auth.plain;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * The passwords that were right, so that a client that reconnects does not cost a slow hash again. Of each account it keeps one keyed hash
 * (HMAC-SHA-256) over the account's version, name and password, with a random key that only this process has: without the key it is worth
 * nothing, and with a changed account it is not found. Thread-safe.
 */
final class SuccessCache {

    private static final String ALGORITHM = "HmacSHA256";

    private final SecretKeySpec key;
    private final Map<String, byte[]> successes = new ConcurrentHashMap<>();

    SuccessCache() {
        byte[] random = new byte[32];
        new SecureRandom().nextBytes(random);
        key = new SecretKeySpec(random, ALGORITHM);
    }

    void remember(KnownAccount account, byte[] password) {
        successes.put(account.name(), digest(account, password));
    }

    /** Takes microseconds, and the same time whether the password is right or wrong. */
    boolean knows(KnownAccount account, byte[] password) {
        byte[] known = successes.get(account.name());
        return known != null && MessageDigest.isEqual(known, digest(account, password));
    }

    void forget(String name) {
        successes.remove(name);
    }

    int size() {
        return successes.size();
    }

    private byte[] digest(KnownAccount account, byte[] password) {
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(key);
            update(mac, account.resource().version().getBytes(StandardCharsets.UTF_8));
            update(mac, account.name().getBytes(StandardCharsets.UTF_8));
            update(mac, password);
            return mac.doFinal();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JVM has " + ALGORITHM, e);
        }
    }

    /** With its length first: ("ab", "c") and ("a", "bc") must not be the same. */
    private static void update(Mac mac, byte[] part) {
        mac.update(ByteBuffer.allocate(Integer.BYTES).putInt(0, part.length));
        mac.update(part);
    }
}
