/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.plugins.acl.apis;

import io.gatehouse.plugins.acl.decision.Permissions;
import io.gatehouse.plugins.acl.decision.Rule;
import io.gatehouse.spi.User;
import io.gatehouse.spi.interception.InterceptionContext;
import java.util.Optional;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.resource.ResourceType;

/** What the user of one connection may do, asked in the three ways in which Kafka asks. Immutable. */
public final class Access {

    private final User user;
    private final String host;
    private final Permissions permissions;
    private final Decisions decisions;
    private final boolean autoCreateTopics;
    private final GroupSubscriptions groupSubscriptions;
    private final AclStore acls;

    /**
     * Of one connection.
     *
     * @param host the client's address as text
     * @param autoCreateTopics whether brokers create topics that Metadata names
     */
    public Access(
            User user,
            String host,
            Permissions permissions,
            Decisions decisions,
            boolean autoCreateTopics,
            GroupSubscriptions groupSubscriptions,
            AclStore acls) {
        this.user = user;
        this.host = host;
        this.permissions = permissions;
        this.decisions = decisions;
        this.autoCreateTopics = autoCreateTopics;
        this.groupSubscriptions = groupSubscriptions;
        this.acls = acls;
    }

    /** Whether a request that asks for it may have it; recorded. In the mode {@code audit} always, unless it is about the rules themselves. */
    boolean may(InterceptionContext context, AclOperation operation, ResourceType type, String name) {
        boolean allowed = permissions.allows(operation, type, name);
        decisions.record(this, context.apiKey(), operation, type, name, allowed);
        return allowed || decisions.passesAllTheSame(context.apiKey());
    }

    boolean mayCluster(InterceptionContext context, AclOperation operation) {
        return may(context, operation, ResourceType.CLUSTER, Permissions.CLUSTER_NAME);
    }

    /** Whether one of two ways is open, of which the other is asked next: no denial yet, so nothing is recorded. */
    boolean has(AclOperation operation, ResourceType type, String name) {
        return permissions.allows(operation, type, name);
    }

    boolean hasCluster(AclOperation operation) {
        return has(operation, ResourceType.CLUSTER, Permissions.CLUSTER_NAME);
    }

    /** Whether something that was not asked for by name may be seen. In the mode {@code audit} always. */
    boolean sees(AclOperation operation, ResourceType type, String name) {
        return decisions.auditOnly() || permissions.allows(operation, type, name);
    }

    /** May create a topic, by the right on the cluster or on the topic; recorded once. */
    boolean mayCreate(InterceptionContext context, String topic) {
        return hasCluster(AclOperation.CREATE) || may(context, AclOperation.CREATE, ResourceType.TOPIC, topic);
    }

    /** KIP-679: IDEMPOTENT_WRITE on the cluster, or WRITE on any topic. */
    boolean mayWriteIdempotently(InterceptionContext context) {
        return hasCluster(AclOperation.IDEMPOTENT_WRITE)
                || permissions.allowsSomeName(AclOperation.WRITE, ResourceType.TOPIC)
                || mayCluster(context, AclOperation.IDEMPOTENT_WRITE);
    }

    /** Every name of a type, whatever it is. */
    boolean everyName(AclOperation operation, ResourceType type) {
        return type == ResourceType.CLUSTER ? hasCluster(operation) : permissions.allowsEveryName(operation, type);
    }

    boolean everyNameFrom(AclOperation operation, ResourceType type, String prefix) {
        return permissions.allowsEveryNameFrom(operation, type, prefix);
    }

    boolean isSuperUser() {
        return permissions.isEverything();
    }

    /** The mode {@code audit}: nothing may be changed. */
    boolean auditOnly() {
        return decisions.auditOnly();
    }

    /** Whether a request that is denied passes. */
    boolean passesAllTheSame(ApiKeys api) {
        return decisions.passesAllTheSame(api);
    }

    boolean autoCreateTopics() {
        return autoCreateTopics;
    }

    Permissions permissions() {
        return permissions;
    }

    GroupSubscriptions groupSubscriptions() {
        return groupSubscriptions;
    }

    AclStore acls() {
        return acls;
    }

    String virtualCluster() {
        return user.virtualCluster();
    }

    String username() {
        return user.username();
    }

    String host() {
        return host;
    }

    Optional<Rule> deciding(AclOperation operation, ResourceType type, String name) {
        return permissions.deciding(operation, type, name);
    }
}
