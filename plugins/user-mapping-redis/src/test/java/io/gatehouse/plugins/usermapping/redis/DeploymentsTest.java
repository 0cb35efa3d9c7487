/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.plugins.usermapping.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gatehouse.redis.RedisServer;
import io.gatehouse.spi.identity.EditableUserMappingStore.Entry;
import io.gatehouse.spi.identity.UserMapping;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A Cluster, Sentinels, and a server with TLS and an ACL user. */
class DeploymentsTest {

    private static final String ANN = "{gatehouse}:mapping:*:ann";

    private static void assertFollowsChanges(StoreUnderTest store, RedisServer master) {
        assertThat(store.find("ann").orElseThrow().username()).contains("a");
        assertFollowsChanges(store, master, "changed");
    }

    private static void assertFollowsChanges(StoreUnderTest store, RedisServer master, String username) {
        master.cli("HSET", ANN, "username", username);
        await().untilAsserted(() ->
                assertThat(store.find("ann").orElseThrow().username()).contains(username));
    }

    @Test
    void aClusterIsFollowedToTheNodeThatHasTheSlot() {
        try (RedisServer first = node();
                RedisServer second = node()) {
            first.cli("CLUSTER", "ADDSLOTSRANGE", "0", "8191");
            second.cli("CLUSTER", "ADDSLOTSRANGE", "8192", "16383");
            first.cli("CLUSTER", "MEET", "127.0.0.1", String.valueOf(second.port()));
            await().atMost(Duration.ofSeconds(20)).untilAsserted(() -> {
                assertThat(first.cli("CLUSTER", "INFO")).contains("cluster_state:ok", "cluster_known_nodes:2");
                assertThat(second.cli("CLUSTER", "INFO")).contains("cluster_state:ok", "cluster_known_nodes:2");
            });
            int slot = Integer.parseInt(first.cli("CLUSTER", "KEYSLOT", StoreUnderTest.MARKER));
            RedisServer owner = slot < 8192 ? first : second;
            RedisServer other = slot < 8192 ? second : first;
            owner.cli("SET", StoreUnderTest.MARKER, Layout.MARKER);
            owner.cli("HSET", ANN, "username", "a");
            RedisConfig config = StoreUnderTest.config(
                    Optional.empty(),
                    Optional.empty(),
                    Optional.of(new RedisConfig.ClusterConfig(List.of(other.address()))),
                    Optional.empty(),
                    Optional.of("gateway"));
            try (StoreUnderTest store = new StoreUnderTest(config).ready()) {
                assertFollowsChanges(store, owner);
                Entry entry = new Entry(Optional.empty(), "bob", UserMapping.of("b", "bo", null, Set.of()));
                store.store().put(entry).toCompletableFuture().join();
                assertThat(store.list()).hasSize(2).contains(entry);

                owner.kill();
                store.untilAway();
                assertThat(store.find("ann")).isPresent();
                assertThat(store.refusal("nobody")).isPresent();
                owner.startAgain();
                addUser(owner, DocumentedRights.READING + " " + DocumentedRights.CLUSTER);
                store.ready();
                assertFollowsChanges(store, owner, "again");
            }
        }
    }

    private static RedisServer node() {
        RedisServer node = RedisServer.describe()
                .arguments("--cluster-enabled", "yes", "--cluster-config-file", "nodes.conf")
                .arguments("--cluster-node-timeout", "1000")
                .start();
        addUser(node, DocumentedRights.READING + " " + DocumentedRights.CLUSTER + " " + DocumentedRights.WRITING);
        return node;
    }

    private static void addUser(RedisServer server, String rights) {
        server.cli(("ACL SETUSER gateway on >gateway-secret " + rights).split(" "));
    }

    @Test
    void sentinelsNameTheMasterAndTheNextOne() {
        try (RedisServer master = RedisServer.describe().start();
                RedisServer replica = RedisServer.describe()
                        .arguments("--replicaof", "127.0.0.1", String.valueOf(master.port()))
                        .arguments("--repl-diskless-sync-delay", "0")
                        .start();
                RedisServer sentinel = sentinel(master)) {
            master.cli("SET", StoreUnderTest.MARKER, Layout.MARKER);
            master.cli("HSET", ANN, "username", "a");
            await().atMost(Duration.ofSeconds(20)).untilAsserted(() -> {
                assertThat(replica.cli("HGET", ANN, "username")).isEqualTo("a");
                assertThat(sentinel.cli("SENTINEL", "REPLICAS", "mymaster")).contains(String.valueOf(replica.port()));
            });
            RedisConfig config = StoreUnderTest.config(
                    Optional.empty(),
                    Optional.of(new RedisConfig.SentinelConfig(
                            "mymaster", List.of(sentinel.address()), Optional.empty(), Optional.empty())),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty());
            try (StoreUnderTest store = new StoreUnderTest(config).ready()) {
                assertFollowsChanges(store, master);

                master.kill();
                store.untilAway();
                assertThat(store.find("ann")).isPresent();
                assertThat(store.refusal("nobody")).isPresent();

                await().atMost(Duration.ofSeconds(20)).until(() -> store.gauge("connected") == 1);
                assertThat(store.find("nobody")).isEmpty();
                assertFollowsChanges(store, replica, "by the next master");
            }
            await().until(() -> Thread.getAllStackTraces().keySet().stream()
                    .noneMatch(thread -> thread.getName().contains("SentinelListener")));
        }
    }

    private static RedisServer sentinel(RedisServer master) {
        int port = RedisServer.freePort();
        String conf = """
                port %d
                bind 127.0.0.1
                sentinel monitor mymaster 127.0.0.1 %d 1
                sentinel down-after-milliseconds mymaster 500
                sentinel failover-timeout mymaster 3000
                """.formatted(port, master.port());
        return RedisServer.describe()
                .port(port)
                .file("server.conf", conf.getBytes(StandardCharsets.UTF_8))
                .arguments("{dir}/server.conf", "--sentinel")
                .start();
    }

    /** The rights that the documentation names are enough, and each is needed where it says so. */
    @Test
    void tlsAndAnAclUserWithTheDocumentedRights(@TempDir Path folder) throws Exception {
        RedisCertificates certificates = RedisCertificates.in(folder);
        try (RedisServer redis = RedisServer.describe()
                .tls()
                .file("server.crt", certificates.certificate())
                .file("server.key", certificates.key())
                .file("ca.crt", certificates.certificate())
                .start()) {
            addUser(redis, DocumentedRights.READING);
            redis.cli("SET", StoreUnderTest.MARKER, Layout.MARKER);
            redis.cli("HSET", ANN, "username", "a");
            RedisConfig config = StoreUnderTest.config(
                    Optional.of("localhost:" + redis.port()),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.of(new RedisConfig.TlsConfig(
                            Optional.of(certificates.trustStore().toString()),
                            Optional.of(RedisCertificates.PASSWORD),
                            Optional.empty(),
                            Optional.empty())),
                    Optional.of("gateway"));
            try (StoreUnderTest store = new StoreUnderTest(config).ready()) {
                assertFollowsChanges(store, redis);
                Entry entry = new Entry(Optional.empty(), "bob", UserMapping.denying("b"));
                assertThat(store.store()
                                .put(entry)
                                .toCompletableFuture()
                                .handle((done, failure) -> failure)
                                .join())
                        .hasMessageContaining("NOPERM");

                redis.cli(("ACL SETUSER gateway " + DocumentedRights.WRITING).split(" "));
                store.store().put(entry).toCompletableFuture().join();
                assertThat(store.list()).contains(entry);
                assertThat(store.store()
                                .remove(Optional.empty(), "bob")
                                .toCompletableFuture()
                                .join())
                        .isTrue();
            }
        }
    }
}
