/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.plugins.usermapping.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.gatehouse.redis.RedisServer;
import io.gatehouse.spi.identity.EditableUserMappingStore.Entry;
import io.gatehouse.spi.identity.UserMapping;
import io.gatehouse.spi.identity.UserMappingStore;
import io.gatehouse.spi.testkit.InMemoryPluginContext;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class RedisUserMappingStoreTest {

    private static RedisServer redis;

    @BeforeAll
    static void start() {
        redis = RedisServer.describe().start();
    }

    @AfterAll
    static void stop() {
        redis.close();
    }

    @BeforeEach
    void empty() {
        redis.cli("FLUSHALL");
    }

    private static void map(RedisServer server, String authentication, String principal, String... fields) {
        String[] command = new String[fields.length + 2];
        command[0] = "HSET";
        command[1] = "{gatehouse}:mapping:" + authentication + ":" + principal;
        System.arraycopy(fields, 0, command, 2, fields.length);
        server.cli(command);
    }

    @Test
    void whatAnOperatorWritesWithRedisCliIsFound() {
        map(redis, "*", "ann", "username", "payments", "virtualCluster", "team-a", "groups", "writers, readers");
        map(redis, "oauth", "ann", "deny", "true", "name", "no-tokens");
        map(redis, "*", "CN=a:b,O=ü", "name", "dn");
        try (StoreUnderTest store = StoreUnderTest.over(redis)) {
            assertThat(store.find("plain", "ann"))
                    .contains(UserMapping.of("*:ann", "payments", "team-a", Set.of("writers", "readers")));
            assertThat(store.find("oauth", "ann")).contains(UserMapping.denying("no-tokens"));
            assertThat(store.find("plain", "CN=a:b,O=ü")).contains(UserMapping.of("dn", null, null, Set.of()));
            assertThat(store.find("plain", "bob")).isEmpty();
            assertThat(store.find("plain", "*")).isEmpty();
        }
    }

    @Test
    void aFoundMappingIsReadOnceAndAnAbsenceIsNeverKept() {
        map(redis, "*", "ann", "username", "a");
        try (StoreUnderTest store = StoreUnderTest.over(redis)) {
            IntStream.range(0, 5).forEach(time -> store.find("ann"));
            assertThat(store.lookUps("read")).isEqualTo(1);
            assertThat(store.lookUps("cached")).isEqualTo(4);

            IntStream.range(0, 5).forEach(time -> store.find("nobody"));
            assertThat(store.lookUps("read")).isEqualTo(6);
        }
    }

    @Test
    void aChangeWithRedisCliCountsWithinASecond() {
        map(redis, "*", "ann", "username", "before");
        try (StoreUnderTest store = StoreUnderTest.over(redis)) {
            store.find("ann");
            await().until(() -> store.changes() > 0);
            int before = store.changes();

            long begun = System.nanoTime();
            map(redis, "*", "ann", "username", "after");
            await().pollInterval(Duration.ofMillis(5)).until(() -> store.changes() > before);
            long millis = (System.nanoTime() - begun) / 1_000_000;

            System.out.println("A mapping changed with redis-cli counted after " + millis + " ms");
            assertThat(millis).isLessThan(1_000);
            assertThat(store.find("ann").orElseThrow().username()).contains("after");
            redis.cli("DEL", "{gatehouse}:mapping:*:ann");
            await().untilAsserted(() -> assertThat(store.find("ann")).isEmpty());
        }
    }

    @Test
    void aRedisWithoutTheMarkerIsNotTheStoreUntilItHasOne() {
        map(redis, "*", "ann", "username", "a");
        try (StoreUnderTest store = new StoreUnderTest(StoreUnderTest.config(redis.address()))) {
            await().until(() -> store.refusal("ann").orElse("").contains("missing"));
            assertThat(store.refusal("nobody"))
                    .contains(
                            "Redis: key {gatehouse}:store: missing (expected: gatehouse-user-mappings/1, which is written"
                                    + " when the store is set up)");

            redis.cli("SET", StoreUnderTest.MARKER, "gatehouse-user-mappings/1");
            store.ready();
            assertThat(store.find("ann")).isPresent();
            assertThat(store.find("nobody")).isEmpty();

            redis.cli("SET", StoreUnderTest.MARKER, "something else");
            store.untilAway();
            assertThat(store.refusal("ann").orElseThrow()).contains("\"something else\"");
        }
    }

    @Test
    void aRedisThatMayEvictMappingsIsNotTheStoreUntilItMayNot() {
        map(redis, "*", "ann", "username", "a");
        redis.cli("SET", StoreUnderTest.MARKER, Layout.MARKER);
        redis.cli("CONFIG", "SET", "maxmemory-policy", "allkeys-lru");
        try (StoreUnderTest store = new StoreUnderTest(StoreUnderTest.config(redis.address()))) {
            await().untilAsserted(() -> assertThat(store.refusal("ann"))
                    .contains("Redis: maxmemory-policy: allkeys-lru (expected: noeviction, as an evicted mapping is no"
                            + " mapping)"));

            redis.cli("CONFIG", "SET", "maxmemory-policy", "volatile-lru");
            store.ready();
            assertThat(store.find("ann")).isPresent();
        } finally {
            redis.cli("CONFIG", "SET", "maxmemory-policy", "noeviction");
        }
    }

    @Test
    void aStoreThatIsEmptiedRefusesEverybody() {
        map(redis, "*", "ann", "username", "a");
        try (StoreUnderTest store = StoreUnderTest.over(redis)) {
            store.find("ann");

            redis.cli("FLUSHALL");

            assertThat(store.refusal("nobody")).as("at once, without the watch").isPresent();
            await().untilAsserted(() -> assertThat(store.refusal("ann")).isPresent());
        }
    }

    @Test
    void whatDoesNotParseRefusesItsPrincipalOnly() {
        map(redis, "*", "ann", "usernam", "a");
        map(redis, "*", "bob", "deny", "yes");
        map(redis, "*", "cid", "groups", "a,,b");
        map(redis, "*", "dan", "username", " ");
        redis.cli("SET", "{gatehouse}:mapping:*:eve", "text");
        map(redis, "*", "fay", "username", "f");
        try (StoreUnderTest store = StoreUnderTest.over(redis)) {
            assertThat(store.refusal("ann").orElseThrow())
                    .contains(
                            "{gatehouse}:mapping:*:ann in Redis does not parse: usernam: an unknown field (expected: one"
                                    + " of name, username, virtualCluster, groups, deny)");
            assertThat(store.refusal("bob").orElseThrow()).contains("deny: \"yes\" (expected: true or false)");
            assertThat(store.refusal("cid").orElseThrow())
                    .contains("groups: \"a,,b\" (expected: names parted by commas)");
            assertThat(store.refusal("dan").orElseThrow()).contains("username: empty");
            assertThat(store.refusal("eve").orElseThrow()).contains("WRONGTYPE");
            assertThat(store.find("fay")).isPresent();
        }
    }

    @Test
    void aMappingThatStopsParsingRefusesThoughAnotherWasKept() {
        map(redis, "*", "ann", "username", "a");
        try (StoreUnderTest store = StoreUnderTest.over(redis)) {
            store.find("ann");

            map(redis, "*", "ann", "deny", "yes");

            await().untilAsserted(() -> assertThat(store.refusal("ann")).isPresent());
        }
    }

    @Test
    void whileRedisIsAwayFoundMappingsAreUsedAndOthersRefusedUntilItIsBack() {
        try (RedisServer own = RedisServer.describe().start()) {
            map(own, "*", "ann", "username", "a");
            map(own, "*", "bob", "username", "b");
            try (StoreUnderTest store = StoreUnderTest.over(own)) {
                store.find("ann");
                store.find("nobody");
                await().until(() -> store.changes() > 0);
                int before = store.changes();

                own.kill();
                assertThat(store.refusal("nobody")).as("at once").isPresent();
                store.untilAway();
                assertThat(store.find("ann").orElseThrow().username()).contains("a");
                assertThat(store.refusal("bob")).isPresent();
                assertThat(store.refusal("nobody")).isPresent();
                assertThat(store.changes()).as("nobody is looked up again").isEqualTo(before);

                own.startAgain();
                store.ready();
                assertThat(store.find("bob")).isPresent();
                assertThat(store.find("nobody")).isEmpty();
                await().until(() -> store.changes() > before);
            }
        }
    }

    @Test
    void foundMappingsAreUsedNoLongerThanStaleTime() {
        try (RedisServer own = RedisServer.describe().start()) {
            map(own, "*", "ann", "username", "a");
            own.cli("SET", StoreUnderTest.MARKER, Layout.MARKER);
            RedisConfig config = StoreUnderTest.withTimes(
                    StoreUnderTest.config(own.address()), Duration.ofMillis(1), Duration.ofSeconds(2));
            try (StoreUnderTest store = new StoreUnderTest(config).ready()) {
                store.find("ann");
                await().until(() -> store.changes() > 0);
                int before = store.changes();

                own.kill();
                store.untilAway();
                assertThat(store.find("ann")).as("older than cacheTime").isPresent();

                await().untilAsserted(() -> assertThat(store.refusal("ann")).isPresent());
                await().untilAsserted(() -> assertThat(store.changes())
                        .as("all are looked up again")
                        .isGreaterThan(before));
            }
        }
    }

    @Test
    void aRedisThatComesBackEmptyRefusesEverybody() {
        try (RedisServer own = RedisServer.describe().forgetful().start()) {
            map(own, "*", "ann", "username", "a");
            try (StoreUnderTest store = StoreUnderTest.over(own)) {
                store.find("ann");

                own.kill();
                store.untilAway();
                own.startAgain();

                await().untilAsserted(() ->
                        assertThat(store.refusal("ann").orElse("")).contains("missing"));
                assertThat(store.refusal("nobody").orElse("")).contains("missing");
            }
        }
    }

    @Test
    void aRedisThatHangsIsAway() {
        try (RedisServer own = RedisServer.describe().start()) {
            map(own, "*", "ann", "username", "a");
            try (StoreUnderTest store = StoreUnderTest.over(own)) {
                store.find("ann");
                own.freeze();

                long begun = System.nanoTime();
                assertThat(store.refusal("nobody")).isPresent();
                assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(2));
                assertThat(store.find("ann")).isPresent();
                store.untilAway();
                assertThat(store.find("ann")).isPresent();

                own.thaw();
                store.ready();
                assertThat(store.find("nobody")).isEmpty();
            }
        }
    }

    @Test
    void itNeedNotBeThereAtTheStart() {
        RedisServer.Builder description = RedisServer.describe().port(RedisServer.freePort());
        int port = RedisServer.freePort();
        try (StoreUnderTest store = new StoreUnderTest(StoreUnderTest.config("127.0.0.1:" + port))) {
            assertThat(store.refusal("ann")).isPresent();

            try (RedisServer late = description.port(port).start()) {
                late.cli("SET", StoreUnderTest.MARKER, Layout.MARKER);
                store.ready();
                assertThat(store.find("ann")).isEmpty();
            }
        }
    }

    @Test
    void whatIsPutIsFoundAndListedAndWhatIsRemovedIsNot() {
        UserMapping mapping = new UserMapping("m", Optional.of("u"), Optional.of("team-a"), Set.of("a", "b"), false);
        Entry forAll = new Entry(Optional.empty(), "ann", mapping);
        Entry forOne = new Entry(Optional.of("oauth"), "ann", UserMapping.denying("d"));
        try (StoreUnderTest store = StoreUnderTest.over(redis)) {
            store.store()
                    .put(new Entry(Optional.empty(), "ann", UserMapping.denying("old")))
                    .toCompletableFuture()
                    .join();
            store.store().put(forAll).toCompletableFuture().join();
            store.store().put(forOne).toCompletableFuture().join();

            assertThat(store.list()).containsExactlyInAnyOrder(forAll, forOne);
            assertThat(store.find("plain", "ann")).contains(mapping);
            assertThat(store.find("oauth", "ann")).contains(UserMapping.denying("d"));
            assertThat(redis.cli("HGET", "{gatehouse}:mapping:*:ann", "groups")).isEqualTo("a,b");

            assertThat(store.store()
                            .remove(Optional.empty(), "ann")
                            .toCompletableFuture()
                            .join())
                    .isTrue();
            assertThat(store.store()
                            .remove(Optional.empty(), "ann")
                            .toCompletableFuture()
                            .join())
                    .isFalse();
            assertThat(store.find("plain", "ann")).isEmpty();
            assertThat(store.list()).containsExactly(forOne);
        }
    }

    @Test
    void nothingIsWrittenWhereTheStoreIsNot() {
        try (StoreUnderTest store = StoreUnderTest.over(redis)) {
            redis.cli("DEL", StoreUnderTest.MARKER);

            assertThatThrownBy(() -> store.store()
                            .put(new Entry(Optional.empty(), "ann", UserMapping.denying("d")))
                            .toCompletableFuture()
                            .join())
                    .hasMessageContaining("missing");
            assertThat(redis.cli("DBSIZE")).isEqualTo("0");
        }
    }

    @Test
    void theCacheIsBounded() {
        redis.cli(
                "EVAL",
                "for user = 0, 149 do redis.call('HSET', '{gatehouse}:mapping:*:user-' .. user, 'username', 'u') end",
                "0");
        try (StoreUnderTest store = StoreUnderTest.over(redis)) {
            IntStream.range(0, 150).forEach(user -> store.find("user-" + user));

            assertThat(store.gauge("cached")).isEqualTo(100);
            assertThat(store.find("user-149")).isPresent();
            assertThat(store.lookUps("cached")).isEqualTo(1);
        }
    }

    /** A reload makes the next store before it lets go of the last one, and lets go of the next one when it fails. */
    @Test
    void gaugesAreAboutTheStoreThatWasMadeLastOfThoseThatAre() {
        redis.cli("SET", StoreUnderTest.MARKER, Layout.MARKER);
        map(redis, "*", "ann", "username", "a");
        RedisUserMappingStoreFactory factory = new RedisUserMappingStoreFactory();
        RedisConfig config = StoreUnderTest.config(redis.address());
        try (InMemoryPluginContext plugin = new InMemoryPluginContext()) {
            UserMappingStore first = factory.create(config, plugin, () -> {});
            await().untilAsserted(() -> assertThat(gauge(plugin, "connected")).isEqualTo(1));
            first.find("plain", "ann").toCompletableFuture().join();
            assertThat(gauge(plugin, "cached")).isEqualTo(1);

            UserMappingStore failing = factory.create(StoreUnderTest.config("127.0.0.1:1"), plugin, () -> {});
            assertThat(gauge(plugin, "connected")).isZero();
            failing.close();
            assertThat(gauge(plugin, "connected")).isEqualTo(1);

            UserMappingStore next = factory.create(config, plugin, () -> {});
            first.close();
            await().untilAsserted(() -> assertThat(gauge(plugin, "connected")).isEqualTo(1));
            assertThat(gauge(plugin, "cached")).isZero();
            next.find("plain", "ann").toCompletableFuture().join();
            assertThat(gauge(plugin, "cached")).isEqualTo(1);
            next.close();
        }
    }

    private static double gauge(InMemoryPluginContext plugin, String name) {
        return plugin.meters()
                .get("gatehouse.user.mapping.redis." + name)
                .gauge()
                .value();
    }
}
