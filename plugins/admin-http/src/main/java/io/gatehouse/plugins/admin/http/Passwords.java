/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.plugins.admin.http;

import at.favre.lib.crypto.bcrypt.BCrypt;
import at.favre.lib.crypto.bcrypt.LongPasswordStrategies;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Passwords against bcrypt hashes. What was right is remembered for a few minutes as a keyed hash, so that a client that sends its password
 * with every request does not cost 2^cost rounds each time. Thread-safe.
 */
final class Passwords {

    static final int LOWEST_COST = 4;

    private static final Pattern FORM = Pattern.compile("\\$2[aby]\\$(?:0[4-9]|1[0-6])\\$[./A-Za-z0-9]{53}");
    private static final BCrypt.Verifyer VERIFIER =
            BCrypt.verifyer(null, LongPasswordStrategies.hashSha512(BCrypt.Version.VERSION_2B));
    private static final long REMEMBERED_NANOS = TimeUnit.MINUTES.toNanos(5);
    private static final int REMEMBERED = 1_000;

    private final Map<String, Long> right = new ConcurrentHashMap<>();
    private final SecretKeySpec key;

    Passwords() {
        byte[] random = new byte[32];
        new SecureRandom().nextBytes(random);
        key = new SecretKeySpec(random, "HmacSHA256");
    }

    /** Of a hash that is one: the rounds are two to the power of it. */
    static int cost(String hash) {
        return Integer.parseInt(hash.substring(4, 6));
    }

    static boolean isHash(String text) {
        return FORM.matcher(text).matches();
    }

    static String hash(String password, int cost) {
        return BCrypt.with(BCrypt.Version.VERSION_2B, LongPasswordStrategies.hashSha512(BCrypt.Version.VERSION_2B))
                .hashToString(cost, password.toCharArray());
    }

    /** Takes as long for a wrong password as for any other that is wrong. */
    boolean matches(String password, String hash) {
        String seen = keyed(hash + "\n" + password);
        Long since = right.get(seen);
        if (since != null && System.nanoTime() - since < REMEMBERED_NANOS) {
            return true;
        }
        boolean matches = VERIFIER.verify(
                        password.getBytes(StandardCharsets.UTF_8), hash.getBytes(StandardCharsets.US_ASCII))
                .verified;
        if (matches) {
            if (right.size() >= REMEMBERED) {
                right.clear();
            }
            right.put(seen, System.nanoTime());
        }
        return matches;
    }

    private String keyed(String text) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(key);
            return HexFormat.of().formatHex(mac.doFinal(text.getBytes(StandardCharsets.UTF_8)));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }
}
