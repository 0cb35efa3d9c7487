/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.plugins.acl;

import static org.apache.kafka.common.acl.AclOperation.CREATE;
import static org.apache.kafka.common.acl.AclOperation.DELETE;
import static org.apache.kafka.common.acl.AclOperation.DESCRIBE;
import static org.apache.kafka.common.acl.AclOperation.WRITE;
import static org.apache.kafka.common.resource.ResourceType.CLUSTER;
import static org.apache.kafka.common.resource.ResourceType.GROUP;
import static org.apache.kafka.common.resource.ResourceType.TOPIC;
import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.plugins.acl.AclConfig.Mode;
import io.gatehouse.spi.interception.Question;
import java.net.InetAddress;
import java.util.Optional;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.resource.ResourceType;
import org.junit.jupiter.api.Test;

/** The sentences; that they are true is in {@code TableTest} and, with Kafka's own clients, in {@code ExplainDecisionsIT}. */
class ExplanationsTest {

    private static String said(Gateway gateway, ApiKeys api, ResourceType type, String name) {
        return gateway.harness()
                .explain(new Question(
                        api, Optional.of(new Question.Resource(type, name)), InetAddress.getLoopbackAddress()))
                .orElseThrow();
    }

    private static String said(Gateway gateway, ApiKeys api) {
        return gateway.harness()
                .explain(new Question(api, Optional.empty(), InetAddress.getLoopbackAddress()))
                .orElseThrow();
    }

    @Test
    void theRuleThatDecidesIsNamed() {
        try (Gateway gateway = Gateway.enforcing().allow(WRITE, TOPIC, "orders").deny(WRITE, TOPIC, "secret*")) {
            assertThat(said(gateway, ApiKeys.PRODUCE, TOPIC, "orders"))
                    .startsWith(
                            "ALLOWED: WRITE on TOPIC orders by MatchingAcl(acl=StandardAcl[resourceType=TOPIC, resourceName=orders,");
            assertThat(said(gateway, ApiKeys.PRODUCE, TOPIC, "secrets"))
                    .startsWith("DENIED: WRITE on TOPIC secrets: MatchingAcl(")
                    .contains("permissionType=DENY")
                    .endsWith(" (TOPIC_AUTHORIZATION_FAILED)");
            assertThat(said(gateway, ApiKeys.PRODUCE, TOPIC, "other"))
                    .isEqualTo("DENIED: WRITE on TOPIC other: no rule allows it (TOPIC_AUTHORIZATION_FAILED)");
        }
    }

    @Test
    void anotherWayToTheSameIsNamedToo() {
        try (Gateway gateway = Gateway.enforcing()) {
            assertThat(said(gateway, ApiKeys.CREATE_TOPICS, TOPIC, "t"))
                    .startsWith("DENIED: CREATE on TOPIC t: no rule allows it, nor CREATE on the CLUSTER"
                            + " (TOPIC_AUTHORIZATION_FAILED)");
            gateway.allow(CREATE, CLUSTER, "kafka-cluster");
            assertThat(said(gateway, ApiKeys.CREATE_TOPICS, TOPIC, "t"))
                    .startsWith("ALLOWED: CREATE on the CLUSTER by ");
        }
    }

    @Test
    void whoMayDeleteAndNotDescribeIsDenied() {
        try (Gateway gateway = Gateway.enforcing().allow(DELETE, TOPIC, "t").deny(DESCRIBE, TOPIC, "t")) {
            assertThat(said(gateway, ApiKeys.DELETE_TOPICS, TOPIC, "t")).startsWith("DENIED: ");
        }
    }

    @Test
    void withoutAResourceItSaysWhatIsNeeded() {
        try (Gateway gateway = Gateway.enforcing().allow(WRITE, TOPIC, "orders")) {
            assertThat(said(gateway, ApiKeys.PRODUCE))
                    .isEqualTo(
                            "needs WRITE on a TRANSACTIONAL_ID: allowed for no name, or not certainly, if-transactional;"
                                    + " WRITE on a TOPIC: allowed for some names");
            assertThat(said(gateway, ApiKeys.PUSH_TELEMETRY)).isEqualTo("ALLOWED: PushTelemetry needs no right");
            assertThat(said(gateway, ApiKeys.PRODUCE, GROUP, "g"))
                    .isEqualTo("ALLOWED: Produce needs no right on a GROUP");
        }
    }

    @Test
    void superUsersAndModesAreSaid() {
        try (Gateway superUser = new Gateway(Mode.ENFORCE, "User:alice");
                Gateway audit = new Gateway(Mode.AUDIT);
                Gateway passthrough = new Gateway(Mode.PASSTHROUGH)) {
            assertThat(said(superUser, ApiKeys.PRODUCE, TOPIC, "t")).isEqualTo("ALLOWED: super user");
            assertThat(said(audit, ApiKeys.PRODUCE, TOPIC, "t"))
                    .startsWith("DENIED, but it passes (mode audit): WRITE on TOPIC t");
            assertThat(said(audit, ApiKeys.CREATE_ACLS, CLUSTER, "kafka-cluster"))
                    .startsWith("DENIED: ALTER on the CLUSTER");
            assertThat(said(passthrough, ApiKeys.PRODUCE, TOPIC, "t"))
                    .isEqualTo("ALLOWED: mode passthrough decides nothing");
        }
    }
}
