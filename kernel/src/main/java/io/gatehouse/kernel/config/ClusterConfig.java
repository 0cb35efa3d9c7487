/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel.config;

import io.gatehouse.spi.config.Default;
import io.gatehouse.spi.config.Description;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** An entry of {@code clusters}: a real Kafka cluster behind the gateway. Immutable. */
public record ClusterConfig(
        @Description("The name that routes and virtual clusters use.")
        String name,

        @Description("Whether connections without authentication may reach this cluster.") @Default("false")
        boolean allowAnonymous,

        @Description("Kafka's own client properties, bootstrap.servers at least.")
        Map<String, Object> properties) {

    private static final String BOOTSTRAP_SERVERS = "bootstrap.servers";
    private static final Pattern HOST_AND_PORT =
            Pattern.compile("(?:[A-Za-z_]+://)?(?:\\[[0-9A-Fa-f:.%a-z]+]|[^\\s:/]+):(\\d{1,5})");
    private static final int HIGHEST_PORT = 65535;

    public ClusterConfig {
        Names.require("name", name);
        Object servers = properties.get(BOOTSTRAP_SERVERS);
        if (servers == null) {
            throw new IllegalArgumentException(
                    "properties.bootstrap.servers: missing (expected: brokers such as localhost:9092)");
        }
        if (!(servers instanceof String text) || text.isBlank()) {
            throw new IllegalArgumentException("properties.bootstrap.servers: " + Trees.show(servers)
                    + " (expected: brokers as a text such as \"broker1:9092,broker2:9092\")");
        }
        for (String address : text.split(",", -1)) {
            requireHostAndPort(address.strip(), text);
        }
        properties.forEach((key, value) -> {
            if (value == null || value instanceof Map || value instanceof List) {
                throw new IllegalArgumentException(
                        "properties." + key + ": " + (value == null ? "nothing" : Trees.show(value))
                                + " (expected: a text, a number, true or false)");
            }
        });
    }

    private static void requireHostAndPort(String address, String all) {
        Matcher matcher = HOST_AND_PORT.matcher(address);
        if (!matcher.matches()
                || Integer.parseInt(matcher.group(1)) < 1
                || Integer.parseInt(matcher.group(1)) > HIGHEST_PORT) {
            throw new IllegalArgumentException("properties.bootstrap.servers: \"" + all
                    + "\" (expected: host:port such as localhost:9092, parted by commas)");
        }
    }

    /** Whether the brokers ask for SASL. */
    public boolean asksForCredentials() {
        return String.valueOf(properties.get("security.protocol"))
                .toUpperCase(Locale.ROOT)
                .startsWith("SASL_");
    }

    /** Whether the gateway has what the brokers ask for; else only its clients have, and it relays their exchanges. */
    public boolean hasCredentials() {
        return !asksForCredentials()
                || properties.containsKey("sasl.jaas.config")
                || System.getProperty("java.security.auth.login.config") != null;
    }

    /** The text of {@code bootstrap.servers}. */
    public String bootstrapServers() {
        return String.valueOf(properties.get(BOOTSTRAP_SERVERS));
    }
}
