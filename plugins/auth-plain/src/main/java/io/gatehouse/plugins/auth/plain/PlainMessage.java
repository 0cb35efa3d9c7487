/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.plugins.auth.plain;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * The client's only message in SASL/PLAIN (RFC 4616): {@code [authzid] NUL authcid NUL passwd}, UTF-8.
 *
 * <pre>
 * \0alice\0secret        alice, "secret"
 * alice\0alice\0secret   the same: acting as oneself
 * bob\0alice\0secret     refused: acting as another
 * \0alice\0              refused: no password
 * </pre>
 *
 * @param password UTF-8, checked to be that; wiped by whoever is done with it
 */
record PlainMessage(String username, byte[] password) {

    /** More than any password or token needs; what is longer is not worth a hash. */
    static final int MAX_BYTES = 8 * 1024;

    /** @throws MalformedException when it is not such a message; never with anything of the password */
    static PlainMessage parse(byte[] message) throws MalformedException {
        if (message.length > MAX_BYTES) {
            throw new MalformedException(message.length + " bytes (expected: at most " + MAX_BYTES + ")");
        }
        int first = indexOfNul(message, 0);
        int second = first < 0 ? -1 : indexOfNul(message, first + 1);
        if (second < 0 || indexOfNul(message, second + 1) >= 0) {
            throw new MalformedException("not of the form [authzid] NUL authcid NUL passwd");
        }
        String authorization = text(message, 0, first, "authzid");
        String username = text(message, first + 1, second, "authcid");
        byte[] password = Arrays.copyOfRange(message, second + 1, message.length);
        text(password, 0, password.length, "passwd");
        if (username.isEmpty()) {
            throw new MalformedException("authcid: empty");
        }
        if (password.length == 0) {
            throw new MalformedException("passwd: empty");
        }
        if (!authorization.isEmpty() && !authorization.equals(username)) {
            throw new MalformedException("authzid: another than authcid (expected: empty or the same)");
        }
        return new PlainMessage(username, password);
    }

    void wipe() {
        Arrays.fill(password, (byte) 0);
    }

    private static int indexOfNul(byte[] message, int from) {
        for (int i = from; i < message.length; i++) {
            if (message[i] == 0) {
                return i;
            }
        }
        return -1;
    }

    private static String text(byte[] message, int from, int to, String field) throws MalformedException {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(message, from, to - from))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new MalformedException(field + ": not UTF-8");
        }
    }

    /** Without the password: it is safe to log. */
    @Override
    public String toString() {
        return "PlainMessage{username=" + username + "}";
    }

    /** The message is not one of SASL/PLAIN. */
    static final class MalformedException extends Exception {
        private static final long serialVersionUID = 1L;

        MalformedException(String message) {
            super(message);
        }
    }
}
