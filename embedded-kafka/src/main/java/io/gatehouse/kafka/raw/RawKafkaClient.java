/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kafka.raw;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;
import org.apache.kafka.common.message.ApiMessageType;
import org.apache.kafka.common.message.RequestHeaderData;
import org.apache.kafka.common.message.ResponseHeaderData;
import org.apache.kafka.common.message.SaslAuthenticateRequestData;
import org.apache.kafka.common.message.SaslAuthenticateResponseData;
import org.apache.kafka.common.message.SaslHandshakeRequestData;
import org.apache.kafka.common.message.SaslHandshakeResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.protocol.ObjectSerializationCache;
import org.jspecify.annotations.Nullable;

/**
 * One connection that speaks Kafka's frames and nothing else: it asks for no versions, retries nothing and sends only
 * what it is told to.
 *
 * <p>All methods block. Whatever waits for the peer throws {@link SocketTimeoutException} after the
 * {@linkplain #timeout timeout}, 10 seconds unless changed, and {@link EOFException} or {@link SocketException} when
 * the peer has closed. One thread may send while another reads; otherwise not thread-safe.
 */
public final class RawKafkaClient implements AutoCloseable {

    private static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(10);

    private final Socket socket;
    private final BufferedInputStream input;
    private int lastSaslCorrelationId = 1_000_000;

    private RawKafkaClient(Socket socket) throws IOException {
        this.socket = socket;
        socket.setTcpNoDelay(true);
        input = new BufferedInputStream(socket.getInputStream());
        timeout(DEFAULT_TIMEOUT);
    }

    public static RawKafkaClient connect(String host, int port) throws IOException {
        return new RawKafkaClient(open(new InetSocketAddress(host, port)));
    }

    /** Connects from an address of this machine, such as 127.0.0.2. */
    public static RawKafkaClient connect(String host, int port, InetAddress from) throws IOException {
        Socket socket = new Socket();
        socket.bind(new InetSocketAddress(from, 0));
        return new RawKafkaClient(connected(socket, new InetSocketAddress(host, port)));
    }

    /** Connects with TLS, {@code host} being the SNI name too if it has a dot; returns after the TLS handshake. */
    public static RawKafkaClient connect(String host, int port, SSLContext context) throws IOException {
        return connect(new InetSocketAddress(host, port), context, host);
    }

    /** Connects with TLS to an address that {@code serverName}, the SNI name, need not resolve to. */
    public static RawKafkaClient connect(InetSocketAddress address, SSLContext context, String serverName)
            throws IOException {
        return connect(address, context, serverName, new byte[0]);
    }

    /** The same, with something that is said before the TLS handshake, such as a PROXY header. */
    public static RawKafkaClient connect(
            InetSocketAddress address, SSLContext context, String serverName, byte[] beforeTls) throws IOException {
        Socket plain = open(address);
        try {
            plain.getOutputStream().write(beforeTls);
            SSLSocket secured =
                    (SSLSocket) context.getSocketFactory().createSocket(plain, serverName, address.getPort(), true);
            secured.startHandshake();
            return new RawKafkaClient(secured);
        } catch (IOException | RuntimeException failure) {
            plain.close();
            throw failure;
        }
    }

    /** A request as it travels: size, header and body. What {@link #send(ApiKeys, int, ApiMessage, int, String)} sends. */
    public static byte[] frame(
            ApiKeys apiKey, int version, ApiMessage body, int correlationId, @Nullable String clientId) {
        short headerVersion = apiKey.requestHeaderVersion((short) version);
        // A version that this Kafka does not know yet has, for a server that does not either, any body.
        short bodyVersion = (short) Math.min(version, apiKey.latestVersion(true));
        RequestHeaderData header = new RequestHeaderData()
                .setRequestApiKey(apiKey.id)
                .setRequestApiVersion((short) version)
                .setCorrelationId(correlationId)
                .setClientId(clientId);
        ObjectSerializationCache headerCache = new ObjectSerializationCache();
        ObjectSerializationCache bodyCache = new ObjectSerializationCache();
        int size = header.size(headerCache, headerVersion) + body.size(bodyCache, bodyVersion);
        ByteBuffer frame = ByteBuffer.allocate(Integer.BYTES + size);
        frame.putInt(size);
        ByteBufferAccessor writable = new ByteBufferAccessor(frame);
        header.write(writable, headerCache, headerVersion);
        body.write(writable, bodyCache, bodyVersion);
        return frame.array();
    }

    /** How long to wait for the peer from now on. */
    public RawKafkaClient timeout(Duration timeout) throws IOException {
        socket.setSoTimeout(Math.toIntExact(timeout.toMillis()));
        return this;
    }

    /** Sends these bytes, which may be any part of a frame, or no frame at all. */
    public void send(byte[] bytes) throws IOException {
        socket.getOutputStream().write(bytes);
        socket.getOutputStream().flush();
    }

    /**
     * Sends one request.
     *
     * @param version may be newer than Kafka's newest: the header says so, the body is of the newest
     */
    public void send(ApiKeys apiKey, int version, ApiMessage body, int correlationId, @Nullable String clientId)
            throws IOException {
        send(frame(apiKey, version, body, correlationId, clientId));
    }

    /** The next frame, response header and body, without its size. */
    public byte[] readFrame() throws IOException {
        DataInputStream data = new DataInputStream(input);
        int size = data.readInt();
        if (size < 0) {
            throw new IOException("size of a response: %d (expected: at least 0)".formatted(size));
        }
        byte[] frame = data.readNBytes(size);
        if (frame.length < size) {
            throw new EOFException("response: %d bytes, then the end (expected: %d)".formatted(frame.length, size));
        }
        return frame;
    }

    /** Reads of what has arrived as much as there is room for, without waiting; returns how many bytes. */
    public int readAvailable(byte[] bytes) throws IOException {
        int available = Math.min(bytes.length, input.available());
        return available == 0 ? 0 : input.read(bytes, 0, available);
    }

    /**
     * Reads the next frame as the response to such a request.
     *
     * @param <R> the class of this API's responses
     * @throws IOException also when the correlation id is another one, or bytes remain
     */
    public <R extends ApiMessage> R receive(ApiKeys apiKey, int version, int correlationId) throws IOException {
        return parse(readFrame(), apiKey, version, correlationId);
    }

    /** Parses what {@link #readFrame()} returned; see {@link #receive}. */
    @SuppressWarnings("unchecked")
    public static <R extends ApiMessage> R parse(byte[] frame, ApiKeys apiKey, int version, int correlationId)
            throws IOException {
        ByteBuffer buffer = ByteBuffer.wrap(frame);
        ByteBufferAccessor readable = new ByteBufferAccessor(buffer);
        ResponseHeaderData header = new ResponseHeaderData(readable, apiKey.responseHeaderVersion((short) version));
        if (header.correlationId() != correlationId) {
            throw new IOException("correlation id (%s response): %d (expected: %d)"
                    .formatted(apiKey, header.correlationId(), correlationId));
        }
        ApiMessage response = ApiMessageType.fromApiKey(apiKey.id).newResponse();
        response.read(readable, (short) version);
        if (buffer.hasRemaining()) {
            throw new IOException(
                    "bytes after the %s response v%d: %d (expected: 0)".formatted(apiKey, version, buffer.remaining()));
        }
        return (R) response;
    }

    /** Sends a request, and reads the next frame as its response. */
    public <R extends ApiMessage> R exchange(
            ApiKeys apiKey, int version, ApiMessage body, int correlationId, @Nullable String clientId)
            throws IOException {
        send(apiKey, version, body, correlationId, clientId);
        return receive(apiKey, version, correlationId);
    }

    /**
     * Whether the peer closes, or resets, the connection within this time. False when it sends something instead, which
     * stays there to be read, or stays silent.
     */
    public boolean isClosedByPeer(Duration patience) throws IOException {
        int before = socket.getSoTimeout();
        try {
            // Zero would wait for ever.
            socket.setSoTimeout(Math.max(1, Math.toIntExact(patience.toMillis())));
            input.mark(1);
            if (input.read() < 0) {
                return true;
            }
            input.reset();
            return false;
        } catch (SocketTimeoutException silence) {
            return false;
        } catch (SocketException | SSLException closed) {
            return true;
        } finally {
            if (!socket.isClosed()) {
                socket.setSoTimeout(before);
            }
        }
    }

    /**
     * SaslHandshake v1 and SaslAuthenticate v2 with the mechanism PLAIN.
     *
     * @return the answer to SaslAuthenticate, whether it says success or failure
     * @throws IOException also when the handshake is refused
     */
    public SaslAuthenticateResponseData saslPlain(String user, String password) throws IOException {
        SaslHandshakeResponseData handshake = exchange(
                ApiKeys.SASL_HANDSHAKE,
                1,
                new SaslHandshakeRequestData().setMechanism("PLAIN"),
                ++lastSaslCorrelationId,
                null);
        if (handshake.errorCode() != Errors.NONE.code()) {
            throw new IOException("SaslHandshake for PLAIN: %s, offered are %s (expected: NONE)"
                    .formatted(Errors.forCode(handshake.errorCode()), handshake.mechanisms()));
        }
        byte[] credentials = ("\0" + user + "\0" + password).getBytes(StandardCharsets.UTF_8);
        return exchange(
                ApiKeys.SASL_AUTHENTICATE,
                2,
                new SaslAuthenticateRequestData().setAuthBytes(credentials),
                ++lastSaslCorrelationId,
                null);
    }

    /** Ends the stream towards the peer; what it still sends can be read. */
    public void shutdownOutput() throws IOException {
        socket.shutdownOutput();
    }

    /** This end's address, as the peer sees it. */
    public InetSocketAddress localAddress() {
        return (InetSocketAddress) socket.getLocalSocketAddress();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }

    private static Socket open(InetSocketAddress address) throws IOException {
        return connected(new Socket(), address);
    }

    private static Socket connected(Socket socket, InetSocketAddress address) throws IOException {
        try {
            int timeoutMillis = Math.toIntExact(DEFAULT_TIMEOUT.toMillis());
            socket.connect(address, timeoutMillis);
            socket.setSoTimeout(timeoutMillis);
            return socket;
        } catch (IOException failure) {
            socket.close();
            throw failure;
        }
    }
}
