/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel.resources;

import io.gatehouse.spi.config.Default;
import io.gatehouse.spi.config.Description;
import java.nio.file.Path;

/** The configuration of the resource store {@code file}. Immutable. */
public record FileStoreConfig(
        @Description("The folder of *.yaml and *.yml files.") @Default("resources")
        Path path) {}
