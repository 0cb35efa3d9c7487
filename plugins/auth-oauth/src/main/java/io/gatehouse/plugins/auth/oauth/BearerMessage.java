/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.plugins.auth.oauth;

import java.nio.charset.StandardCharsets;
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

    private static final Pattern FORM =
            Pattern.compile("n,(?:a=([^,\\x01]*))?,\\x01((?:[A-Za-z]+=[^\\x01]*\\x01)*)\\x01", Pattern.DOTALL);
    private static final Pattern AUTH = Pattern.compile("(?:^|\\x01)auth=(?i:Bearer) +([-A-Za-z0-9._~+/]+=*) *\\x01");

    /** @throws IllegalArgumentException when it is none; the message holds nothing of the token */
    static BearerMessage parse(byte[] bytes) {
        Matcher matcher = FORM.matcher(new String(bytes, StandardCharsets.UTF_8));
        if (!matcher.matches()) {
            throw new IllegalArgumentException("not of the form n,[a=authzid],^Aauth=Bearer token^A^A (RFC 7628)");
        }
        Matcher auth = AUTH.matcher(matcher.group(2));
        if (!auth.find()) {
            throw new IllegalArgumentException("no auth=Bearer with a token (RFC 6750)");
        }
        return new BearerMessage(matcher.group(1) == null ? "" : matcher.group(1), auth.group(1));
    }
}
