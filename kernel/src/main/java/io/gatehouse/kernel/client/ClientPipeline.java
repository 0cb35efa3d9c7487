/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel.client;

import io.gatehouse.kernel.routing.Route;
import io.gatehouse.kernel.wire.FrameReader;
import io.gatehouse.kernel.wire.FrameRecvAllocator;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.codec.haproxy.HAProxyMessageDecoder;
import java.net.InetSocketAddress;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Builds the pipeline of one connection that a listener has accepted, from the socket on: the load balancer's PROXY header, the host name in
 * the TLS handshake, TLS, the connection. The first two are there only where the listener needs them, and leave when they have been read.
 */
final class ClientPipeline {

    private static final Logger log = LoggerFactory.getLogger(ClientPipeline.class);
    private static final String PROXY_PREFIX = "proxy-prefix";
    private static final String PROXY = "proxy";
    private static final String PROXY_HEADER = "proxy-header";
    private static final String SERVER_NAME = "server-name";
    private static final String TLS = "tls";
    private static final String CONNECTION = "connection";

    /** Of a PROXY header's additions, which nobody reads. */
    private static final int MAX_ADDITIONS_BYTES = 4 * 1024;

    private static final Pattern HOST_NAME = Pattern.compile("[a-z0-9._-]{1,253}");

    private final ClientServices services;
    private final ClientListener listener;
    private final SocketChannel channel;

    /** Whether a load balancer speaks for the client. */
    private final boolean proxied;

    /** Where the client is: at the other end of the channel, unless a load balancer there says otherwise. */
    private InetSocketAddress client;

    /** Whether the channel has told its handlers that it is active: those that come later it does not tell. */
    private boolean active;

    /** The connection where what comes from the socket is what it reads; null while there is none, and with TLS. */
    private @Nullable ClientConnection plaintext;

    ClientPipeline(ClientServices services, ClientListener listener, SocketChannel channel) {
        this.services = services;
        this.listener = listener;
        this.channel = channel;
        this.client = channel.remoteAddress();
        this.proxied = listener.expectsProxyHeader();
    }

    void begin() {
        // Now: the channel asks for it before its first read and never again.
        channel.config().setRecvByteBufAllocator(new FrameRecvAllocator(this::reader));
        if (!proxied) {
            readServerName();
            return;
        }
        if (!listener.trustsProxy(client.getAddress())) {
            refuse("proxy", "no trusted load balancer (expected: one of proxyProtocol.trusted)");
            return;
        }
        channel.pipeline()
                .addLast(PROXY_PREFIX, new ProxyPrefix(() -> refuse("proxy", "no PROXY header comes first")))
                .addLast(PROXY, new HAProxyMessageDecoder(MAX_ADDITIONS_BYTES))
                .addLast(
                        PROXY_HEADER,
                        new ProxyHeader(
                                services.limits().authentication(), this::proxied, reason -> refuse("proxy", reason)));
    }

    private void proxied(InetSocketAddress address) {
        client = address;
        active = true;
        readServerName();
    }

    private void readServerName() {
        if (listener.routesByServerName() || listener.choosesCertificates()) {
            channel.pipeline()
                    .addLast(SERVER_NAME, new ServerNameReader(services.limits().authentication(), this::named));
            return;
        }
        routeByPort(listener.tls());
    }

    private void named(Optional<String> serverName) {
        active = true;
        Optional<ListenerTls> tls = serverName.map(listener::tls).orElseGet(listener::tls);
        if (!listener.routesByServerName()) {
            routeByPort(tls);
            return;
        }
        Optional<Route> route = serverName.flatMap(listener::route);
        if (route.isEmpty()) {
            // No alert: clients take one for final, and what a name leads to comes and goes.
            refuse(
                    "server-name",
                    serverName.map(ClientPipeline::shown).orElse("no host name in its TLS handshake")
                            + " (expected: a host name with the label of a virtual cluster)");
            return;
        }
        connect(route.get(), tls);
    }

    private void routeByPort(Optional<ListenerTls> tls) {
        Optional<Route> route = listener.route(channel.localAddress().getPort());
        if (route.isEmpty()) {
            refuse("route", "its virtual cluster does not exist");
            return;
        }
        connect(route.get(), tls);
    }

    private void connect(Route route, Optional<ListenerTls> tls) {
        if (active && !isStillWelcome()) {
            refuse("route", "the listener has closed or changed since it came");
            return;
        }
        ClientConnection connection = new ClientConnection(services, listener, route, client);
        if (tls.isEmpty()) {
            plaintext = connection;
        }
        tls.ifPresent(each -> channel.pipeline().addLast(TLS, each.handler(client, channel.alloc())));
        channel.pipeline().addLast(CONNECTION, connection);
        if (active) {
            connection.channelActive(channel.pipeline().context(CONNECTION));
        }
    }

    /** Nobody knows of the connection until now, so that nobody has closed it with the others of its listener. */
    private boolean isStillWelcome() {
        return channel.parent().isOpen()
                && listener.expectsProxyHeader() == proxied
                && (!proxied || listener.trustsProxy(channel.remoteAddress().getAddress()));
    }

    /** What comes from the socket must not be read into the buffer of a frame where it is encrypted still. */
    private @Nullable FrameReader reader() {
        ClientConnection connection = plaintext;
        return connection == null ? null : connection.requests().reader();
    }

    private static String shown(String serverName) {
        return HOST_NAME.matcher(serverName).matches() ? serverName : "something that is no host name";
    }

    private void refuse(String kind, String reason) {
        log.info("listener {}: {} refused: {}", listener.name(), client, reason);
        services.meters().closed(kind);
        channel.close();
    }
}
