/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.plugins.acl.policy;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.spi.resources.ResourceKind.Problem;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourceType;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BindingChecksTest {

    @ParameterizedTest
    @CsvSource({
        "User:alice, *, TOPIC, orders",
        "User:*, 10.0.0.1, TOPIC, *",
        "Group:readers, 192.168.0.0/24, GROUP, g",
        "User:a:b, 2001:db8::/32, CLUSTER, kafka-cluster"
    })
    void whatKafkaTakesIsTaken(String principal, String host, ResourceType type, String name) {
        assertThat(BindingChecks.problems(spec(principal, host, type, name))).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "alice, *, TOPIC, orders, principal, User:name",
        "Role:alice, *, TOPIC, orders, principal, Group:name",
        "User:, *, TOPIC, orders, principal, User:name",
        "User:alice, 10.0.0.0/33, TOPIC, orders, host, a network such as 192.168.0.0/24",
        "User:alice, example.org/24, TOPIC, orders, host, a network such as 192.168.0.0/24",
        "User:alice, 2001:db8::/129, TOPIC, orders, host, 2001:db8::/32",
        "User:alice, *, ANY, orders, resourceType, a type such as TOPIC",
        "User:alice, *, TOPIC, '', resourceName, a name",
        "User:alice, *, CLUSTER, another, resourceName, kafka-cluster"
    })
    void whatNobodyCouldHaveIsToldWithItsPlace(
            String principal, String host, ResourceType type, String name, String path, String expectation) {
        assertThat(BindingChecks.problems(spec(principal, host, type, name)))
                .singleElement()
                .satisfies(problem -> {
                    assertThat(problem).extracting(Problem::path).isEqualTo(path);
                    assertThat(problem.message()).contains("expected: ").contains(expectation);
                });
    }

    private static BindingSpec spec(String principal, String host, ResourceType type, String name) {
        return new BindingSpec(
                "team-a", principal, host, AclOperation.READ, AclPermissionType.ALLOW, type, name, PatternType.LITERAL);
    }
}
