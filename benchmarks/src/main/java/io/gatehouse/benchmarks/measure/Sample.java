/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.benchmarks.measure;

import java.util.Map;
import java.util.TreeMap;

/**
 * What one window of one workload against one target yielded: figures by {@link Figure}, in the figure's unit. Immutable.
 *
 * @param values figures that could be measured; the others are missing
 */
public record Sample(Map<Figure, Double> values) {

    public Sample {
        values = Map.copyOf(new TreeMap<>(values));
    }
}
