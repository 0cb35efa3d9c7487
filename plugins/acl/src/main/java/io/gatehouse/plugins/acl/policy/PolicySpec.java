/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.plugins.acl.policy;

import io.gatehouse.spi.config.Description;
import java.util.List;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.resource.ResourceType;
import org.jspecify.annotations.Nullable;

/** The spec of an {@code AclPolicy}. */
@Description("Rules for whoever a condition is true of, with names that may depend on who that is.")
public record PolicySpec(
        @Description("Where it counts.") String virtualCluster,

        @Description("A CEL expression about the user, true or false; without one, the rules are for everybody.")
        @Nullable
        String condition,

        @Description("What is allowed or denied.") List<RuleSpec> rules) {

    /** What a rule does. */
    public enum Action {
        ALLOW,
        DENY
    }

    /** One rule. */
    @Description("Operations on resources of a type.")
    public record RuleSpec(
            @Description("allow or deny.") Action action,

            @Description("Kafka's words, such as READ, or ALL.")
            List<AclOperation> operations,

            @Description("TOPIC, GROUP, CLUSTER, TRANSACTIONAL_ID, DELEGATION_TOKEN or USER.")
            ResourceType resourceType,

            @Description(
                    "Names with * for any characters and ? for one; ${...} is a CEL expression that yields a name or a list of names.")
            List<String> names) {}
}
