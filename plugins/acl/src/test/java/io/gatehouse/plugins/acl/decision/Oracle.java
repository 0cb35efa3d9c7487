/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.plugins.acl.decision;

import java.net.InetAddress;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.ClusterResource;
import org.apache.kafka.common.Endpoint;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.metrics.Metrics;
import org.apache.kafka.common.metrics.internals.PluginMetricsImpl;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;
import org.apache.kafka.common.security.auth.KafkaPrincipal;
import org.apache.kafka.common.security.auth.SecurityProtocol;
import org.apache.kafka.metadata.authorizer.StandardAcl;
import org.apache.kafka.metadata.authorizer.StandardAuthorizer;
import org.apache.kafka.server.authorizer.Action;
import org.apache.kafka.server.authorizer.AuthorizableRequestContext;
import org.apache.kafka.server.authorizer.AuthorizationResult;
import org.apache.kafka.server.authorizer.AuthorizerServerInfo;

/** Kafka's {@code StandardAuthorizer}, with some bindings. */
public final class Oracle implements AutoCloseable {

    private final StandardAuthorizer authorizer = new StandardAuthorizer();
    private final Metrics metrics = new Metrics();

    public Oracle(Collection<AclBinding> bindings, String superUsers) {
        authorizer.configure(Map.of(StandardAuthorizer.SUPER_USERS_CONFIG, superUsers));
        authorizer.withPluginMetrics(new PluginMetricsImpl(metrics, Map.of()));
        authorizer.start(new NoServer());
        Map<Uuid, StandardAcl> acls = new HashMap<>();
        bindings.forEach(binding -> acls.put(Uuid.randomUuid(), StandardAcl.fromAclBinding(binding)));
        authorizer.loadSnapshot(acls);
        authorizer.completeInitialLoad();
    }

    boolean allows(String username, InetAddress host, AclOperation operation, ResourceType type, String name) {
        ResourcePattern resource = new ResourcePattern(type, name, PatternType.LITERAL);
        return authorizer
                        .authorize(
                                new Context(username, host, ApiKeys.FETCH),
                                List.of(new Action(operation, resource, 1, false, false)))
                        .get(0)
                == AuthorizationResult.ALLOWED;
    }

    /** Decides as for a request that asks for the resource by its name, which a broker logs. */
    public void logs(
            String username, InetAddress host, ApiKeys api, AclOperation operation, ResourceType type, String name) {
        ResourcePattern resource = new ResourcePattern(type, name, PatternType.LITERAL);
        authorizer.authorize(new Context(username, host, api), List.of(new Action(operation, resource, 1, true, true)));
    }

    boolean allowsSomeName(String username, InetAddress host, AclOperation operation, ResourceType type) {
        return authorizer.authorizeByResourceType(new Context(username, host, ApiKeys.FETCH), operation, type)
                == AuthorizationResult.ALLOWED;
    }

    @Override
    public void close() {
        try {
            authorizer.close();
            metrics.close();
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private record Context(String username, InetAddress clientAddress, ApiKeys api)
            implements AuthorizableRequestContext {
        @Override
        public String listenerName() {
            return "CLIENT";
        }

        @Override
        public SecurityProtocol securityProtocol() {
            return SecurityProtocol.SASL_PLAINTEXT;
        }

        @Override
        public KafkaPrincipal principal() {
            return new KafkaPrincipal("User", username);
        }

        @Override
        public int requestType() {
            return api.id;
        }

        @Override
        public int requestVersion() {
            return 12;
        }

        @Override
        public String clientId() {
            return "test";
        }

        @Override
        public int correlationId() {
            return 1;
        }
    }

    private static final class NoServer implements AuthorizerServerInfo {
        private static final Endpoint ENDPOINT = new Endpoint("CLIENT", SecurityProtocol.PLAINTEXT, "localhost", 1);

        @Override
        public ClusterResource clusterResource() {
            return new ClusterResource("cluster");
        }

        @Override
        public int brokerId() {
            return 1;
        }

        @Override
        public Collection<Endpoint> endpoints() {
            return List.of(ENDPOINT);
        }

        @Override
        public Endpoint interBrokerEndpoint() {
            return ENDPOINT;
        }

        @Override
        public Collection<String> earlyStartListeners() {
            return List.of();
        }
    }
}
