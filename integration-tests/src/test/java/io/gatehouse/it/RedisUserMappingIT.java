/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gatehouse.kafka.junit.KafkaExtension;
import io.gatehouse.kafka.raw.RawKafkaClient;
import io.gatehouse.redis.RedisServer;
import io.gatehouse.spi.identity.EditableUserMappingStore;
import io.gatehouse.spi.identity.EditableUserMappingStore.Entry;
import io.gatehouse.spi.identity.UserMapping;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.message.MetadataRequestData;
import org.apache.kafka.common.message.MetadataResponseData;
import org.apache.kafka.common.message.SaslAuthenticateResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** User mappings in a real Redis, behind a gateway that real clients use, while it goes and comes. */
class RedisUserMappingIT {

    private static final String REFUSED_FOR_NOW = "closed without an answer";
    private static final String LOADER = "io.gatehouse.kernel.plugins.PluginClassLoader";

    @RegisterExtension
    static final KafkaExtension kafka = KafkaExtension.shared(3);

    private static RedisServer redis;
    private static TestGateway gateway;

    @BeforeAll
    static void start() {
        redis = RedisServer.describe().start();
        gateway = gateway(redis);
    }

    @AfterAll
    static void stop() {
        gateway.close();
        redis.close();
    }

    @BeforeEach
    void mappings() {
        write(redis);
        untilTheStoreIsThere(gateway);
    }

    private static TestGateway gateway(RedisServer server) {
        return gateway(server, "");
    }

    private static TestGateway gateway(RedisServer server, String extra) {
        return TestGateway.inFrontOf(kafka.bootstrapServers())
                .accounts("alice", "bob", "carol", "dora", "mallory")
                .plugin(TestGateway.jarOf("plugins/user-mapping-redis"))
                .resource(
                        "virtual-clusters.yaml",
                        "{apiVersion: gatehouse/v1, kind: VirtualCluster, metadata: {name: team-a}, spec: {cluster: local}}")
                .extra("identity: {userMapping: {store: redis, config: {address: \"%s\", watchInterval: 100ms}}}\n"
                                .formatted(server.address())
                        + extra)
                .start();
    }

    private static void write(RedisServer server) {
        server.cli("FLUSHALL");
        for (String user : new String[] {"alice", "bob", "dora"}) {
            server.cli("HSET", "{gatehouse}:mapping:*:" + user, "virtualCluster", "team-a");
        }
        server.cli("HSET", "{gatehouse}:mapping:plain:mallory", "deny", "true");
        server.cli("SET", "{gatehouse}:store", "gatehouse-user-mappings/1");
    }

    private static void untilTheStoreIsThere(TestGateway of) {
        await().until(() -> of.metric("gatehouse_user_mapping_redis_connected") == 1);
        await().untilAsserted(() -> assertThat(seenBy(of, "dora")).startsWith("team-a@"));
    }

    private static RawKafkaClient connect(TestGateway to, String user) throws Exception {
        RawKafkaClient client = RawKafkaClient.connect("localhost", to.bootstrapPort());
        SaslAuthenticateResponseData answer = client.saslPlain(user, user);
        assertThat(Errors.forCode(answer.errorCode())).isEqualTo(Errors.NONE);
        return client;
    }

    /** The cluster id that a user sees, or why it sees none. */
    private static String seenBy(TestGateway of, String user) throws Exception {
        try (RawKafkaClient client = RawKafkaClient.connect("localhost", of.bootstrapPort())) {
            SaslAuthenticateResponseData answer = client.saslPlain(user, user);
            if (answer.errorCode() != 0) {
                return Errors.forCode(answer.errorCode()).name();
            }
            return metadata(client).clusterId();
        } catch (IOException e) {
            return REFUSED_FOR_NOW;
        }
    }

    private static MetadataResponseData metadata(RawKafkaClient client) throws Exception {
        return client.exchange(ApiKeys.METADATA, 9, new MetadataRequestData(), 7, "raw");
    }

    @Test
    void usersAreWhatRedisSays() throws Exception {
        String clusterId = kafka.cluster().clusterId();

        assertThat(seenBy(gateway, "alice")).isEqualTo("team-a@" + clusterId);
        assertThat(seenBy(gateway, "carol")).isEqualTo(clusterId);
        assertThat(seenBy(gateway, "mallory")).isEqualTo("SASL_AUTHENTICATION_FAILED");
    }

    @Test
    void aMappingChangedWithRedisCliReachesALiveConnectionWithinASecond() throws Exception {
        try (RawKafkaClient alice = connect(gateway, "alice");
                RawKafkaClient bob = connect(gateway, "bob")) {
            metadata(alice);
            metadata(bob);

            redis.cli("HSET", "{gatehouse}:mapping:*:alice", "deny", "true");
            long begun = System.nanoTime();
            boolean served = true;
            while (served && System.nanoTime() - begun < Duration.ofSeconds(5).toNanos()) {
                try {
                    metadata(alice);
                } catch (IOException e) {
                    served = false;
                }
            }
            long millis = (System.nanoTime() - begun) / 1_000_000;

            System.out.println("A mapping changed with redis-cli closed a live connection after " + millis + " ms");
            assertThat(served).isFalse();
            assertThat(millis).isLessThan(1_000);
            assertThat(metadata(bob).clusterId()).startsWith("team-a@");
            assertThat(seenBy(gateway, "alice")).isEqualTo("SASL_AUTHENTICATION_FAILED");
        }
    }

    @Test
    void whatIsWrittenThroughTheGatewayStandsInRedisAndCounts() throws Exception {
        EditableUserMappingStore store =
                gateway.gatehouse().editableUserMappings().orElseThrow();
        try (RawKafkaClient dora = connect(gateway, "dora")) {
            metadata(dora);

            store.put(new Entry(Optional.empty(), "dora", UserMapping.denying("left")))
                    .toCompletableFuture()
                    .join();

            assertThat(redis.cli("HGET", "{gatehouse}:mapping:*:dora", "deny")).isEqualTo("true");
            await().untilAsserted(() -> assertThat(seenBy(gateway, "dora")).isEqualTo("SASL_AUTHENTICATION_FAILED"));
            dora.send(ApiKeys.METADATA, 9, new MetadataRequestData(), 8, "raw");
            assertThat(dora.isClosedByPeer(Duration.ofSeconds(10))).isTrue();
            assertThat(store.list().toCompletableFuture().join())
                    .extracting(Entry::principal)
                    .containsExactlyInAnyOrder("alice", "bob", "dora", "mallory");
        }
    }

    @Test
    void whileRedisIsDeadKnownUsersGoOnOthersAreRefusedAndNobodyIsPromoted() throws Exception {
        String topic = kafka.cluster().clusterId().substring(0, 6) + "-redis-" + System.nanoTime();
        AtomicBoolean running = new AtomicBoolean(true);
        AtomicInteger sent = new AtomicInteger();
        ExecutorService load = Executors.newSingleThreadExecutor();
        try (RawKafkaClient live = connect(gateway, "alice");
                KafkaProducer<String, String> producer =
                        Clients.producer(Clients.as(gateway.bootstrapServers(), "alice"))) {
            Future<?> sending = load.submit(() -> {
                while (running.get()) {
                    producer.send(new ProducerRecord<>(topic, "v" + sent.get())).get();
                    sent.incrementAndGet();
                }
                return null;
            });
            await().until(() -> sent.get() > 10);

            redis.kill();
            await().until(() -> gateway.metric("gatehouse_user_mapping_redis_connected") == 0);
            int before = sent.get();
            for (int i = 0; i < 3; i++) {
                assertThat(seenBy(gateway, "alice")).startsWith("team-a@");
                assertThat(seenBy(gateway, "bob")).isEqualTo(REFUSED_FOR_NOW);
                assertThat(seenBy(gateway, "carol")).isEqualTo(REFUSED_FOR_NOW);
                assertThat(seenBy(gateway, "mallory"))
                        .isNotEqualTo(kafka.cluster().clusterId());
            }
            assertThat(metadata(live).clusterId()).startsWith("team-a@");
            await().until(() -> sent.get() > before + 10);

            redis.startAgain();
            await().untilAsserted(() -> assertThat(seenBy(gateway, "bob")).startsWith("team-a@"));
            assertThat(seenBy(gateway, "carol")).isEqualTo(kafka.cluster().clusterId());
            assertThat(metadata(live).clusterId()).startsWith("team-a@");
            running.set(false);
            sending.get();
        } finally {
            running.set(false);
            load.shutdownNow();
        }
    }

    @Test
    void aRedisThatComesBackEmptyRefusesUntilItIsSetUp() throws Exception {
        try (RedisServer forgetful = RedisServer.describe().forgetful().start()) {
            write(forgetful);
            try (TestGateway other = gateway(forgetful)) {
                untilTheStoreIsThere(other);
                assertThat(seenBy(other, "carol")).isEqualTo(kafka.cluster().clusterId());

                forgetful.kill();
                forgetful.startAgain();

                await().untilAsserted(() -> assertThat(seenBy(other, "dora")).isEqualTo(REFUSED_FOR_NOW));
                for (String user : new String[] {"alice", "carol", "mallory"}) {
                    assertThat(seenBy(other, user)).isEqualTo(REFUSED_FOR_NOW);
                }

                write(forgetful);
                await().untilAsserted(() -> assertThat(seenBy(other, "dora")).startsWith("team-a@"));
                assertThat(seenBy(other, "mallory")).isEqualTo("SASL_AUTHENTICATION_FAILED");
            }
        }
    }

    @Test
    void withoutItsPluginEverybodyIsRefusedAndNothingOfThePluginStays() throws Exception {
        Path jar = TestGateway.jarOf("plugins/user-mapping-redis");
        try (TestGateway other = gateway(redis, "plugins: {drainTimeout: 1s, leakTimeout: 1s}\n")) {
            untilTheStoreIsThere(other);
            int loaders = Heap.reachable(LOADER);

            other.removePlugin(jar);

            await().untilAsserted(() -> assertThat(seenBy(other, "dora")).isEqualTo(REFUSED_FOR_NOW));
            assertThat(seenBy(other, "carol")).isEqualTo(REFUSED_FOR_NOW);
            await().atMost(Duration.ofSeconds(30))
                    .pollInterval(Duration.ofMillis(500))
                    .untilAsserted(() -> assertThat(Heap.reachable(LOADER)).isLessThan(loaders));

            other.dropPlugin(jar);
            untilTheStoreIsThere(other);
        }
    }
}
