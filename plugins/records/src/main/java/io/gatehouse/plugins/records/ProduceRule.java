/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.plugins.records;

import io.gatehouse.spi.config.Default;
import io.gatehouse.spi.config.Description;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A rule for records on their way to brokers. */
public record ProduceRule(
        @Default("['*']")
        @Description("Topics, as the client knows them, that the rule is for: names, or patterns with * and ?.")
        List<String> topics,

        @Default("true") @Description("The condition, in CEL.")
        String when,

        @Default("{}") @Description("Headers to set, replacing those of that name: CEL expressions that yield text.")
        Map<String, String> setHeaders,

        @Default("[]") @Description("Headers to remove: names, or patterns with * and ?.")
        List<String> removeHeaders,

        @Description("Refuses the record, and with it its batch (INVALID_RECORD): the reason that the client is told.")
        Optional<String> reject,

        @Description(
                "Takes the record out of its batch; what an idempotent producer sends is refused with this reason.")
        Optional<String> drop) {

    public ProduceRule {
        Rules.check(topics, when, setHeaders, removeHeaders);
        if (reject.isPresent() && drop.isPresent()) {
            throw new IllegalArgumentException("drop: together with reject (expected: one of them)");
        }
        if (reject.isEmpty() && drop.isEmpty() && setHeaders.isEmpty() && removeHeaders.isEmpty()) {
            throw new IllegalArgumentException(
                    "a rule that does nothing (expected: setHeaders, removeHeaders, reject or drop)");
        }
    }
}
