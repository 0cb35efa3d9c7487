/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.plugins.acl;

import static org.apache.kafka.common.acl.AclOperation.ALL;
import static org.apache.kafka.common.acl.AclOperation.ALTER;
import static org.apache.kafka.common.acl.AclOperation.DESCRIBE;
import static org.apache.kafka.common.acl.AclOperation.READ;
import static org.apache.kafka.common.acl.AclOperation.WRITE;
import static org.apache.kafka.common.resource.ResourceType.CLUSTER;
import static org.apache.kafka.common.resource.ResourceType.GROUP;
import static org.apache.kafka.common.resource.ResourceType.TOPIC;
import static org.apache.kafka.common.resource.ResourceType.TRANSACTIONAL_ID;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gatehouse.plugins.acl.AclConfig.Mode;
import io.gatehouse.plugins.acl.policy.BindingSpec;
import io.gatehouse.plugins.acl.policy.PolicySpec;
import io.gatehouse.spi.User;
import io.gatehouse.spi.authentication.Authentication;
import io.gatehouse.spi.testkit.Outcome;
import io.gatehouse.spi.testkit.TestRecord;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.message.CreateAclsRequestData;
import org.apache.kafka.common.message.CreateAclsResponseData;
import org.apache.kafka.common.message.DeleteAclsRequestData;
import org.apache.kafka.common.message.DescribeAclsRequestData;
import org.apache.kafka.common.message.DescribeAclsResponseData;
import org.apache.kafka.common.message.JoinGroupRequestData;
import org.apache.kafka.common.message.ProduceRequestData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourceType;
import org.junit.jupiter.api.Test;

class InterceptorTest {

    private static final short PRODUCE_VERSION = 12;

    @Test
    void whoMayDoEverythingOfAKindIsNotLookedAtForIt() {
        try (Gateway gateway = Gateway.enforcing()
                .allow(WRITE, TOPIC, "*")
                .allow(WRITE, TRANSACTIONAL_ID, "*")
                .allow(READ, GROUP, "*")) {
            assertThat(gateway.harness().handlesRequests(ApiKeys.PRODUCE)).isFalse();
            assertThat(gateway.harness().handlesRequests(ApiKeys.LIST_OFFSETS)).isFalse();
            assertThat(gateway.harness().handlesRequests(ApiKeys.JOIN_GROUP)).isFalse();
            assertThat(gateway.harness().handlesRequests(ApiKeys.FETCH)).isTrue();
        }
    }

    @Test
    void oneDenyIsEnoughToBeLookedAtAgainWithTheNextRequest() {
        try (Gateway gateway = Gateway.enforcing().allow(READ, GROUP, "*")) {
            boolean before = gateway.harness().handlesRequests(ApiKeys.JOIN_GROUP);
            gateway.deny(READ, GROUP, "g");

            assertThat(before).isFalse();
            assertThat(join(gateway, "g").error()).isEqualTo(Errors.GROUP_AUTHORIZATION_FAILED);
            assertThat(join(gateway, "h").kind()).isEqualTo(Outcome.Kind.FORWARDED);
        }
    }

    @Test
    void aSuperUserMayDoWhatIsDenied() {
        try (Gateway gateway = new Gateway(Mode.ENFORCE, "User:alice")) {
            gateway.deny(ALL, GROUP, "*");

            assertThat(join(gateway, "g").kind()).isEqualTo(Outcome.Kind.FORWARDED);
            assertThat(gateway.harness().handlesRequests(ApiKeys.PRODUCE)).isFalse();
            assertThat(gateway.harness().handlesRequests(ApiKeys.METADATA)).isFalse();
        }
    }

    @Test
    void groupsHaveRightsAndSuperUsersMayBeGroups() {
        User alice = User.named("alice").groups(Set.of("readers")).build();
        try (Gateway gateway = new Gateway(Mode.ENFORCE, alice);
                Gateway ofAdmins = new Gateway(Mode.ENFORCE, alice, "Group:readers")) {
            gateway.bind("Group:readers", READ, AclPermissionType.ALLOW, GROUP, "g");

            assertThat(join(gateway, "g").kind()).isEqualTo(Outcome.Kind.FORWARDED);
            assertThat(join(gateway, "h").error()).isEqualTo(Errors.GROUP_AUTHORIZATION_FAILED);
            assertThat(join(ofAdmins, "h").kind()).isEqualTo(Outcome.Kind.FORWARDED);
        }
    }

    @Test
    void conditionsAndNamesFollowTheUserThatReauthenticationYields() {
        PolicySpec spec = new PolicySpec(
                User.PASSTHROUGH,
                "context.auth.claims.client_id == 'reader-app'",
                List.of(new PolicySpec.RuleSpec(
                        PolicySpec.Action.ALLOW, List.of(READ), GROUP, List.of("${context.auth.claims.team}-*"))));
        try (Gateway gateway = new Gateway(Mode.ENFORCE, withClaims("reader-app", "a")).policy("readers", spec)) {
            Outcome first = join(gateway, "a-1");
            gateway.harness().user(withClaims("reader-app", "b"));
            Outcome otherTeam = join(gateway, "a-1");
            Outcome ownTeam = join(gateway, "b-1");
            gateway.harness().user(withClaims("another-app", "b"));
            Outcome otherApp = join(gateway, "b-1");

            assertThat(first.kind()).isEqualTo(Outcome.Kind.FORWARDED);
            assertThat(otherTeam.error()).isEqualTo(Errors.GROUP_AUTHORIZATION_FAILED);
            assertThat(ownTeam.kind()).isEqualTo(Outcome.Kind.FORWARDED);
            assertThat(otherApp.error()).isEqualTo(Errors.GROUP_AUTHORIZATION_FAILED);
        }
    }

    @Test
    void rulesOfAnotherVirtualClusterNeitherCountNorAreShown() {
        PolicySpec ofTeamB = new PolicySpec(
                "team-b",
                null,
                List.of(new PolicySpec.RuleSpec(PolicySpec.Action.ALLOW, List.of(ALL), GROUP, List.of("*"))));
        BindingSpec alsoOfTeamB = new BindingSpec(
                "team-b", "User:alice", "*", ALL, AclPermissionType.ALLOW, GROUP, "g", PatternType.LITERAL);
        try (Gateway gateway =
                Gateway.enforcing().allow(DESCRIBE, CLUSTER, "kafka-cluster").policy("team-b", ofTeamB)) {
            gateway.harness().plugin().writableResources(AclBindingKind.class).put("of-team-b", alsoOfTeamB);

            assertThat(join(gateway, "g").error()).isEqualTo(Errors.GROUP_AUTHORIZATION_FAILED);
            assertThat(describe(gateway, "g")
                            .message(DescribeAclsResponseData.class)
                            .resources())
                    .isEmpty();
        }
    }

    private static User withClaims(String clientId, String team) {
        return User.named("alice")
                .principal("alice")
                .authentication(Authentication.of("OAUTHBEARER", "alice")
                        .claims(Map.of("client_id", clientId, "team", team))
                        .build())
                .build();
    }

    @Test
    void decisionsAreCountedByResourceTypeAndOperation() {
        try (Gateway gateway = Gateway.enforcing().allow(READ, GROUP, "g")) {
            join(gateway, "g");
            join(gateway, "g");
            join(gateway, "h");

            assertThat(decisions(gateway, "allowed")).isEqualTo(2);
            assertThat(decisions(gateway, "denied")).isEqualTo(1);
        }
    }

    private static double decisions(Gateway gateway, String outcome) {
        return gateway.harness()
                .plugin()
                .meters()
                .get("gatehouse.acl.decisions")
                .tags("outcome", outcome, "resource", "GROUP", "operation", "READ")
                .counter()
                .count();
    }

    @Test
    void auditRefusesNothingAndCountsWhatItWould() {
        try (Gateway gateway = new Gateway(Mode.AUDIT)) {
            Outcome outcome = join(gateway, "g");

            assertThat(outcome.kind()).isEqualTo(Outcome.Kind.FORWARDED);
            assertThat(outcome.changed()).isFalse();
            assertThat(decisions(gateway, "denied")).isEqualTo(1);
        }
    }

    /** The rules are the gateway's own: no broker would stop who is not stopped here. */
    @Test
    void auditLetsNobodyReadOrChangeRulesWithoutTheRight() {
        try (Gateway gateway = new Gateway(Mode.AUDIT)) {
            CreateAclsRequestData create = new CreateAclsRequestData()
                    .setCreations(List.of(new CreateAclsRequestData.AclCreation()
                            .setResourceType(TOPIC.code())
                            .setResourceName("*")
                            .setResourcePatternType(PatternType.LITERAL.code())
                            .setPrincipal("User:alice")
                            .setHost("*")
                            .setOperation(ALL.code())
                            .setPermissionType(AclPermissionType.ALLOW.code())));

            Outcome created = gateway.harness().request(ApiKeys.CREATE_ACLS, (short) 3, create);
            Outcome deleted = gateway.harness().request(ApiKeys.DELETE_ACLS, (short) 3, new DeleteAclsRequestData());
            DescribeAclsRequestData any = new DescribeAclsRequestData()
                    .setResourceTypeFilter(ResourceType.ANY.code())
                    .setPatternTypeFilter(PatternType.ANY.code())
                    .setOperation(AclOperation.ANY.code())
                    .setPermissionType(AclPermissionType.ANY.code());
            Outcome described = gateway.harness().request(ApiKeys.DESCRIBE_ACLS, (short) 3, any);

            assertThat(List.of(created, deleted, described))
                    .extracting(Outcome::error)
                    .containsOnly(Errors.CLUSTER_AUTHORIZATION_FAILED);
        }
    }

    @Test
    void passthroughLooksAtNothing() {
        try (Gateway gateway = new Gateway(Mode.PASSTHROUGH)) {
            for (ApiKeys api : ApiKeys.values()) {
                assertThat(gateway.harness().handlesRequests(api)).isFalse();
                assertThat(gateway.harness().handlesResponses(api)).isFalse();
            }
        }
    }

    @Test
    void whatIsProducedWithoutAnAnswerIsRefusedByClosing() {
        try (Gateway gateway = Gateway.enforcing().allow(WRITE, TOPIC, "a")) {
            ProduceRequestData request =
                    new ProduceRequestData().setAcks((short) 0).setTimeoutMs(1_000);
            request.topicData().add(new ProduceRequestData.TopicProduceData().setName("b"));

            Outcome outcome = gateway.harness().request(ApiKeys.PRODUCE, PRODUCE_VERSION, request);

            assertThat(outcome.kind()).isEqualTo(Outcome.Kind.CLOSED);
        }
    }

    @Test
    void whatMayBeProducedGoesOn() {
        try (Gateway gateway = Gateway.enforcing().allow(WRITE, TOPIC, "a")) {
            assertThat(gateway.harness()
                            .producedRecords("a", 0, TestRecord.of("k", "v"))
                            .records())
                    .hasSize(1);
        }
    }

    @Test
    void aclsAreManagedAsAtABrokerAndCountForTheNextRequest() {
        try (Gateway gateway =
                Gateway.enforcing().allow(ALTER, CLUSTER, "kafka-cluster").allow(DESCRIBE, CLUSTER, "kafka-cluster")) {
            Outcome before = join(gateway, "g");
            Outcome created = create(gateway, "g", "User:alice");
            Outcome after = join(gateway, "g");
            Outcome described = describe(gateway, "g");
            Outcome deleted = gateway.harness()
                    .request(
                            ApiKeys.DELETE_ACLS,
                            (short) 3,
                            new DeleteAclsRequestData()
                                    .setFilters(List.of(new DeleteAclsRequestData.DeleteAclsFilter()
                                            .setResourceTypeFilter(GROUP.code())
                                            .setResourceNameFilter("g")
                                            .setPrincipalFilter(null)
                                            .setHostFilter(null)
                                            .setPatternTypeFilter((byte) 1)
                                            .setOperation((byte) 1)
                                            .setPermissionType((byte) 1))));
            Outcome finallyRefused = join(gateway, "g");

            assertThat(before.error()).isEqualTo(Errors.GROUP_AUTHORIZATION_FAILED);
            assertThat(created.message(CreateAclsResponseData.class)
                            .results()
                            .get(0)
                            .errorCode())
                    .isZero();
            assertThat(after.kind()).isEqualTo(Outcome.Kind.FORWARDED);
            assertThat(described.message(DescribeAclsResponseData.class).resources())
                    .hasSize(1);
            assertThat(deleted.kind()).isEqualTo(Outcome.Kind.RESPONDED);
            assertThat(finallyRefused.error()).isEqualTo(Errors.GROUP_AUTHORIZATION_FAILED);
        }
    }

    @Test
    void anAclThatNobodyCouldHaveIsRefusedWithItsReason() {
        try (Gateway gateway = Gateway.enforcing().allow(ALTER, CLUSTER, "kafka-cluster")) {
            CreateAclsResponseData.AclCreationResult result = create(gateway, "g", "Role:x")
                    .message(CreateAclsResponseData.class)
                    .results()
                    .get(0);

            assertThat(result.errorCode()).isEqualTo(Errors.INVALID_REQUEST.code());
            assertThat(result.errorMessage()).contains("Role:x").contains("expected: User:name");
        }
    }

    @Test
    void superUsersAreNamed() {
        assertThatThrownBy(() -> new AclConfig(Mode.ENFORCE, List.of("alice"), true))
                .hasMessageContaining("\"alice\" (expected: User:name or Group:name");
        assertThatThrownBy(() -> new AclConfig(Mode.ENFORCE, List.of("User:*"), true))
                .hasMessageContaining("nobody by *");
    }

    private static Outcome join(Gateway gateway, String group) {
        return gateway.harness().request(ApiKeys.JOIN_GROUP, (short) 9, new JoinGroupRequestData().setGroupId(group));
    }

    private static Outcome create(Gateway gateway, String group, String principal) {
        return gateway.harness()
                .request(
                        ApiKeys.CREATE_ACLS,
                        (short) 3,
                        new CreateAclsRequestData()
                                .setCreations(List.of(new CreateAclsRequestData.AclCreation()
                                        .setResourceType(GROUP.code())
                                        .setResourceName(group)
                                        .setPrincipal(principal)
                                        .setHost("*")
                                        .setOperation(READ.code())
                                        .setPermissionType(AclPermissionType.ALLOW.code()))));
    }

    private static Outcome describe(Gateway gateway, String group) {
        return gateway.harness()
                .request(
                        ApiKeys.DESCRIBE_ACLS,
                        (short) 3,
                        new DescribeAclsRequestData()
                                .setResourceTypeFilter(GROUP.code())
                                .setResourceNameFilter(group)
                                .setPrincipalFilter(null)
                                .setHostFilter(null)
                                .setPatternTypeFilter((byte) 1)
                                .setOperation((byte) 1)
                                .setPermissionType((byte) 1));
    }
}
