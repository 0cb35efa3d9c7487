/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.plugins.usermapping.redis;

import io.gatehouse.spi.config.Default;
import io.gatehouse.spi.config.Description;
import io.gatehouse.spi.config.Secret;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** {@code identity.userMapping.config} of the store {@code redis}. */
public record RedisConfig(
        @Description("One Redis: host:port. Either it, sentinel or cluster.")
        Optional<String> address,

        @Description("A master that Sentinels watch.") Optional<SentinelConfig> sentinel,
        @Description("A Redis Cluster.") Optional<ClusterConfig> cluster,

        @Description("The ACL user; the default user when left out.")
        Optional<String> username,

        @Description("The user's password.") @Secret Optional<String> password,

        @Description("The database, which a Cluster has not.") @Default("0")
        int database,

        @Description("TLS towards Redis, and its Sentinels; plaintext when left out.")
        Optional<TlsConfig> tls,

        @Description("What all keys begin with, in braces.") @Default("gatehouse")
        String prefix,

        @Description("How long a look-up may take.") @Default("1s")
        Duration timeout,

        @Description("How many look-ups run at a time.") @Default("4")
        int connections,

        @Description("How many principals' mappings are kept.") @Default("10000")
        int cacheSize,

        @Description("How long a mapping is kept before it is read again, changed or not.") @Default("10m")
        Duration cacheTime,

        @Description("How long mappings that were found are used while Redis is away.") @Default("10m")
        Duration staleTime,

        @Description("How often Redis is asked whether it is there, and what has changed.") @Default("200ms")
        Duration watchInterval) {

    private static final Pattern PREFIX = Pattern.compile("[A-Za-z0-9._-]+");

    /** {@code sentinel}. */
    public record SentinelConfig(
            @Description("The name by which Sentinels know the master.")
            String master,

            @Description("Sentinels: host:port.") List<String> addresses,

            @Description("The Sentinels' own ACL user.") Optional<String> username,

            @Description("The Sentinels' own password.") @Secret
            Optional<String> password) {

        public SentinelConfig {
            requireAddresses("addresses", addresses);
        }
    }

    /** {@code cluster}. */
    public record ClusterConfig(
            @Description("Some nodes: host:port.") List<String> addresses) {
        public ClusterConfig {
            requireAddresses("addresses", addresses);
        }
    }

    /** {@code tls}. */
    public record TlsConfig(
            @Description("Whom to trust, a PKCS12 or JKS file; the JVM's authorities when left out.")
            Optional<String> truststore,

            @Description("Its password.") @Secret Optional<String> truststorePassword,

            @Description("The key and certificate to show, a PKCS12 or JKS file; none when left out.")
            Optional<String> keystore,

            @Description("Its password.") @Secret Optional<String> keystorePassword) {}

    public RedisConfig {
        long ways = (address.isPresent() ? 1 : 0) + (sentinel.isPresent() ? 1 : 0) + (cluster.isPresent() ? 1 : 0);
        if (ways != 1) {
            throw new IllegalArgumentException(
                    "address, sentinel, cluster: " + ways + " of them (expected: exactly one)");
        }
        address.ifPresent(text -> requireAddress("address", text));
        if (cluster.isPresent() && database != 0) {
            throw new IllegalArgumentException(
                    "database: " + database + " (expected: left out, as a Cluster has none)");
        }
        if (!PREFIX.matcher(prefix).matches()) {
            throw new IllegalArgumentException(
                    "prefix: \"" + prefix + "\" (expected: letters, digits, dots, dashes or underscores)");
        }
        if (username.isPresent() && password.isEmpty()) {
            throw new IllegalArgumentException("password: missing (expected: the password of " + username.get() + ")");
        }
        requireAtLeastOne("connections", connections);
        requireAtLeastOne("cacheSize", cacheSize);
        requirePositive("timeout", timeout);
        requirePositive("cacheTime", cacheTime);
        requirePositive("watchInterval", watchInterval);
        if (staleTime.isNegative()) {
            throw new IllegalArgumentException("staleTime: " + staleTime + " (expected: 0s or more)");
        }
    }

    private static void requireAddresses(String key, List<String> addresses) {
        if (addresses.isEmpty()) {
            throw new IllegalArgumentException(key + ": empty (expected: at least one host:port)");
        }
        addresses.forEach(address -> requireAddress(key, address));
    }

    private static void requireAddress(String key, String address) {
        if (!address.matches(".+:[0-9]{1,5}")) {
            throw new IllegalArgumentException(key + ": \"" + address + "\" (expected: host:port)");
        }
    }

    private static void requireAtLeastOne(String key, int value) {
        if (value < 1) {
            throw new IllegalArgumentException(key + ": " + value + " (expected: 1 or more)");
        }
    }

    private static void requirePositive(String key, Duration duration) {
        if (duration.isZero() || duration.isNegative()) {
            throw new IllegalArgumentException(key + ": " + duration + " (expected: more than 0)");
        }
    }
}
