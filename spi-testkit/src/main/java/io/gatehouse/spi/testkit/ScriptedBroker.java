/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.spi.testkit;

import io.gatehouse.kernel.wire.Codec;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.ApiVersionsResponseData;
import org.apache.kafka.common.message.DescribeClusterResponseData;
import org.apache.kafka.common.message.MetadataRequestData;
import org.apache.kafka.common.message.MetadataResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.jspecify.annotations.Nullable;

/**
 * A broker on loopback that answers what the test says: one node with id 0, and every topic that is asked for, with one partition. Knows by
 * itself ApiVersions, Metadata and DescribeCluster; closes the connection on whatever it was not told to answer.
 *
 * <pre>{@code
 * ScriptedBroker broker = ScriptedBroker.start()
 *         .answer(ApiKeys.CREATE_TOPICS, request -> new CreateTopicsResponseData());
 * }</pre>
 *
 * <p>Thread-safe; one thread per connection.
 */
public final class ScriptedBroker implements AutoCloseable {

    private static final String CLUSTER_ID = "scripted";

    private final Codec codec = new Codec();
    private final ServerSocket server;
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private final Map<ApiKeys, Function<ApiMessage, ApiMessage>> answers = new ConcurrentHashMap<>();
    private final List<ApiMessage> received = new CopyOnWriteArrayList<>();

    private ScriptedBroker(ServerSocket server) {
        this.server = server;
        answers.put(ApiKeys.API_VERSIONS, request -> versions());
        answers.put(ApiKeys.METADATA, request -> metadata((MetadataRequestData) request));
        answers.put(ApiKeys.DESCRIBE_CLUSTER, request -> cluster());
    }

    /** Starts on a free port. */
    public static ScriptedBroker start() {
        try {
            ScriptedBroker broker = new ScriptedBroker(new ServerSocket(0, 50, InetAddress.getLoopbackAddress()));
            broker.daemon(broker::accept, "accept");
            return broker;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** How requests of an API are answered; replaces what it knows by itself. The function is called on the connection's thread. */
    public ScriptedBroker answer(ApiKeys api, Function<ApiMessage, ApiMessage> answer) {
        answers.put(api, answer);
        return this;
    }

    /** The requests of a class that have come so far, in the order of their coming. */
    public <M extends ApiMessage> List<M> received(Class<M> type) {
        return received.stream().filter(type::isInstance).map(type::cast).toList();
    }

    public String bootstrapServers() {
        return "localhost:" + server.getLocalPort();
    }

    private void daemon(Runnable task, String name) {
        Thread thread = new Thread(task, "scripted-broker-" + name);
        thread.setDaemon(true);
        thread.start();
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                Socket socket = server.accept();
                sockets.add(socket);
                daemon(() -> serve(socket), "serve");
            } catch (IOException e) {
                return;
            }
        }
    }

    private void serve(Socket socket) {
        try (socket) {
            DataInputStream in = new DataInputStream(socket.getInputStream());
            OutputStream out = socket.getOutputStream();
            boolean served = true;
            while (served) {
                byte[] content = new byte[in.readInt()];
                in.readFully(content);
                served = answer(content, out);
            }
        } catch (EOFException e) {
            // The client has gone.
        } catch (IOException e) {
            if (!server.isClosed()) {
                throw new UncheckedIOException(e);
            }
        } finally {
            sockets.remove(socket);
        }
    }

    private boolean answer(byte[] content, OutputStream out) throws IOException {
        ByteBuf frame = Unpooled.buffer().writeInt(content.length).writeBytes(content);
        ApiKeys api = ApiKeys.forId(frame.getShort(4));
        short version = frame.getShort(6);
        ApiMessage request = codec.decodeRequest(frame, api, version);
        received.add(request);
        Function<ApiMessage, ApiMessage> answer = answers.get(api);
        if (answer == null) {
            return false;
        }
        ByteBuf response = codec.encodeResponse(
                api, version, frame.getInt(8), answer.apply(request), UnpooledByteBufAllocator.DEFAULT);
        try {
            response.readBytes(out, response.readableBytes());
            out.flush();
        } finally {
            response.release();
        }
        return true;
    }

    private static ApiVersionsResponseData versions() {
        ApiVersionsResponseData versions = new ApiVersionsResponseData();
        for (ApiKeys api : ApiKeys.brokerApis()) {
            versions.apiKeys()
                    .add(new ApiVersionsResponseData.ApiVersion()
                            .setApiKey(api.id)
                            .setMinVersion(api.oldestVersion())
                            .setMaxVersion(api.latestVersion()));
        }
        return versions;
    }

    private MetadataResponseData metadata(MetadataRequestData request) {
        MetadataResponseData metadata =
                new MetadataResponseData().setClusterId(CLUSTER_ID).setControllerId(0);
        metadata.brokers()
                .add(new MetadataResponseData.MetadataResponseBroker()
                        .setNodeId(0)
                        .setHost("localhost")
                        .setPort(server.getLocalPort()));
        if (request.topics() != null) {
            for (MetadataRequestData.MetadataRequestTopic topic : request.topics()) {
                metadata.topics().add(topic(topic.name(), topic.topicId()));
            }
        }
        return metadata;
    }

    /** The same for a name every time. */
    private static Uuid idOf(String name) {
        UUID id = UUID.nameUUIDFromBytes(name.getBytes(StandardCharsets.UTF_8));
        return new Uuid(id.getMostSignificantBits(), id.getLeastSignificantBits());
    }

    private static MetadataResponseData.MetadataResponseTopic topic(@Nullable String name, Uuid id) {
        return new MetadataResponseData.MetadataResponseTopic()
                .setName(name)
                .setTopicId(name == null ? id : idOf(name))
                .setPartitions(List.of(new MetadataResponseData.MetadataResponsePartition()
                        .setPartitionIndex(0)
                        .setLeaderId(0)
                        .setLeaderEpoch(0)
                        .setReplicaNodes(List.of(0))
                        .setIsrNodes(List.of(0))));
    }

    private DescribeClusterResponseData cluster() {
        DescribeClusterResponseData cluster =
                new DescribeClusterResponseData().setClusterId(CLUSTER_ID).setControllerId(0);
        cluster.brokers()
                .add(new DescribeClusterResponseData.DescribeClusterBroker()
                        .setBrokerId(0)
                        .setHost("localhost")
                        .setPort(server.getLocalPort()));
        return cluster;
    }

    /** Closes all connections. */
    @Override
    public void close() {
        try {
            server.close();
            for (Socket socket : sockets) {
                socket.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
