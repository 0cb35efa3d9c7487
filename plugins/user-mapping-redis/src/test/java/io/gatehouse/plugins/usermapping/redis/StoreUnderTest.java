/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.plugins.usermapping.redis;

import static org.awaitility.Awaitility.await;

import io.gatehouse.redis.RedisServer;
import io.gatehouse.spi.identity.EditableUserMappingStore;
import io.gatehouse.spi.identity.UserMapping;
import io.gatehouse.spi.testkit.InMemoryPluginContext;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;

/** A store over a real Redis, as a gateway uses it. */
final class StoreUnderTest implements AutoCloseable {

    static final String MARKER = "{gatehouse}:store";

    static {
        // A machine that builds much else is slow.
        Awaitility.setDefaultTimeout(Duration.ofSeconds(30));
    }

    private final InMemoryPluginContext plugin = new InMemoryPluginContext();
    private final AtomicInteger changes = new AtomicInteger();
    private final EditableUserMappingStore store;

    StoreUnderTest(RedisConfig config) {
        store = (EditableUserMappingStore)
                new RedisUserMappingStoreFactory().create(config, plugin, changes::incrementAndGet);
    }

    /** What is in force when a test does not say otherwise. */
    static RedisConfig config(String address) {
        return config(Optional.of(address), Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());
    }

    static RedisConfig config(
            Optional<String> address,
            Optional<RedisConfig.SentinelConfig> sentinel,
            Optional<RedisConfig.ClusterConfig> cluster,
            Optional<RedisConfig.TlsConfig> tls,
            Optional<String> username) {
        return new RedisConfig(
                address,
                sentinel,
                cluster,
                username,
                username.map(name -> name + "-secret"),
                0,
                tls,
                "gatehouse",
                Duration.ofMillis(500),
                4,
                100,
                Duration.ofMinutes(10),
                Duration.ofMinutes(10),
                Duration.ofMillis(100));
    }

    static RedisConfig withTimes(RedisConfig config, Duration cacheTime, Duration staleTime) {
        return new RedisConfig(
                config.address(),
                config.sentinel(),
                config.cluster(),
                config.username(),
                config.password(),
                config.database(),
                config.tls(),
                config.prefix(),
                config.timeout(),
                config.connections(),
                config.cacheSize(),
                cacheTime,
                staleTime,
                config.watchInterval());
    }

    /** A store over a Redis that has the marker, as soon as it is in use. */
    static StoreUnderTest over(RedisServer redis) {
        redis.cli("SET", MARKER, Layout.MARKER);
        return new StoreUnderTest(config(redis.address())).ready();
    }

    StoreUnderTest ready() {
        await().atMost(Duration.ofSeconds(30)).until(() -> gauge("connected") == 1);
        return this;
    }

    StoreUnderTest untilAway() {
        await().until(() -> gauge("connected") == 0);
        return this;
    }

    double gauge(String name) {
        return plugin.meters()
                .get("gatehouse.user.mapping.redis." + name)
                .gauge()
                .value();
    }

    double lookUps(String result) {
        return plugin.meters()
                .get("gatehouse.user.mapping.redis.lookups")
                .tag("result", result)
                .counter()
                .count();
    }

    EditableUserMappingStore store() {
        return store;
    }

    int changes() {
        return changes.get();
    }

    Optional<UserMapping> find(String principal) {
        return find("plain", principal);
    }

    Optional<UserMapping> find(String authentication, String principal) {
        return store.find(authentication, principal)
                .toCompletableFuture()
                .orTimeout(5, TimeUnit.SECONDS)
                .join();
    }

    /** Why the store cannot say; empty when it can. */
    Optional<String> refusal(String principal) {
        return store.find("plain", principal)
                .toCompletableFuture()
                .orTimeout(5, TimeUnit.SECONDS)
                .handle((found, failure) -> Optional.ofNullable(failure).map(each -> {
                    Throwable cause = each.getCause() == null ? each : each.getCause();
                    return String.valueOf(cause.getMessage());
                }))
                .join();
    }

    List<EditableUserMappingStore.Entry> list() {
        return store.list().toCompletableFuture().orTimeout(5, TimeUnit.SECONDS).join();
    }

    @Override
    public void close() {
        store.close();
        plugin.close();
    }
}
