/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.plugins.acl;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.plugins.acl.policy.BindingSpec;
import io.gatehouse.plugins.acl.policy.PolicySpec;
import io.gatehouse.plugins.acl.policy.PolicySpec.Action;
import io.gatehouse.plugins.acl.policy.PolicySpec.RuleSpec;
import io.gatehouse.spi.User;
import io.gatehouse.spi.resources.Resource;
import java.net.InetAddress;
import java.util.List;
import java.util.Set;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourceType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RulebookTest {

    private static final InetAddress ADDRESS = InetAddress.getLoopbackAddress();
    private static final User ALICE = User.named("alice")
            .virtualCluster("team-a")
            .groups(Set.of("readers"))
            .build();

    @Test
    void whatFollowsForAUserIsEvaluatedOnceUntilTheRulesChange() {
        Rulebook first =
                Rulebook.EMPTY.with(List.of(binding("b", "team-a", "User:alice")), List.of(policy("p", "team-a")));
        Rulebook next = first.with(List.of(), List.of(policy("p", "team-a")));

        assertThat(first.permissions(ALICE, ADDRESS)).isSameAs(first.permissions(ALICE, ADDRESS));
        assertThat(next.permissions(ALICE, ADDRESS)).isNotSameAs(first.permissions(ALICE, ADDRESS));
    }

    @ParameterizedTest
    @CsvSource({
        "team-a, User:alice, true",
        "team-a, User:*, true",
        "team-a, Group:readers, true",
        "team-a, User:bob, false",
        "team-a, Group:writers, false",
        "team-b, User:alice, false"
    })
    void onlyThoseWhomABindingConcernsAreAskedAgain(String virtualCluster, String principal, boolean concerned) {
        Rulebook before = Rulebook.EMPTY.with(List.of(), List.of());
        Rulebook after = before.with(List.of(binding("b", virtualCluster, principal)), List.of());

        assertThat(after.isSameFor(ALICE, before)).isEqualTo(!concerned);
    }

    @ParameterizedTest
    @CsvSource({"team-a, true", "team-b, false"})
    void onlyThoseInAPolicysVirtualClusterAreAskedAgain(String virtualCluster, boolean concerned) {
        Rulebook before = Rulebook.EMPTY.with(List.of(), List.of());
        Rulebook after = before.with(List.of(), List.of(policy("p", virtualCluster)));

        assertThat(after.isSameFor(ALICE, before)).isEqualTo(!concerned);
    }

    private static Resource<BindingSpec> binding(String name, String virtualCluster, String principal) {
        return new Resource<>(
                name,
                "1",
                new BindingSpec(
                        virtualCluster,
                        principal,
                        "*",
                        AclOperation.READ,
                        AclPermissionType.ALLOW,
                        ResourceType.TOPIC,
                        "t",
                        PatternType.LITERAL));
    }

    private static Resource<PolicySpec> policy(String name, String virtualCluster) {
        RuleSpec rule = new RuleSpec(Action.ALLOW, List.of(AclOperation.READ), ResourceType.TOPIC, List.of("t"));
        return new Resource<>(name, "1", new PolicySpec(virtualCluster, "user.username == 'alice'", List.of(rule)));
    }
}
