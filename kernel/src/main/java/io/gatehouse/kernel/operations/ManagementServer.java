/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel.operations;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Serves {@code /health/live}, {@code /health/ready} (200, or 503 with the reasons, as JSON) and {@code /metrics} (Prometheus) without
 * credentials, as none of them shows a secret. Listens from construction until {@link #close()}. Thread-safe.
 */
public final class ManagementServer implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(ManagementServer.class);
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int THREADS = 8;
    private static final String TEXT = "text/plain; charset=utf-8";
    private static final String PROMETHEUS = "text/plain; version=0.0.4; charset=utf-8";

    static {
        // Seconds until a request must be there: the JDK's server has no limit, and a silent client would keep a
        // thread.
        if (System.getProperty("sun.net.httpserver.maxReqTime") == null) {
            System.setProperty("sun.net.httpserver.maxReqTime", "10");
        }
    }

    private final HttpServer server;
    private final ExecutorService executor;
    private final Health health;
    private final PrometheusMeterRegistry metrics;

    /**
     * Starts serving.
     *
     * @param port 0 for any free one, see {@link #port()}
     * @throws UncheckedIOException when the address cannot be bound; the message names address and port
     */
    public ManagementServer(String address, int port, Health health, PrometheusMeterRegistry metrics) {
        this.health = health;
        this.metrics = metrics;
        this.server = bind(address, port);
        AtomicInteger threads = new AtomicInteger();
        ThreadFactory daemons = task -> {
            Thread thread = new Thread(task, "management-" + threads.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        };
        this.executor = Executors.newFixedThreadPool(THREADS, daemons);
        server.setExecutor(executor);
        server.createContext("/", this::answer);
        server.start();
        LOG.info("Health and metrics at http://{}:{}/", address, port());
    }

    private static HttpServer bind(String address, int port) {
        InetSocketAddress socketAddress = new InetSocketAddress(address, port);
        try {
            if (socketAddress.isUnresolved()) {
                throw new IOException("unknown host");
            }
            return HttpServer.create(socketAddress, 0);
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "management: cannot listen on " + address + ":" + port + ": " + e.getMessage()
                            + " (expected: an address of this machine with a free port)",
                    e);
        }
    }

    /** The port that is bound. */
    public int port() {
        return server.getAddress().getPort();
    }

    @Override
    public void close() {
        server.stop(0);
        executor.shutdownNow();
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            String method = exchange.getRequestMethod();
            if (!method.equals("GET") && !method.equals("HEAD")) {
                exchange.getResponseHeaders().set("Allow", "GET, HEAD");
                send(exchange, 405, TEXT, method + " (expected: GET or HEAD)\n");
                return;
            }
            switch (exchange.getRequestURI().getPath()) {
                case "/health/live" -> send(exchange, health.live());
                case "/health/ready" -> send(exchange, health.ready());
                case "/metrics" -> send(exchange, 200, PROMETHEUS, metrics.scrape());
                default ->
                    send(exchange, 404, TEXT, "nothing here (expected: /health/live, /health/ready or /metrics)\n");
            }
        } catch (RuntimeException e) {
            LOG.warn("{} could not be answered", exchange.getRequestURI(), e);
            throw e;
        }
    }

    private static void send(HttpExchange exchange, Health.Report report) throws IOException {
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("status", report.up() ? "UP" : "DOWN");
        body.put("checks", report.checks());
        send(exchange, report.up() ? 200 : 503, "application/json", JSON.writeValueAsString(body) + "\n");
    }

    private static void send(HttpExchange exchange, int status, String contentType, String text) throws IOException {
        byte[] body = text.getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", contentType);
        exchange.getResponseHeaders().set("Cache-Control", "no-store");
        if (exchange.getRequestMethod().equals("HEAD")) {
            exchange.sendResponseHeaders(status, -1);
            return;
        }
        exchange.sendResponseHeaders(status, body.length);
        try (OutputStream stream = exchange.getResponseBody()) {
            stream.write(body);
        }
    }
}
