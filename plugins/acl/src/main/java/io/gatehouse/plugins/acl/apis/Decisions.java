/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.plugins.acl.apis;

import io.gatehouse.plugins.acl.decision.Rule;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.EnumSet;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.resource.ResourceType;
import org.apache.kafka.common.utils.internals.SecurityUtils;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What was decided, counted by outcome, resource type and operation, and written to Kafka's {@code kafka.authorizer.logger} in Kafka's words:
 * denials at INFO, the rest at DEBUG. Thread-safe.
 */
public final class Decisions {

    private static final Logger AUDIT = LoggerFactory.getLogger("kafka.authorizer.logger");

    /** About the gateway's own rules: the mode {@code audit} watches what brokers would decide, and they have no say in these. */
    private static final Set<ApiKeys> OF_GATEWAY =
            EnumSet.of(ApiKeys.DESCRIBE_ACLS, ApiKeys.CREATE_ACLS, ApiKeys.DELETE_ACLS);

    private static final int TYPES = 16;
    private static final int OPERATIONS = 32;

    private final MeterRegistry meters;
    private final boolean auditOnly;
    private final AtomicReferenceArray<@Nullable Counter> counters = new AtomicReferenceArray<>(2 * TYPES * OPERATIONS);

    /** @param auditOnly what is denied passes all the same */
    public Decisions(MeterRegistry meters, boolean auditOnly) {
        this.meters = meters;
        this.auditOnly = auditOnly;
    }

    boolean auditOnly() {
        return auditOnly;
    }

    /** Whether a request that is denied passes. */
    boolean passesAllTheSame(ApiKeys api) {
        return auditOnly && !OF_GATEWAY.contains(api);
    }

    void record(Access access, ApiKeys api, AclOperation operation, ResourceType type, String name, boolean allowed) {
        counter(allowed, type, operation).increment();
        if (allowed && AUDIT.isDebugEnabled()) {
            AUDIT.debug(line(access, api, operation, type, name, true));
        } else if (!allowed && AUDIT.isInfoEnabled()) {
            AUDIT.info(
                    "{}{}",
                    line(access, api, operation, type, name, false),
                    passesAllTheSame(api) ? " (mode audit: it passes)" : "");
        }
    }

    private static String line(
            Access access, ApiKeys api, AclOperation operation, ResourceType type, String name, boolean allowed) {
        String rule = access.isSuperUser()
                ? "SuperUser"
                : access.deciding(operation, type, name).map(Rule::origin).orElse("DefaultDeny");
        return printable("Principal = User:" + access.username() + " is " + (allowed ? "Allowed" : "Denied")
                + " operation = "
                + operation + " from host = " + access.host() + " on resource = " + SecurityUtils.resourceTypeName(type)
                + ":LITERAL:" + name + " for request = " + api.name + " with resourceRefCount = 1 based on rule "
                + rule);
    }

    /** Names of groups and transactional ids may hold anything; a line stays a line. */
    private static String printable(String line) {
        return line.chars().anyMatch(Character::isISOControl) ? line.replaceAll("\\p{Cntrl}", "?") : line;
    }

    private Counter counter(boolean allowed, ResourceType type, AclOperation operation) {
        int place = ((allowed ? 1 : 0) * TYPES + type.code()) * OPERATIONS + operation.code();
        Counter known = counters.get(place);
        if (known != null) {
            return known;
        }
        Counter counter = Counter.builder("gatehouse.acl.decisions")
                .description("What was decided about requests, by outcome, resource type and operation")
                .tag("outcome", allowed ? "allowed" : "denied")
                .tag("resource", type.name())
                .tag("operation", operation.name())
                .register(meters);
        counters.set(place, counter);
        return counter;
    }
}
