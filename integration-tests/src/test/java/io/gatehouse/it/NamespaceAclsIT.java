/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AccessControlEntryFilter;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclBindingFilter;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.errors.ClusterAuthorizationException;
import org.apache.kafka.common.errors.InvalidRequestException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourcePatternFilter;
import org.apache.kafka.common.resource.ResourceType;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** ACLs of brokers, which a tenant manages by the names that it knows: clients authenticate at brokers that have an authorizer. */
class NamespaceAclsIT {

    private static final String RUN = Long.toString(System.nanoTime(), 36);
    private static final String PREFIX = "acls-" + RUN + ".";
    private static final String FOREIGN = "foreign-" + RUN;

    /** Whom all ACLs of this class are for, so that they are told from others of the shared brokers. */
    private static final String PRINCIPAL = "User:reader-" + RUN;

    @RegisterExtension
    static final SecuredKafka kafka = new SecuredKafka();

    private static TestGateway gateway;

    @BeforeAll
    static void start() {
        gateway = kafka.gateway(SecuredKafka.SASL, Map.of())
                .authentication("[{type: delegated}]")
                .plugin(TestGateway.jarOf("plugins/namespace"))
                .resource("tenant.yaml", """
                        {apiVersion: gatehouse/v1, kind: VirtualCluster, metadata: {name: team-a}, spec: {cluster: local}}
                        ---
                        apiVersion: gatehouse/v1
                        kind: UserMapping
                        metadata: {name: bob}
                        spec: {principal: bob, virtualCluster: team-a}
                        ---
                        apiVersion: gatehouse/v1
                        kind: Interceptor
                        metadata: {name: namespace-team-a}
                        spec:
                          type: namespace
                          policy: namespace
                          priority: 9000
                          scope: {virtualCluster: team-a}
                          config: {prefix: "%s"}
                        """.formatted(PREFIX))
                .start();
        await().untilAsserted(() ->
                assertThat(gateway.management("/health/ready").statusCode()).isEqualTo(200));
    }

    @AfterAll
    static void stop() {
        gateway.close();
    }

    @AfterEach
    void aclsAreGone() throws Exception {
        direct().deleteAcls(List.of(ofThisClass())).all().get();
        await().untilAsserted(() -> assertThat(onCluster()).isEmpty());
    }

    @Test
    void aTenantsAclsCarryThePrefixOnTheClusterAndAreSeenAndDeletedWithoutIt() throws Exception {
        List<AclBinding> seen = List.of(
                acl(ResourceType.TOPIC, "orders", PatternType.LITERAL),
                acl(ResourceType.TOPIC, "pay", PatternType.PREFIXED),
                acl(ResourceType.TOPIC, "*", PatternType.LITERAL),
                acl(ResourceType.GROUP, "readers", PatternType.LITERAL),
                acl(ResourceType.GROUP, "app-", PatternType.PREFIXED),
                acl(ResourceType.TRANSACTIONAL_ID, "mover", PatternType.LITERAL),
                acl(ResourceType.TRANSACTIONAL_ID, "app-", PatternType.PREFIXED));
        List<AclBinding> real = List.of(
                acl(ResourceType.TOPIC, PREFIX + "orders", PatternType.LITERAL),
                acl(ResourceType.TOPIC, PREFIX + "pay", PatternType.PREFIXED),
                acl(ResourceType.TOPIC, PREFIX, PatternType.PREFIXED),
                acl(ResourceType.GROUP, PREFIX + "readers", PatternType.LITERAL),
                acl(ResourceType.GROUP, PREFIX + "app-", PatternType.PREFIXED),
                acl(ResourceType.TRANSACTIONAL_ID, PREFIX + "mover", PatternType.LITERAL),
                acl(ResourceType.TRANSACTIONAL_ID, PREFIX + "app-", PatternType.PREFIXED));
        try (Admin bob = Admin.create(bob())) {
            bob.createAcls(seen).all().get();

            await().untilAsserted(() -> assertThat(onCluster()).containsExactlyInAnyOrderElementsOf(real));
            assertDescribed(bob, ResourcePatternFilter.ANY, seen.toArray(AclBinding[]::new));
            assertDescribed(bob, filter(ResourceType.TOPIC, null, PatternType.LITERAL), seen.get(0), seen.get(2));
            assertDescribed(bob, filter(ResourceType.TOPIC, null, PatternType.PREFIXED), seen.get(1));
            assertDescribed(bob, filter(ResourceType.TOPIC, "orders", PatternType.LITERAL), seen.get(0));
            assertDescribed(bob, filter(ResourceType.TOPIC, "payments", PatternType.MATCH), seen.get(1), seen.get(2));
            assertDescribed(bob, filter(ResourceType.TOPIC, "*", PatternType.LITERAL), seen.get(2));
            assertDescribed(bob, filter(ResourceType.ANY, "app-", PatternType.PREFIXED), seen.get(4), seen.get(6));

            Collection<AclBinding> deleted = bob.deleteAcls(
                            seen.stream().map(AclBinding::toFilter).toList())
                    .all()
                    .get();

            assertThat(deleted).containsExactlyInAnyOrderElementsOf(seen);
            await().untilAsserted(() -> assertThat(onCluster()).isEmpty());
        }
    }

    @Test
    void whatIsForeignIsNeitherSeenNorDeletedByAnyFilter() throws Exception {
        List<AclBinding> foreign = List.of(
                acl(ResourceType.TOPIC, FOREIGN, PatternType.LITERAL),
                acl(ResourceType.GROUP, FOREIGN, PatternType.PREFIXED),
                acl(ResourceType.TRANSACTIONAL_ID, "*", PatternType.LITERAL),
                // These two hold for names of the tenant's too.
                acl(ResourceType.TRANSACTIONAL_ID, PREFIX.substring(0, PREFIX.length() - 1), PatternType.PREFIXED),
                acl(ResourceType.GROUP, PREFIX.substring(0, 5), PatternType.PREFIXED));
        AclBinding own = acl(ResourceType.TOPIC, "orders", PatternType.LITERAL);
        try (Admin bob = Admin.create(bob())) {
            direct().createAcls(foreign).all().get();
            bob.createAcls(List.of(own)).all().get();
            await().untilAsserted(() -> assertThat(onCluster()).hasSize(6));

            assertDescribed(bob, ResourcePatternFilter.ANY, own);
            for (ResourceType type : List.of(ResourceType.TOPIC, ResourceType.GROUP, ResourceType.TRANSACTIONAL_ID)) {
                for (String name : List.of(FOREIGN, "*", "mover", PREFIX.substring(0, 5))) {
                    for (PatternType pattern : List.of(PatternType.LITERAL, PatternType.PREFIXED, PatternType.MATCH)) {
                        assertDescribed(bob, filter(type, name, pattern));
                    }
                }
            }
            for (AclBinding binding : foreign) {
                assertThat(bob.deleteAcls(List.of(binding.toFilter())).all().get())
                        .isEmpty();
            }
            for (ResourcePatternFilter inexact : List.of(
                    filter(ResourceType.TOPIC, null, PatternType.LITERAL),
                    filter(ResourceType.GROUP, null, PatternType.ANY),
                    filter(ResourceType.TRANSACTIONAL_ID, "mover", PatternType.MATCH),
                    filter(ResourceType.TOPIC, FOREIGN, PatternType.ANY))) {
                assertThatThrownBy(() -> delete(bob, inexact)).hasCauseInstanceOf(InvalidRequestException.class);
            }
            for (ResourceType type : List.of(ResourceType.ANY, ResourceType.CLUSTER, ResourceType.DELEGATION_TOKEN)) {
                assertThatThrownBy(() -> delete(bob, filter(type, "kafka-cluster", PatternType.LITERAL)))
                        .hasCauseInstanceOf(ClusterAuthorizationException.class);
            }
            assertThatThrownBy(() -> bob.createAcls(
                                    List.of(acl(ResourceType.CLUSTER, "kafka-cluster", PatternType.LITERAL)))
                            .all()
                            .get())
                    .hasCauseInstanceOf(ClusterAuthorizationException.class);

            List<AclBinding> still = new ArrayList<>(foreign);
            still.add(acl(ResourceType.TOPIC, PREFIX + "orders", PatternType.LITERAL));
            await().untilAsserted(() -> assertThat(onCluster()).containsExactlyInAnyOrderElementsOf(still));
        }
    }

    /** Brokers let everybody do what no ACL speaks of: whoever is shut out tells what one speaks of. */
    @Test
    void aWildcardReachesToTheEndOfTheNamespaceAndNotBeyond() throws Exception {
        kafka.cluster().createTopic(PREFIX + "orders", 1, 1);
        kafka.cluster().createTopic(FOREIGN, 1, 1);
        try (Admin bob = Admin.create(bob());
                Admin alice = Admin.create(client(kafka.cluster().bootstrapServers(SecuredKafka.SASL), "alice"))) {
            await().ignoreExceptions()
                    .untilAsserted(() -> assertThat(alice.describeTopics(List.of(PREFIX + "orders", FOREIGN))
                                    .allTopicNames()
                                    .get())
                            .hasSize(2));
            bob.createAcls(List.of(acl(ResourceType.TOPIC, "*", PatternType.LITERAL)))
                    .all()
                    .get();

            await().untilAsserted(() -> assertThatThrownBy(() -> alice.describeTopics(List.of(PREFIX + "orders"))
                            .allTopicNames()
                            .get())
                    .hasCauseInstanceOf(TopicAuthorizationException.class));
            assertThat(alice.describeTopics(List.of(FOREIGN)).allTopicNames().get())
                    .containsOnlyKeys(FOREIGN);
        }
    }

    private static AclBinding acl(ResourceType type, String name, PatternType pattern) {
        return new AclBinding(
                new ResourcePattern(type, name, pattern),
                new AccessControlEntry(PRINCIPAL, "*", AclOperation.DESCRIBE, AclPermissionType.ALLOW));
    }

    private static ResourcePatternFilter filter(ResourceType type, String name, PatternType pattern) {
        return new ResourcePatternFilter(type, name, pattern);
    }

    private static AclBindingFilter ofThisClass() {
        return with(ResourcePatternFilter.ANY);
    }

    private static AclBindingFilter with(ResourcePatternFilter pattern) {
        return new AclBindingFilter(
                pattern, new AccessControlEntryFilter(PRINCIPAL, null, AclOperation.ANY, AclPermissionType.ANY));
    }

    /** Brokers learn of ACLs one after the other. */
    private static void assertDescribed(Admin admin, ResourcePatternFilter pattern, AclBinding... expected) {
        await().untilAsserted(() ->
                assertThat(admin.describeAcls(with(pattern)).values().get()).containsExactlyInAnyOrder(expected));
    }

    private static void delete(Admin admin, ResourcePatternFilter pattern) throws Exception {
        admin.deleteAcls(List.of(with(pattern))).all().get();
    }

    private static List<AclBinding> onCluster() throws Exception {
        return new ArrayList<>(direct().describeAcls(ofThisClass()).values().get());
    }

    private static Admin direct() {
        return kafka.cluster().admin();
    }

    private static Map<String, Object> bob() {
        return client(gateway.bootstrapServers(), "bob");
    }

    private static Map<String, Object> client(String bootstrapServers, String user) {
        Map<String, Object> client = new HashMap<>(SecuredKafka.credentials("PLAIN", user));
        client.put("security.protocol", "SASL_PLAINTEXT");
        client.put("bootstrap.servers", bootstrapServers);
        return client;
    }
}
