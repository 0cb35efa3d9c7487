/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel.config;

import io.gatehouse.spi.config.Description;
import java.util.Map;

/** An entry of {@code administration}: an interface for operators that a plugin serves. Immutable. */
public record AdministrationEntry(
        @Description("The interface's name, such as http of the plugin admin-http.")
        String type,

        @Description("The plugin's own keys.") @Remaining Map<String, Object> config) {

    public AdministrationEntry {
        Names.require("type", type);
    }
}
