/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel.client;

import io.gatehouse.kernel.broker.BrokerConnector;
import io.gatehouse.kernel.broker.Cluster;
import io.gatehouse.kernel.broker.Transport;
import io.gatehouse.kernel.identity.EntryFacts;
import io.gatehouse.kernel.identity.Resolution;
import io.gatehouse.kernel.identity.UserResolver;
import io.gatehouse.kernel.interception.InterceptorDefinition;
import io.gatehouse.kernel.interception.InterceptorTypes;
import io.gatehouse.kernel.interception.Interceptors;
import io.gatehouse.kernel.interception.Scope;
import io.gatehouse.kernel.operations.AuditLog;
import io.gatehouse.kernel.routing.Endpoint;
import io.gatehouse.kernel.routing.Route;
import io.gatehouse.kernel.wire.AdmissionBudget;
import io.gatehouse.kernel.wire.Codec;
import io.gatehouse.spi.User;
import io.gatehouse.spi.authentication.Authentication;
import io.gatehouse.spi.identity.UserMappingStore;
import io.gatehouse.spi.interception.Interceptor;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.netty.buffer.ByteBuf;
import java.lang.reflect.Field;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.Executors;
import org.apache.kafka.common.Node;

/** The kernel's own client connection, logged in as ANONYMOUS, between two channels that forget what is written to them. */
final class BenchmarkedConnection implements AutoCloseable {

    private static final Duration LONG = Duration.ofHours(1);
    private static final int MAXIMUM = 100 * 1024 * 1024;
    private static final String CLUSTER = "local";

    private final java.util.concurrent.ExecutorService blocking = Executors.newSingleThreadExecutor();
    private final Transport transport = new Transport(1);
    private final SinkChannel client;
    private final SinkChannel broker;

    /** @param interceptor for everybody; empty for none */
    BenchmarkedConnection(Optional<Interceptor> interceptor) {
        Codec codec = new Codec();
        Interceptors interceptors = new Interceptors(name -> interceptor.map(BenchmarkedConnection::type));
        if (interceptor.isPresent()) {
            interceptors.update(List.of(new InterceptorDefinition(
                    "watching", "watching", "watching", 1000, Scope.ALL, Map.of(), true, false)));
        }
        UserMappingStore nobody =
                (authentication, principal) -> java.util.concurrent.CompletableFuture.completedFuture(Optional.empty());
        UserResolver resolver = new UserResolver(
                name -> Optional.empty(),
                (username, principal, elsewhere) -> Set.of(),
                () -> Optional.of(UserResolver.identifierAsPrincipal()),
                () -> Optional.of(nobody),
                Duration.ofSeconds(5));
        ClientServices services = new ClientServices(
                transport,
                codec,
                new AdmissionBudget(MAXIMUM),
                interceptors,
                resolver,
                new ClientLimits(MAXIMUM, MAXIMUM, LONG, Duration.ZERO, Duration.ZERO, LONG, LONG, LONG),
                new TrafficMeters(new PrometheusMeterRegistry(PrometheusConfig.DEFAULT)),
                new AuditLog(),
                new ConnectionRegistry());
        Cluster cluster = new Cluster(
                CLUSTER,
                List.of(new Node(1, "localhost", 1)),
                new BrokerConnector(transport, codec, Map.of(), LONG, blocking),
                transport.nextLoop());
        Route route =
                new Route(cluster, Optional.empty(), true, OptionalInt.of(1), node -> new Endpoint("localhost", 1));
        ClientConnection connection = new ClientConnection(
                services, new AnonymousListener(route), route, new InetSocketAddress("localhost", 1));
        client = new SinkChannel(connection);
        logIn(connection);
        broker = new SinkChannel(connection.responses());
    }

    private static void logIn(ClientConnection connection) {
        Authentication authentication = Authentication.of(UserResolver.ANONYMOUS_METHOD, User.ANONYMOUS)
                .name(UserResolver.ANONYMOUS_METHOD)
                .build();
        session(connection.login()).establish(AnonymousListener.ENTRY, authentication, new Login.Outcome() {
            @Override
            public void established() {}

            @Override
            public void refused(Resolution.Refused refused) {
                throw new IllegalStateException("login refused: " + refused.reason());
            }
        });
        if (!connection.login().isOpen()) {
            throw new IllegalStateException("login: not finished (expected: at once)");
        }
    }

    /** A login would connect to a broker by a socket, which is what this does without. */
    private static Session session(Login login) {
        try {
            Field field = Login.class.getDeclaredField("session");
            field.setAccessible(true);
            return (Session) field.get(login);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }

    /** As one read of the client's socket. */
    void readFromClient(ByteBuf bytes) {
        client.pipeline().fireChannelRead(bytes.retain().readerIndex(0));
        client.pipeline().fireChannelReadComplete();
    }

    /** As one read of the broker's socket. */
    void readFromBroker(ByteBuf bytes) {
        broker.pipeline().fireChannelRead(bytes.retain().readerIndex(0));
        broker.pipeline().fireChannelReadComplete();
    }

    /** Whether nothing went wrong. */
    boolean isOpen() {
        return client.isOpen() && broker.isOpen();
    }

    @Override
    public void close() {
        // The broker's end first: a goodbye to it would be half a socket, which this channel is not.
        broker.close();
        client.close();
        transport.close();
        blocking.shutdownNow();
    }

    private static InterceptorTypes.Type type(Interceptor interceptor) {
        return new InterceptorTypes.Type() {
            @Override
            public String pluginId() {
                return "benchmark";
            }

            @Override
            public ClassLoader classLoader() {
                return BenchmarkedConnection.class.getClassLoader();
            }

            @Override
            public Interceptor create(
                    String name, Map<String, Object> config, InterceptorTypes.Resubscriber resubscriber) {
                return interceptor;
            }

            @Override
            public void failed(String where, Throwable failure) {
                throw new IllegalStateException(where, failure);
            }

            @Override
            public void released() {}
        };
    }

    private record AnonymousListener(Route route) implements ClientListener {

        private static final AuthenticationMethods.Entry ENTRY = new AuthenticationMethods.Entry(
                UserResolver.ANONYMOUS_METHOD,
                UserResolver.ANONYMOUS_METHOD,
                EntryFacts.PLAIN,
                null,
                AuthenticationMethods.Lease.NONE,
                true,
                false);

        @Override
        public String name() {
            return "bench";
        }

        @Override
        public boolean expectsProxyHeader() {
            return false;
        }

        @Override
        public boolean trustsProxy(InetAddress address) {
            return false;
        }

        @Override
        public boolean routesByServerName() {
            return false;
        }

        @Override
        public boolean choosesCertificates() {
            return false;
        }

        @Override
        public Optional<Route> route(String serverName) {
            return Optional.empty();
        }

        @Override
        public boolean stillLeads(Route ignored) {
            return true;
        }

        @Override
        public Optional<ListenerTls> tls(String serverName) {
            return Optional.empty();
        }

        @Override
        public Optional<Route> route(int port) {
            return Optional.of(route);
        }

        @Override
        public AuthenticationMethods methods(Route ignored) {
            return new AuthenticationMethods(List.of(ENTRY));
        }

        @Override
        public Optional<ListenerTls> tls() {
            return Optional.empty();
        }

        @Override
        public boolean allowsPlaintextCredentials() {
            return false;
        }

        @Override
        public boolean allowsAnonymous(String cluster) {
            return true;
        }

        @Override
        public boolean allowsClusterOperations(String virtualCluster) {
            return true;
        }

        @Override
        public boolean mandatoryVirtualCluster() {
            return false;
        }
    }
}
