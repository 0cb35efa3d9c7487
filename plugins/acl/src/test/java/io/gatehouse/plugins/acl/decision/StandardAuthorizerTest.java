/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.plugins.acl.decision;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.plugins.acl.decision.Bindings.Binding;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Random bindings and requests: every decision is the one of Kafka's {@code StandardAuthorizer}. */
class StandardAuthorizerTest {

    private static final String SUPER_USER = "root";
    private static final List<String> USERS = List.of("alice", "bob", "carol", SUPER_USER);
    private static final List<String> PRINCIPALS = List.of("alice", "bob", "carol", SUPER_USER, "*", "*");
    private static final List<String> HOSTS = List.of(
            "*", "*", "*", "10.0.0.1", "10.0.0.0/24", "10.0.0.0/31", "192.168.0.0/13", "2001:db8::/32", "0.0.0.0/0");
    private static final List<String> CLIENTS =
            List.of("10.0.0.1", "10.0.0.2", "10.0.1.1", "192.175.1.1", "2001:db8::7");
    private static final List<String> NAMES =
            List.of("a", "ab", "abc", "abd", "b", "ba", "h", "hard", "hardcode", "*", "team-1", "team-12", "z");
    private static final List<ResourceType> TYPES = List.of(
            ResourceType.TOPIC,
            ResourceType.GROUP,
            ResourceType.CLUSTER,
            ResourceType.TRANSACTIONAL_ID,
            ResourceType.USER);

    @Test
    void decisionsOfRandomBindingsAreThoseOfKafka() {
        compare(1_500, 4_400L);
    }

    @Test
    @Tag("full")
    void allDecisionsOfRandomBindingsAreThoseOfKafka() {
        compare(20_000, 71L);
    }

    private static void compare(int sets, long seed) {
        Random random = new Random(seed);
        int allowed = 0;
        int asked = 0;
        for (int i = 0; i < sets; i++) {
            Set<AclBinding> acls = bindings(random);
            Bindings bindings =
                    new Bindings(acls.stream().map(StandardAuthorizerTest::ours).toList());
            try (Oracle oracle = new Oracle(acls, "User:" + SUPER_USER)) {
                for (int request = 0; request < 40; request++) {
                    String user = pick(random, USERS);
                    InetAddress host = address(pick(random, CLIENTS));
                    AclOperation operation = pick(random, Operations.ASKABLE);
                    ResourceType type = pick(random, TYPES);
                    String name = pick(random, NAMES);
                    Permissions permissions = user.equals(SUPER_USER)
                            ? Permissions.EVERYTHING
                            : Permissions.of(bindings.rulesFor(user, List.of(), host));

                    boolean kafka = oracle.allows(user, host, operation, type, name);
                    boolean kafkaSome = oracle.allowsSomeName(user, host, AclOperation.WRITE, type);

                    assertThat(permissions.allows(operation, type, name))
                            .as("%s from %s: %s %s %s by %s", user, host, operation, type, name, acls)
                            .isEqualTo(kafka);
                    assertThat(permissions.allowsSomeName(AclOperation.WRITE, type))
                            .as("%s from %s: write some %s by %s", user, host, type, acls)
                            .isEqualTo(kafkaSome);
                    if (permissions.allowsEveryName(operation, type)) {
                        assertThat(kafka).isTrue();
                    }
                    if (permissions.allowsEveryNameFrom(operation, type, name.substring(0, 1))) {
                        assertThat(kafka).isTrue();
                    }
                    allowed += kafka ? 1 : 0;
                    asked++;
                }
            }
        }
        assertThat(allowed).isBetween(asked / 20, asked * 19 / 20);
    }

    private static Set<AclBinding> bindings(Random random) {
        Set<AclBinding> bindings = new LinkedHashSet<>();
        int count = random.nextInt(30);
        for (int i = 0; i < count; i++) {
            PatternType patternType = random.nextInt(3) == 0 ? PatternType.PREFIXED : PatternType.LITERAL;
            AclOperation operation = random.nextInt(6) == 0 ? AclOperation.ALL : pick(random, Operations.ASKABLE);
            AclPermissionType permission = random.nextInt(4) == 0 ? AclPermissionType.DENY : AclPermissionType.ALLOW;
            bindings.add(new AclBinding(
                    new ResourcePattern(pick(random, TYPES), pick(random, NAMES), patternType),
                    new AccessControlEntry(
                            "User:" + pick(random, PRINCIPALS), pick(random, HOSTS), operation, permission)));
        }
        return bindings;
    }

    static Binding ours(AclBinding acl) {
        String name = acl.pattern().name();
        NamePattern pattern = acl.pattern().patternType() == PatternType.PREFIXED
                ? new NamePattern.Prefix(name)
                : name.equals("*") ? NamePattern.ANY : new NamePattern.Literal(name);
        List<AclOperation> operations = List.of(acl.entry().operation());
        ResourceType type = acl.pattern().resourceType();
        Rule rule = acl.entry().permissionType() == AclPermissionType.DENY
                ? Rule.deny(operations, type, pattern, acl.toString())
                : Rule.allow(operations, type, pattern, acl.toString());
        return new Binding(
                acl.entry().principal(), HostPattern.parse(acl.entry().host()), rule);
    }

    private static <T> T pick(Random random, List<T> values) {
        return new ArrayList<>(values).get(random.nextInt(values.size()));
    }

    private static InetAddress address(String text) {
        try {
            return InetAddress.getByName(text);
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException(e);
        }
    }
}
