/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.plugins.usermapping.redis;

import java.io.File;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.apache.commons.pool2.impl.GenericObjectPoolConfig;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.AbstractPipeline;
import redis.clients.jedis.AbstractTransaction;
import redis.clients.jedis.ClientSetInfoConfig;
import redis.clients.jedis.Connection;
import redis.clients.jedis.DefaultJedisClientConfig;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.RedisClient;
import redis.clients.jedis.RedisClusterClient;
import redis.clients.jedis.RedisSentinelClient;
import redis.clients.jedis.Response;
import redis.clients.jedis.SslOptions;
import redis.clients.jedis.SslVerifyMode;
import redis.clients.jedis.Transaction;
import redis.clients.jedis.UnifiedJedis;
import redis.clients.jedis.exceptions.JedisConnectionException;
import redis.clients.jedis.params.ScanParams;
import redis.clients.jedis.resps.ScanResult;
import redis.clients.jedis.util.JedisClusterCRC16;
import redis.clients.jedis.util.Pool;

/**
 * Jedis as the store uses it: a client for look-ups and changes, and a connection that hears of changes, which is made anew when Redis was
 * away. {@link #open}, {@link #heartbeat}, {@link #disconnect} and {@link #close} belong to one thread; the rest is thread-safe, blocks, and
 * throws what Jedis throws.
 */
final class JedisLink {

    private static final String CLIENT_NAME = "gatehouse";
    private static final int SCAN_COUNT = 500;
    private static final long SETTLING_MILLIS = 500;

    private final RedisConfig config;
    private final Layout layout;
    private volatile @Nullable UnifiedJedis client;
    private @Nullable TrackingConnection tracking;
    private long connectedNanos;

    /**
     * What a look-up reads, in this order on one connection: were the Redis another one at the end, the marker would be missing.
     *
     * @param mappings the hashes at the keys, in the keys' order
     * @param marker null when there is none
     */
    record Found(
            List<Map<String, String>> mappings, @Nullable String marker) {}

    JedisLink(RedisConfig config) {
        this.config = config;
        this.layout = new Layout(config.prefix());
    }

    /**
     * Connects.
     *
     * @param invalidated gets names of keys that have changed, as bytes; null when all are gone; called by {@link #heartbeat}
     */
    void open(Consumer<@Nullable List<?>> invalidated) {
        UnifiedJedis now = client;
        if (now == null) {
            now = connect();
            connectedNanos = System.nanoTime();
            client = now;
        } else if (now instanceof RedisClusterClient cluster) {
            cluster.refreshClusterTopology();
        }
        tracking = new TrackingConnection(master(now), connection().resp3().build(), layout.all(), invalidated);
    }

    /** Closes what may be broken: the next {@link #open} connects anew. */
    void disconnect() {
        UnifiedJedis now = client;
        TrackingConnection connection = tracking;
        tracking = null;
        if (now instanceof RedisClient single) {
            single.getPool().clear();
        } else if (now instanceof RedisSentinelClient sentinel) {
            sentinel.getPrimaryNodesConnectionMap().values().forEach(Pool::clear);
        } else if (now instanceof RedisClusterClient cluster) {
            cluster.getClusterNodes().values().forEach(Pool::clear);
        }
        if (connection != null) {
            connection.close();
        }
    }

    private UnifiedJedis connect() {
        GenericObjectPoolConfig<Connection> pool = new GenericObjectPoolConfig<>();
        pool.setMaxTotal(config.connections());
        pool.setMaxIdle(config.connections());
        pool.setMaxWait(config.timeout());
        pool.setJmxEnabled(false);
        if (config.cluster().isPresent()) {
            return RedisClusterClient.builder()
                    .nodes(addresses(config.cluster().get().addresses()))
                    .maxAttempts(2)
                    .maxTotalRetriesDuration(config.timeout())
                    .clientConfig(connection().build())
                    .poolConfig(pool)
                    .build();
        }
        if (config.sentinel().isPresent()) {
            RedisConfig.SentinelConfig sentinel = config.sentinel().get();
            DefaultJedisClientConfig.Builder sentinels = plain().serverDefaultProtocol();
            sentinel.username().ifPresent(sentinels::user);
            sentinel.password().ifPresent(sentinels::password);
            return RedisSentinelClient.builder()
                    .masterName(sentinel.master())
                    .sentinels(addresses(sentinel.addresses()))
                    .sentinelClientConfig(sentinels.build())
                    .clientConfig(connection().build())
                    .poolConfig(pool)
                    .build();
        }
        return RedisClient.builder()
                .hostAndPort(HostAndPort.from(config.address().orElseThrow()))
                .clientConfig(connection().build())
                .poolConfig(pool)
                .build();
    }

    private static Set<HostAndPort> addresses(List<String> texts) {
        return texts.stream().map(HostAndPort::from).collect(Collectors.toCollection(LinkedHashSet::new));
    }

    private DefaultJedisClientConfig.Builder connection() {
        DefaultJedisClientConfig.Builder connection = plain().database(config.database());
        config.username().ifPresent(connection::user);
        config.password().ifPresent(connection::password);
        return connection;
    }

    private DefaultJedisClientConfig.Builder plain() {
        int timeout = (int) Math.max(1, config.timeout().toMillis());
        DefaultJedisClientConfig.Builder plain = DefaultJedisClientConfig.builder()
                .connectionTimeoutMillis(timeout)
                .socketTimeoutMillis(timeout)
                .clientSetInfoConfig(ClientSetInfoConfig.DISABLED);
        config.tls().ifPresent(tls -> {
            SslOptions.Builder options = SslOptions.builder().sslVerifyMode(SslVerifyMode.FULL);
            tls.truststore().ifPresent(file -> options.truststore(new File(file), password(tls.truststorePassword())));
            tls.keystore().ifPresent(file -> options.keystore(new File(file), password(tls.keystorePassword())));
            plain.ssl(true).sslOptions(options.build());
        });
        return plain;
    }

    private static char[] password(Optional<String> text) {
        return text.orElse("").toCharArray();
    }

    /** The one server that takes writes of the keys. */
    private HostAndPort master(UnifiedJedis of) {
        if (of instanceof RedisClusterClient cluster) {
            try (Connection owner = owner(cluster)) {
                return owner.getHostAndPort();
            }
        }
        return of instanceof RedisSentinelClient sentinel
                ? sentinel.getCurrentMaster()
                : HostAndPort.from(config.address().orElseThrow());
    }

    private Connection owner(RedisClusterClient cluster) {
        return cluster.getConnectionFromSlot(JedisClusterCRC16.getSlot(layout.marker()));
    }

    /**
     * Asks the server that hears of writes, after telling what has changed.
     *
     * @return the marker; null when there is none
     * @throws RuntimeException when it does not answer, or is not the one that takes writes any more
     */
    @Nullable
    String heartbeat() {
        TrackingConnection connection = tracking;
        if (connection == null) {
            throw new JedisConnectionException("not connected");
        }
        if (client instanceof RedisSentinelClient sentinel
                && !connection.getHostAndPort().equals(sentinel.getCurrentMaster())) {
            throw new JedisConnectionException("the master is now " + sentinel.getCurrentMaster());
        }
        // Where a Cluster has moved the slot, the answer is an error that says so.
        return connection.get(layout.marker());
    }

    /** What the server that takes writes does when its memory is full; empty when it does not say, or this user may not ask. */
    String evictionPolicy() {
        TrackingConnection connection = tracking;
        return connection == null ? "" : connection.evictionPolicy();
    }

    private UnifiedJedis client() {
        UnifiedJedis now = client;
        if (now == null) {
            throw new JedisConnectionException("not connected");
        }
        return now;
    }

    /** Reads the hashes at keys, then the marker. */
    Found read(List<String> keys) {
        List<Response<Map<String, String>>> hashes = new ArrayList<>();
        Response<String> marker;
        try (AbstractPipeline pipeline = client().pipelined()) {
            keys.forEach(key -> hashes.add(pipeline.hgetAll(key)));
            marker = pipeline.get(layout.marker());
            pipeline.sync();
        }
        return new Found(hashes.stream().map(Response::get).toList(), marker.get());
    }

    /** The keys of all mappings. */
    Set<String> keys() {
        Set<String> keys = new HashSet<>();
        ScanParams pattern = new ScanParams().match(layout.pattern()).count(SCAN_COUNT);
        String cursor = ScanParams.SCAN_POINTER_START;
        do {
            ScanResult<String> page = client().scan(cursor, pattern);
            keys.addAll(page.getResult());
            cursor = page.getCursor();
        } while (!cursor.equals(ScanParams.SCAN_POINTER_START));
        return keys;
    }

    /** Puts a hash in the place of what is at a key, at once. */
    void write(String key, Map<String, String> fields) {
        if (client() instanceof RedisClusterClient cluster) {
            // It has no transactions of its own; all keys are in one slot, so that one connection is enough.
            try (Connection owner = owner(cluster)) {
                write(new Transaction(owner), key, fields);
            }
            return;
        }
        write(client().multi(), key, fields);
    }

    private static void write(AbstractTransaction begun, String key, Map<String, String> fields) {
        try (AbstractTransaction transaction = begun) {
            transaction.del(key);
            transaction.hset(key, fields);
            transaction.exec();
        }
    }

    /** Whether there was something. */
    boolean remove(String key) {
        return client().del(key) > 0;
    }

    /** Closes all; may take as long as {@link #SETTLING_MILLIS}. */
    void close() {
        try {
            disconnect();
        } finally {
            UnifiedJedis before = client;
            client = null;
            if (before instanceof RedisSentinelClient) {
                letThreadsBegin();
            }
            if (before != null) {
                before.close();
            }
        }
    }

    /** A thread of a Sentinel client that has not begun when the client is closed never ends (seen with Jedis 8.0.2). */
    private void letThreadsBegin() {
        long young = SETTLING_MILLIS - (System.nanoTime() - connectedNanos) / 1_000_000;
        try {
            Thread.sleep(Math.max(0, young));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
