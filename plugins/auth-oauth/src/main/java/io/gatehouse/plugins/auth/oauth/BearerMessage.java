/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.plugins.auth.oauth;

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The client's first message (RFC 7628, 3.1): {@code n,a=<authzid>,^Aauth=Bearer <token>^A<key>=<value>^A^A}, where {@code ^A} is the
 * byte 1.
 *
 * @param authorizationId whom the client wants to be; empty when it leaves that to the token
 * @param token as sent, not verified
 */
record BearerMessage(String authorizationId, String token) {

    /** Far more than tokens have. */
    static final int MAX_BYTES = 64 * 1024;

    private static final String SEPARATOR = "\1";
    private static final Pattern HEADER = Pattern.compile("n,(?:a=([^,\\x01]*+))?+,");
    private static final Pattern KEY = Pattern.compile("[A-Za-z]++");
    private static final Pattern AUTH = Pattern.compile("(?i:Bearer) ++([-A-Za-z0-9._~+/]++=*+) *+");

    /**
     * Reads strictly: what a broker that gets the same bytes would read otherwise is refused, such as a key that comes twice.
     *
     * @throws IllegalArgumentException when it is none; the message holds nothing of the token
     */
    static BearerMessage parse(byte[] bytes) {
        if (bytes.length > MAX_BYTES) {
            throw new IllegalArgumentException(bytes.length + " bytes (expected: at most " + MAX_BYTES + ")");
        }
        String[] parts = new String(bytes, StandardCharsets.UTF_8).split(SEPARATOR, -1);
        Matcher header = HEADER.matcher(parts[0]);
        int end = parts.length - 2;
        if (end < 1 || !header.matches() || !parts[end].isEmpty() || !parts[end + 1].isEmpty()) {
            throw malformed();
        }
        Map<String, String> values = new HashMap<>();
        for (String pair : List.of(parts).subList(1, end)) {
            int equals = pair.indexOf('=');
            if (equals < 0 || !KEY.matcher(pair.substring(0, equals)).matches()) {
                throw malformed();
            }
            if (values.put(pair.substring(0, equals), pair.substring(equals + 1)) != null) {
                throw new IllegalArgumentException("a key that comes twice (expected: each once)");
            }
        }
        Matcher auth = AUTH.matcher(values.getOrDefault("auth", ""));
        if (!auth.matches()) {
            throw new IllegalArgumentException("no auth=Bearer with a token (RFC 6750)");
        }
        return new BearerMessage(header.group(1) == null ? "" : header.group(1), auth.group(1));
    }

    private static IllegalArgumentException malformed() {
        return new IllegalArgumentException("not of the form n,[a=authzid],^Aauth=Bearer token^A^A (RFC 7628)");
    }
}
