/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.it;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.common.message.ApiVersionsResponseData;
import org.apache.kafka.common.message.MetadataResponseData;
import org.apache.kafka.common.message.ResponseHeaderData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.common.protocol.ObjectSerializationCache;
import org.apache.kafka.common.requests.RequestHeader;

/**
 * A broker that speaks frames and does what the test says: node 1 of a cluster of one. Answers ApiVersions and Metadata by itself unless
 * told otherwise. A script runs on the thread of its connection, so one that blocks reads no further.
 */
final class ScriptedBroker implements AutoCloseable {

    static final int NODE_ID = 1;
    static final String CLUSTER_ID = "scripted";

    private final ServerSocket server;
    private final Map<ApiKeys, Script> scripts = new ConcurrentHashMap<>();
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();

    /** What the broker does with a request. */
    interface Script {
        void handle(Request request, Connection connection) throws Exception;
    }

    /** A request as it came. */
    record Request(RequestHeader header, byte[] frame, int bodyAt) {

        ApiMessage body() {
            ApiMessage message = header.apiKey().messageType.newRequest();
            ByteBuffer bytes = ByteBuffer.wrap(frame);
            bytes.position(bodyAt);
            message.read(new ByteBufferAccessor(bytes), header.apiVersion());
            return message;
        }
    }

    ScriptedBroker() throws IOException {
        server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        on(ApiKeys.API_VERSIONS, (request, connection) -> connection.respond(request, ownVersions()));
        on(ApiKeys.METADATA, (request, connection) -> connection.respond(request, metadata()));
        Thread acceptor = new Thread(this::accept, "scripted-broker");
        acceptor.setDaemon(true);
        acceptor.start();
    }

    ScriptedBroker on(ApiKeys api, Script script) {
        scripts.put(api, script);
        return this;
    }

    String bootstrapServers() {
        return "127.0.0.1:" + server.getLocalPort();
    }

    /** Everything that this Kafka knows. */
    static ApiVersionsResponseData ownVersions() {
        ApiVersionsResponseData versions = new ApiVersionsResponseData();
        for (ApiKeys api : ApiKeys.brokerApis()) {
            versions.apiKeys().add(range(api.id, api.oldestVersion(), api.latestVersion()));
        }
        return versions;
    }

    static ApiVersionsResponseData.ApiVersion range(int api, int minimum, int maximum) {
        return new ApiVersionsResponseData.ApiVersion()
                .setApiKey((short) api)
                .setMinVersion((short) minimum)
                .setMaxVersion((short) maximum);
    }

    MetadataResponseData metadata() {
        MetadataResponseData metadata =
                new MetadataResponseData().setClusterId(CLUSTER_ID).setControllerId(NODE_ID);
        metadata.brokers()
                .add(new MetadataResponseData.MetadataResponseBroker()
                        .setNodeId(NODE_ID)
                        .setHost("127.0.0.1")
                        .setPort(server.getLocalPort()));
        return metadata;
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                Socket socket = server.accept();
                open.add(socket);
                Thread thread = new Thread(() -> serve(new Connection(socket)), "scripted-broker-connection");
                thread.setDaemon(true);
                thread.start();
            } catch (IOException e) {
                return;
            }
        }
    }

    private void serve(Connection connection) {
        try (connection) {
            DataInputStream in = new DataInputStream(new BufferedInputStream(connection.socket.getInputStream()));
            while (true) {
                byte[] frame = in.readNBytes(in.readInt());
                ByteBuffer bytes = ByteBuffer.wrap(frame);
                RequestHeader header = RequestHeader.parse(bytes);
                Script script = scripts.get(header.apiKey());
                if (script == null) {
                    throw new IOException(header.apiKey() + " (expected: one with a script)");
                }
                script.handle(new Request(header, frame, bytes.position()), connection);
            }
        } catch (EOFException end) {
            // The gateway has closed.
        } catch (Exception e) {
            // The connection ends with its script.
        } finally {
            open.remove(connection.socket);
        }
    }

    /** How many connections the gateway has. */
    int connections() {
        return open.size();
    }

    /** Closes what is open, and accepts no more. */
    @Override
    public void close() {
        try {
            server.close();
            for (Socket socket : open) {
                socket.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** One connection from the gateway. */
    static final class Connection implements AutoCloseable {
        private final Socket socket;

        private Connection(Socket socket) {
            this.socket = socket;
        }

        void respond(Request request, ApiMessage response) throws IOException {
            send(response(request, response, request.header().apiVersion()));
        }

        /** As it travels. */
        static byte[] response(Request request, ApiMessage body, short version) {
            short headerVersion = request.header().apiKey().responseHeaderVersion(version);
            ResponseHeaderData header =
                    new ResponseHeaderData().setCorrelationId(request.header().correlationId());
            ObjectSerializationCache headerCache = new ObjectSerializationCache();
            ObjectSerializationCache bodyCache = new ObjectSerializationCache();
            int size = header.size(headerCache, headerVersion) + body.size(bodyCache, version);
            ByteBuffer frame = ByteBuffer.allocate(Integer.BYTES + size);
            frame.putInt(size);
            header.write(new ByteBufferAccessor(frame), headerCache, headerVersion);
            body.write(new ByteBufferAccessor(frame), bodyCache, version);
            return frame.array();
        }

        void send(byte[] bytes) throws IOException {
            socket.getOutputStream().write(bytes);
            socket.getOutputStream().flush();
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }
}
