/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel.plugins;

import io.gatehouse.spi.GatewayPlugin;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;
import org.pf4j.DefaultVersionManager;

/**
 * The SPI that this gateway offers. A pre-release counts as the release that it leads to: a plugin for {@code >=0.1.0 & <1.0.0} runs on
 * 0.1.0-SNAPSHOT, and one for {@code <1.0.0} does not run on 1.0.0-rc1. (In semver itself it would be the other way round.)
 */
record SpiVersion(String version) {

    /** No range with an upper bound accepts it. */
    private static final String BEYOND_EVERY_BOUND = "1000000000.0.0";

    private static final DefaultVersionManager VERSIONS = new DefaultVersionManager();

    /** The version that stands in the SPI's jar. */
    static SpiVersion ofThisGateway() {
        try (InputStream resource = GatewayPlugin.class.getResourceAsStream("/META-INF/gatehouse-spi.properties")) {
            if (resource == null) {
                throw new IllegalStateException(
                        "META-INF/gatehouse-spi.properties: not found (expected: in the jar of the SPI)");
            }
            Properties properties = new Properties();
            properties.load(resource);
            return new SpiVersion(properties.getProperty("version"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Checks {@code Plugin-Requires}. */
    void require(String range) throws PluginRejectedException {
        String expected = "(expected: a range of SPI versions such as >=0.1.0 & <1.0.0)";
        if (range.isBlank()) {
            throw new PluginRejectedException(RejectionCode.BAD_REQUIRES, "Plugin-Requires: missing " + expected);
        }
        if (accepts(range, BEYOND_EVERY_BOUND, expected)) {
            throw new PluginRejectedException(
                    RejectionCode.REQUIRES_UNBOUNDED,
                    "Plugin-Requires: " + range
                            + " has no upper bound and would accept an SPI that nobody has seen yet " + expected);
        }
        if (!accepts(range, released(), expected)) {
            throw new PluginRejectedException(
                    RejectionCode.REQUIRES_OTHER_SPI,
                    "Plugin-Requires: " + range + " (expected: a range that accepts this gateway's SPI, " + version
                            + ")");
        }
    }

    private static boolean accepts(String range, String version, String expected) throws PluginRejectedException {
        try {
            return VERSIONS.checkVersionConstraint(version, range);
        } catch (RuntimeException e) {
            throw new PluginRejectedException(
                    RejectionCode.BAD_REQUIRES, "Plugin-Requires: " + range + " is not a version range " + expected, e);
        }
    }

    private String released() {
        return version.split("[-+]", 2)[0];
    }

    static boolean isSemver(String version) {
        try {
            VERSIONS.compareVersions(version, version);
            return true;
        } catch (RuntimeException e) {
            return false;
        }
    }

    /** Negative when {@code left} is the older one. Both are semver. */
    static int compare(String left, String right) {
        return VERSIONS.compareVersions(left, right);
    }
}
