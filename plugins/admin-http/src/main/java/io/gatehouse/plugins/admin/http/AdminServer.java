/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.plugins.admin.http;

import io.gatehouse.spi.operations.Operations;
import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.Map;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.SecureRequestCustomizer;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.SslConnectionFactory;
import org.eclipse.jetty.server.handler.ErrorHandler;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Jetty, set up for an API: few threads, small heads, no page of its own. Serves from construction until {@link #close}. */
final class AdminServer implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(AdminServer.class);
    private static final int THREADS = 16;
    private static final int HEAD_BYTES = 16 << 10;
    private static final long IDLE_MILLIS = 30_000;
    private static final long STOP_MILLIS = 2_000;

    private final Server server;
    private final ServerConnector connector;

    /** @throws IllegalArgumentException when the address cannot be bound or TLS cannot work */
    AdminServer(AdminHttpConfig config, Access access, Operations operations) {
        QueuedThreadPool threads = new QueuedThreadPool(THREADS);
        threads.setName("admin-http");
        threads.setDaemon(true);
        server = new Server(threads);
        server.setStopTimeout(STOP_MILLIS);
        HttpConfiguration http = new HttpConfiguration();
        http.setSendServerVersion(false);
        http.setRequestHeaderSize(HEAD_BYTES);
        HttpConnectionFactory plain = new HttpConnectionFactory(http);
        if (config.tls().isPresent()) {
            // Whoever trusts the certificate has checked the name; operators also come by address.
            http.addCustomizer(new SecureRequestCustomizer(false));
            RenewedTls tls = new RenewedTls(config.tls().get());
            server.addBean(tls.watch());
            connector = new ServerConnector(
                    server, 1, 1, new SslConnectionFactory(tls.factory(), plain.getProtocol()), plain);
        } else {
            connector = new ServerConnector(server, 1, 1, plain);
        }
        connector.setHost(config.address());
        connector.setPort(config.port());
        connector.setIdleTimeout(IDLE_MILLIS);
        server.addConnector(connector);
        server.setHandler(new ApiHandler(config, access, operations));
        server.setErrorHandler(new ProblemHandler());
        start(config);
        log.info(
                "HTTP API at {}://{}:{}/api/v1",
                config.tls().isPresent() ? "https" : "http",
                config.address(),
                connector.getLocalPort());
    }

    private void start(AdminHttpConfig config) {
        try {
            server.start();
        } catch (Exception e) {
            close();
            throw new IllegalArgumentException(
                    "administration: cannot serve on " + config.address() + ":" + config.port() + ": " + e.getMessage()
                            + " (expected: a free port of this machine, and a key that can be read)",
                    e);
        }
    }

    /** The port that is bound. */
    int port() {
        return connector.getLocalPort();
    }

    @Override
    public void close() {
        try {
            server.stop();
        } catch (Exception e) {
            log.warn("The HTTP API did not stop as it should", e);
        }
    }

    /** What Jetty itself refuses, such as a head that is too large, is a problem document too. */
    private static final class ProblemHandler extends ErrorHandler {

        @Override
        public boolean handle(Request request, Response response, Callback callback) {
            response.getHeaders().put(HttpHeader.CONTENT_TYPE, ApiHandler.PROBLEM_JSON);
            response.write(true, ByteBuffer.wrap(body(response.getStatus())), callback);
            return true;
        }

        private static byte[] body(int status) {
            Map<String, Object> document = new LinkedHashMap<>();
            document.put("type", "urn:gatehouse:problem:bad-request");
            document.put("title", "The request is not understood");
            document.put("status", status);
            document.put("detail", "the request's head is not as HTTP wants it (expected: a request of this API)");
            return Bodies.json(document);
        }
    }
}
