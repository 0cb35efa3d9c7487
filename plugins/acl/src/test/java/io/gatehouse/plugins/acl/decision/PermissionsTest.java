/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.plugins.acl.decision;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.resource.ResourceType;
import org.junit.jupiter.api.Test;

class PermissionsTest {

    /** The index, and the memory of its answers, against every rule asked one after the other. */
    @Test
    void thousandsOfRulesDecideAsEachOfThemWould() {
        Random random = new Random(3);
        List<Rule> rules = new ArrayList<>();
        for (int i = 0; i < 4_000; i++) {
            String text = "t" + random.nextInt(3_000);
            NamePattern name =
                    switch (random.nextInt(20)) {
                        case 0 -> new NamePattern.Prefix(text);
                        case 1 -> NamePattern.glob("?" + text.substring(1) + "*x");
                        default -> new NamePattern.Literal(text);
                    };
            rules.add(
                    random.nextInt(5) == 0
                            ? Rule.deny(List.of(AclOperation.READ), ResourceType.TOPIC, name, "rule " + i)
                            : Rule.allow(List.of(AclOperation.READ), ResourceType.TOPIC, name, "rule " + i));
        }
        Permissions permissions = Permissions.of(rules);

        for (int i = 0; i < 3_000; i++) {
            String name = "t" + random.nextInt(4_000) + (i % 3 == 0 ? "x" : "");
            List<Rule> matching =
                    rules.stream().filter(rule -> rule.name().matches(name)).toList();
            boolean denied = matching.stream().anyMatch(Rule::deny);
            boolean allowed = !denied && !matching.isEmpty();

            assertThat(permissions.allows(AclOperation.READ, ResourceType.TOPIC, name))
                    .as(name)
                    .isEqualTo(allowed);
            assertThat(permissions.allows(AclOperation.READ, ResourceType.TOPIC, name))
                    .as(name)
                    .isEqualTo(allowed);
            assertThat(permissions.deciding(AclOperation.READ, ResourceType.TOPIC, name))
                    .as(name)
                    .isEqualTo(matching.stream()
                            .filter(rule -> rule.deny() == denied)
                            .findFirst());
        }
    }
}
