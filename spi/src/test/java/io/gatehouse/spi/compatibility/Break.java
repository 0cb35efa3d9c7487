/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.spi.compatibility;

/**
 * What a plugin built against the baseline would trip over.
 *
 * @param element such as {@code io.gatehouse.spi.User#username()}
 * @param change japicmp's name for it
 */
record Break(String element, String change) implements Comparable<Break> {

    @Override
    public int compareTo(Break other) {
        return toString().compareTo(other.toString());
    }

    @Override
    public String toString() {
        return element + " | " + change;
    }
}
