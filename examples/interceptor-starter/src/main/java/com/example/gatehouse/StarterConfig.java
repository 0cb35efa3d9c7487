/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package com.example.gatehouse;

import io.gatehouse.spi.config.Default;
import io.gatehouse.spi.config.Description;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/** What operators write under {@code config}. The gateway binds it, and reports what is thrown here together with its place. */
public record StarterConfig(
        @Default("x-gatehouse-user") @Description("The header that carries the user's name.")
        String header,

        @Default("[a-z0-9.-]+") @Description("The regular expression that the whole name of a topic must match.")
        String topicPattern) {

    public StarterConfig {
        if (header.isEmpty()) {
            throw new IllegalArgumentException("header: empty (expected: the name of a header)");
        }
        try {
            Pattern.compile(topicPattern);
        } catch (PatternSyntaxException e) {
            throw new IllegalArgumentException(
                    "topicPattern: " + topicPattern + " (expected: a regular expression)", e);
        }
    }
}
