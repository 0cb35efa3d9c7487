/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.plugins.records;

import io.gatehouse.spi.config.Default;
import io.gatehouse.spi.config.Description;
import java.util.List;
import java.util.Map;

/** A rule for records on their way to clients. */
public record FetchRule(
        @Default("['*']")
        @Description("Topics, as the client knows them, that the rule is for: names, or patterns with * and ?.")
        List<String> topics,

        @Default("true") @Description("The condition, in CEL.")
        String when,

        @Default("{}") @Description("Headers to set, replacing those of that name: CEL expressions that yield text.")
        Map<String, String> setHeaders,

        @Default("[]") @Description("Headers to remove: names, or patterns with * and ?.")
        List<String> removeHeaders,

        @Default("false") @Description("Hides the record from the client.")
        boolean skip) {

    public FetchRule {
        Rules.check(topics, when, setHeaders, removeHeaders);
        if (!skip && setHeaders.isEmpty() && removeHeaders.isEmpty()) {
            throw new IllegalArgumentException(
                    "a rule that does nothing (expected: setHeaders, removeHeaders or skip)");
        }
    }
}
