/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.plugins.records;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GlobsTest {

    @ParameterizedTest
    @CsvSource({
        "*, anything, true",
        "orders, orders, true",
        "orders, orders2, false",
        "orders, xorders, false",
        "orders.*, orders.eu, true",
        "orders.*, ordersXeu, false",
        "*-eu, orders-eu, true",
        "*-eu, orders-us, false",
        "team-?, team-a, true",
        "team-?, team-ab, false",
        "[a-z]+, a, false",
        "[a-z]+, [a-z]+, true"
    })
    void aPatternMatchesWholeNames(String pattern, String name, boolean matches) {
        assertThat(new Globs(List.of(pattern)).match(name)).isEqualTo(matches);
    }

    @ParameterizedTest
    @CsvSource({"orders, true", "payments, true", "audit, false"})
    void oneOfSeveralIsEnough(String name, boolean matches) {
        assertThat(new Globs(List.of("orders", "pay*")).match(name)).isEqualTo(matches);
    }
}
