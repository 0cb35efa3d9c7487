/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.plugins.records;

import io.gatehouse.spi.config.Default;
import io.gatehouse.spi.config.Description;
import java.util.List;

/** What operators write under {@code config} of an interceptor with {@code type: records}. */
public record RecordsConfig(
        @Default("[]") @Description("Rules for records on their way to brokers, tried in order.")
        List<ProduceRule> produce,

        @Default("[]") @Description("Rules for records on their way to clients, tried in order.")
        List<FetchRule> fetch) {

    public RecordsConfig {
        if (produce.isEmpty() && fetch.isEmpty()) {
            throw new IllegalArgumentException("no rules (expected: at least one under produce or fetch)");
        }
    }
}
