/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.plugins.acl.policy;

import static org.apache.kafka.common.acl.AclOperation.READ;
import static org.apache.kafka.common.resource.ResourceType.TOPIC;
import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.plugins.acl.decision.Permissions;
import io.gatehouse.plugins.acl.decision.Rule;
import io.gatehouse.plugins.acl.policy.PolicySpec.Action;
import io.gatehouse.plugins.acl.policy.PolicySpec.RuleSpec;
import io.gatehouse.spi.User;
import io.gatehouse.spi.authentication.Authentication;
import io.gatehouse.spi.resources.ResourceKind.Problem;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PolicyTest {

    private static final User ALICE = User.named("alice")
            .principal("CN=alice")
            .groups(Set.of("a", "b*"))
            .virtualCluster("team-a")
            .authentication(Authentication.of("OAUTHBEARER", "CN=alice")
                    .claims(Map.of("client_id", "reader-app", "level", 3, "roles", List.of("x", "y"), "wild", "*"))
                    .build())
            .build();

    @ParameterizedTest
    @ValueSource(
            strings = {
                "context.auth.claims.client_id == 'reader-app'",
                "context.auth.token.claims.client_id == \"reader-app\"",
                "context.auth.type == 'OAUTHBEARER' && context.auth.principal.name == 'CN=alice'",
                "user.username == 'alice' && 'a' in user.groups && user.virtualCluster == 'team-a'",
                "connection.address == '127.0.0.1'",
                "context.auth.claims.level > 2",
                "'x' in context.auth.claims.roles",
                "has(context.auth.claims.client_id) && !has(context.auth.claims.nothing)"
            })
    void conditionsSeeTheUser(String condition) {
        assertThat(allows(condition, Action.ALLOW, "t", "t")).isTrue();
        assertThat(allows("!(" + condition + ")", Action.ALLOW, "t", "t")).isFalse();
    }

    @Test
    void whatCannotBeEvaluatedAllowsNothingAndDeniesEverything() {
        String failing = "context.auth.claims.nothing == 'x'";

        assertThat(allows(failing, Action.ALLOW, "t", "t")).isFalse();
        assertThat(allowsBesides(failing, Action.DENY, "t", "t")).isFalse();
        assertThat(allowsBesides(failing, Action.DENY, "t", "u")).isTrue();
        assertThat(allowsBesides("context.auth.claims.level", Action.DENY, "t", "t"))
                .isFalse();
    }

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '"',
            value = {
                "${user.username}-*, alice-1, true",
                "${user.username}-*, bob-1, false",
                "team-${user.groups}, team-a, true",
                "team-${user.groups}, team-b*, true",
                "team-${user.groups}, team-bx, false",
                "${context.auth.claims.wild}, anything, false",
                "${context.auth.claims.wild}, *, true",
                "${context.auth.claims.nothing}*, anything, false",
                "${context.auth.claims.client_id.split('-')[0]}.?, reader.1, true"
            })
    void namesAreComputedFromTheIdentityAndNeverReadAsWildcards(String name, String topic, boolean allowed) {
        assertThat(allows(null, Action.ALLOW, name, topic)).isEqualTo(allowed);
    }

    @Test
    void aNameThatCannotBeSaidDeniesEveryName() {
        assertThat(allowsBesides(null, Action.DENY, "${context.auth.claims.nothing}", "t"))
                .isFalse();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "context.auth.claims.client_id == reader-app | reader-app is no field; if it is text, it stands in single quotes: 'reader-app'",
                "user.name == 'alice' | \"user.name\" is no field; the fields are context.auth.type",
                "context.auth.foo == 'a' | \"context.auth.foo\" is no field",
                "user.username | expected type 'bool' but found 'string'",
                "user.username == 3 | no matching overload",
                "1 + | mismatched input"
            })
    void mistakesAreToldWhenThePolicyIsWritten(String condition, String message) {
        List<Problem> problems = Policy.problems("p", spec(condition, Action.ALLOW, "t"));

        assertThat(problems).hasSize(1);
        assertThat(problems.get(0).path()).isEqualTo("condition");
        assertThat(problems.get(0).message()).contains(message).contains("expected: a CEL condition");
    }

    @ParameterizedTest
    @CsvSource({
        "${user.nothing}, is no field",
        "${user.username == 'x'}, yields bool",
        "${user.username, without }",
        "'', empty"
    })
    void mistakesInNamesAreToldWithTheirPlace(String name, String message) {
        List<Problem> problems = Policy.problems("p", spec(null, Action.ALLOW, name));

        assertThat(problems).anySatisfy(problem -> {
            assertThat(problem.path()).isEqualTo("rules[0].names[0]");
            assertThat(problem.message()).contains(message);
        });
    }

    private static boolean allows(@Nullable String condition, Action action, String name, String topic) {
        return Permissions.of(Policy.of("p", spec(condition, action, name)).rulesFor(identity()))
                .allows(READ, TOPIC, topic);
    }

    /** With an ALLOW of everything beside it. */
    private static boolean allowsBesides(@Nullable String condition, Action action, String name, String topic) {
        PolicySpec both = new PolicySpec("team-a", condition, List.of(rule(action, name)));
        List<Rule> rules = new ArrayList<>(Policy.of("p", both).rulesFor(identity()));
        rules.addAll(Policy.of("all", spec(null, Action.ALLOW, "*")).rulesFor(identity()));
        return Permissions.of(rules).allows(READ, TOPIC, topic);
    }

    private static PolicySpec spec(@Nullable String condition, Action action, String name) {
        return new PolicySpec("team-a", condition, List.of(rule(action, name)));
    }

    private static RuleSpec rule(Action action, String name) {
        return new RuleSpec(action, List.of(READ), TOPIC, List.of(name));
    }

    private static Identity identity() {
        return new Identity(ALICE, InetAddress.getLoopbackAddress());
    }
}
