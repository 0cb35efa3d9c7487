/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.plugins.auth.plain;

/** What strangers send, for logs. */
final class LogText {

    private static final int MAX_LENGTH = 100;

    private LogText() {}

    /** In quotes, cut, and without anything that breaks lines. */
    static String quoted(String text) {
        String cut = text.length() > MAX_LENGTH ? text.substring(0, MAX_LENGTH) + "..." : text;
        return "\"" + cut.replaceAll("\\p{C}", "?") + "\"";
    }
}
