/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.plugins.acl;

import static org.apache.kafka.common.acl.AclOperation.READ;
import static org.apache.kafka.common.resource.ResourceType.GROUP;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.gatehouse.plugins.acl.AclConfig.Mode;
import io.gatehouse.plugins.acl.decision.Oracle;
import java.net.InetAddress;
import java.util.List;
import java.util.Set;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.message.JoinGroupRequestData;
import org.apache.kafka.common.message.ListGroupsRequestData;
import org.apache.kafka.common.message.ListGroupsResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.slf4j.LoggerFactory;

/** The audit log has the lines and levels of Kafka's own authorizer, which here decides the same and writes to the same logger. */
class AuditLineTest {

    private static final Logger LOGGER = (Logger) LoggerFactory.getLogger("kafka.authorizer.logger");

    private final ListAppender<ILoggingEvent> lines = new ListAppender<>();

    @BeforeEach
    void listen() {
        lines.start();
        LOGGER.setLevel(Level.DEBUG);
        LOGGER.setAdditive(false);
        LOGGER.addAppender(lines);
    }

    @AfterEach
    void forget() {
        LOGGER.detachAppender(lines);
        LOGGER.setAdditive(true);
        LOGGER.setLevel(null);
    }

    @ParameterizedTest
    @CsvSource({"allowed, alice", "denied, alice", "neither, alice", "denied, root"})
    void aLineIsKafkasOwn(String group, String user) {
        Set<AclBinding> acls = Set.of(acl("allowed", AclPermissionType.ALLOW), acl("denied", AclPermissionType.DENY));
        try (Gateway gateway =
                new Gateway(Mode.ENFORCE, io.gatehouse.spi.User.named(user).build(), "User:root")) {
            gateway.bind("User:*", READ, AclPermissionType.ALLOW, GROUP, "allowed*")
                    .bind("User:*", READ, AclPermissionType.DENY, GROUP, "denied*");
            join(gateway, group);
        }
        try (Oracle oracle = new Oracle(acls, "User:root")) {
            oracle.logs(user, InetAddress.getLoopbackAddress(), ApiKeys.JOIN_GROUP, READ, GROUP, group);
        }

        // Who may do everything is not asked here, and leaves no line.
        boolean asked = !user.equals("root");
        assertThat(lines.list).hasSize(asked ? 2 : 1);
        ILoggingEvent kafka = lines.list.get(lines.list.size() - 1);
        assertThat(lines.list.get(0).getFormattedMessage()).isEqualTo(kafka.getFormattedMessage());
        assertThat(lines.list.get(0).getLevel()).isEqualTo(kafka.getLevel());
    }

    @Test
    void whatIsLeftOutOfAListLeavesNoLine() {
        try (Gateway gateway = Gateway.enforcing()) {
            gateway.harness()
                    .request(ApiKeys.LIST_GROUPS, (short) 5, new ListGroupsRequestData())
                    .response(new ListGroupsResponseData()
                            .setGroups(List.of(new ListGroupsResponseData.ListedGroup().setGroupId("hidden"))));
        }

        assertThat(lines.list).isEmpty();
    }

    @Test
    void aNameWithALineBreakStaysOneLine() {
        try (Gateway gateway = Gateway.enforcing()) {
            join(gateway, "g\nPrincipal = User:root is Allowed");
        }

        assertThat(lines.list)
                .singleElement()
                .satisfies(line -> assertThat(line.getFormattedMessage()).doesNotContain("\n"));
    }

    private static void join(Gateway gateway, String group) {
        gateway.harness().request(ApiKeys.JOIN_GROUP, (short) 9, new JoinGroupRequestData().setGroupId(group));
    }

    private static AclBinding acl(String prefix, AclPermissionType permission) {
        return new AclBinding(
                new ResourcePattern(GROUP, prefix, PatternType.PREFIXED),
                new AccessControlEntry("User:*", "*", READ, permission));
    }
}
