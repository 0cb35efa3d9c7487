/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.plugins.acl;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.gatehouse.plugins.acl.TableRow.Treatment;
import io.gatehouse.plugins.acl.policy.BindingSpec;
import io.gatehouse.spi.User;
import io.gatehouse.spi.interception.Question;
import io.gatehouse.spi.testkit.InterceptorHarness;
import io.gatehouse.spi.testkit.Outcome;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.message.MetadataRequestData;
import org.apache.kafka.common.message.MetadataResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourceType;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Each row of the table, in each version: who has every other right is refused for lack of this one, with that code at that place. */
class TableTest {

    private static final Uuid TOPIC_ID = new Uuid(7, 7);
    private static final String NAME = "open";
    private static final Uuid OTHER_TOPIC_ID = new Uuid(7, 8);
    private static final String OTHER_NAME = "other";

    /** A row in one version. */
    record Case(TableRow row, short version) {
        @Override
        public String toString() {
            return row + " v" + version;
        }
    }

    private static Stream<Case> cases(Treatment treatment) {
        return TableRow.all().stream()
                .filter(row -> row.treatment() == treatment)
                .flatMap(row -> row.versions().stream().map(version -> new Case(row, version)));
    }

    static Stream<Case> refused() {
        return cases(Treatment.REFUSED)
                .filter(each -> !each.row().placesIn(each.version()).isEmpty());
    }

    static Stream<Case> leftOut() {
        return cases(Treatment.LEFT_OUT);
    }

    static Stream<Case> zero() {
        return cases(Treatment.ZERO);
    }

    static Stream<Case> streams() {
        return cases(Treatment.STREAMS);
    }

    static Stream<Case> free() {
        return cases(Treatment.FREE);
    }

    static Stream<TableRow> notOffered() {
        return TableRow.all().stream().filter(row -> row.treatment() == Treatment.NOT_OFFERED);
    }

    static Stream<TableRow> offeredInNoVersion() {
        return notOffered().filter(row -> !row.when().equals("v4+"));
    }

    static Stream<TableRow> ofTheKernel() {
        return TableRow.all().stream().filter(row -> row.treatment() == Treatment.OF_THE_KERNEL);
    }

    @ParameterizedTest
    @MethodSource("refused")
    void whoLacksTheRightIsToldSoAtThePlaceOfTheTable(Case each) {
        TableRow row = each.row();
        List<String> places = row.placesIn(each.version());

        List<Outcome> outcomes = outcomes(each);

        if (places.equals(List.of("empty"))) {
            assertThat(outcomes)
                    .allSatisfy(outcome -> assertThat(outcome.message())
                            .isEqualTo(row.api().messageType.newResponse()));
            return;
        }
        Set<Map<String, Short>> found = outcomes.stream()
                .filter(outcome -> outcome.kind() != Outcome.Kind.CLOSED)
                .map(outcome -> errors(json(outcome.message(), each.version())))
                .collect(Collectors.toSet());
        assertThat(found).anySatisfy(errors -> {
            assertThat(errors).isNotEmpty();
            assertThat(errors.values())
                    .allSatisfy(code -> assertThat(Errors.forCode(code)).isIn(row.allowed()));
            assertThat(places)
                    .allSatisfy(expected -> assertThat(errors).anySatisfy((place, code) -> {
                        assertThat(code).isEqualTo(row.expected().code());
                        assertThat(place).matches(place(expected));
                    }));
        });
    }

    @ParameterizedTest
    @MethodSource("leftOut")
    void whatMayNotBeSeenIsLeftOut(Case each) {
        assertThat(answers(each, true)).contains("\"open\"");
        assertThat(answers(each, false)).doesNotContain("\"open\"");
    }

    @ParameterizedTest
    @MethodSource("zero")
    void whoMayNotDescribeTheClusterIsToldNoRightsOnIt(Case each) {
        assertThat(answers(each, true)).doesNotContain("\"clusterAuthorizedOperations\":0");
        assertThat(answers(each, false)).contains("\"clusterAuthorizedOperations\":0");
    }

    /** A broker would create them, with the rights of the gateway. */
    @ParameterizedTest
    @MethodSource("streams")
    void whoseInternalTopicsMayNotBeCreatedIsRefused(Case each) {
        assertThat(outcomes(each)).extracting(Outcome::error).contains(Errors.TOPIC_AUTHORIZATION_FAILED);
    }

    @ParameterizedTest
    @MethodSource("free")
    void whatNeedsNoRightPassesWithoutAny(Case each) {
        try (InterceptorHarness harness = InterceptorHarness.of(new AclInterceptorFactory(), config(), user())) {
            Outcome outcome = harness.request(
                    each.row().api(),
                    each.version(),
                    each.row().api().messageType.newRequest());

            assertThat(outcome.kind()).isEqualTo(Outcome.Kind.FORWARDED);
        }
    }

    @ParameterizedTest
    @MethodSource("notOffered")
    void whatIsForBrokersOrForTokensIsNotOffered(TableRow row) {
        short version = row.when().equals("v4+") ? 4 : row.api().oldestVersion();
        try (InterceptorHarness harness = InterceptorHarness.of(new AclInterceptorFactory(), config(), user())) {
            Outcome outcome =
                    harness.request(row.api(), version, row.api().messageType.newRequest());

            assertThat(outcome.error()).isEqualTo(Errors.UNSUPPORTED_VERSION);
        }
    }

    @ParameterizedTest
    @MethodSource("ofTheKernel")
    void whatIsOfTheKernelIsLeftToIt(TableRow row) {
        try (InterceptorHarness harness = InterceptorHarness.of(new AclInterceptorFactory(), config(), user())) {
            assertThat(harness.handlesRequests(row.api())).isFalse();
            assertThat(harness.handlesResponses(row.api())).isFalse();
        }
    }

    static Stream<TableRow> explained() {
        return TableRow.all().stream()
                .filter(row -> row.treatment() == Treatment.REFUSED)
                // In a session only: ShareSessionsTest.
                .filter(row -> row.api() != ApiKeys.SHARE_ACKNOWLEDGE || row.order() == 1);
    }

    /** What operators are told is what clients are. */
    @ParameterizedTest
    @MethodSource("explained")
    void whoLacksTheRightIsExplainedAsDeniedAndWhoHasItAsAllowed(TableRow row) {
        for (String resource : row.resource().split("\\|")) {
            if (resource.startsWith("any")) {
                continue;
            }
            ResourceType type = ResourceType.valueOf(resource);
            String name = type == ResourceType.CLUSTER ? "kafka-cluster" : NAME;
            Question question = new Question(
                    row.api(), Optional.of(new Question.Resource(type, name)), InetAddress.getLoopbackAddress());
            try (InterceptorHarness lacking = harness();
                    InterceptorHarness having = harness()) {
                deny(lacking, row);

                assertThat(lacking.explain(question).orElseThrow()).contains("DENIED: ", "(" + row.error() + ")");
                assertThat(having.explain(question).orElseThrow())
                        .startsWith("ALLOWED: ")
                        .doesNotContain("DENIED");
            }
        }
    }

    @ParameterizedTest
    @MethodSource("offeredInNoVersion")
    void whatIsNotOfferedIsExplainedAsSuch(TableRow row) {
        try (InterceptorHarness harness = InterceptorHarness.of(new AclInterceptorFactory(), config(), user())) {
            Question question = new Question(row.api(), Optional.empty(), InetAddress.getLoopbackAddress());

            assertThat(harness.explain(question))
                    .contains("DENIED: " + row.api().name + " is not offered (UNSUPPORTED_VERSION)");
        }
    }

    /** What becomes of each sample request of who has every right but the one of the row. */
    private static List<Outcome> outcomes(Case each) {
        return outcomes(each, false);
    }

    private static List<Outcome> outcomes(Case each, boolean allRights) {
        ApiKeys api = each.row().api();
        short version = each.version();
        List<Outcome> outcomes = new ArrayList<>();
        try (InterceptorHarness harness = harness()) {
            if (!allRights) {
                deny(harness, each.row());
            }
            if (api == ApiKeys.SHARE_ACKNOWLEDGE) {
                openShareSession(harness, version);
            }
            for (ApiMessage request : requests(each)) {
                Outcome outcome = harness.request(api, version, request);
                outcomes.add(
                        outcome.kind() == Outcome.Kind.FORWARDED
                                ? outcome.response(BrokerAnswers.to(api, outcome.message(), version))
                                : outcome);
            }
        }
        return outcomes;
    }

    /** All answers as text. */
    private static String answers(Case each, boolean allRights) {
        return outcomes(each, allRights).stream()
                .map(outcome -> json(outcome.message(), each.version()).toString())
                .collect(Collectors.joining("\n"));
    }

    private static void openShareSession(InterceptorHarness harness, short version) {
        SampleRequests samples = new SampleRequests(
                List.of(NAME, OTHER_NAME), "alice", "1", name -> name.equals(NAME) ? TOPIC_ID : OTHER_TOPIC_ID);
        for (ApiMessage request : samples.of(ApiKeys.SHARE_FETCH, version)) {
            Outcome outcome = harness.request(ApiKeys.SHARE_FETCH, version, request);
            if (outcome.kind() == Outcome.Kind.FORWARDED) {
                outcome.response(ApiKeys.SHARE_FETCH.messageType.newResponse());
            }
        }
    }

    private static AclConfig config() {
        return new AclConfig(AclConfig.Mode.ENFORCE, List.of(), true);
    }

    private static User user() {
        return User.named("alice").build();
    }

    /** Of somebody with every right. */
    private static InterceptorHarness harness() {
        InterceptorHarness harness = InterceptorHarness.of(new AclInterceptorFactory(), config(), user())
                .topic(TOPIC_ID, NAME)
                .topic(OTHER_TOPIC_ID, OTHER_NAME)
                .broker(TableTest::ownRequest);
        var bindings = harness.plugin().writableResources(AclBindingKind.class);
        for (ResourceType type : ResourceType.values()) {
            if (type.code() > ResourceType.ANY.code()) {
                bindings.put("all-" + type, binding(type, "*", AclOperation.ALL, AclPermissionType.ALLOW));
            }
        }
        return harness;
    }

    private static void deny(InterceptorHarness harness, TableRow row) {
        var bindings = harness.plugin().writableResources(AclBindingKind.class);
        for (String resource : row.resource().split("\\|")) {
            String[] typeAndOperation = resource.replace("any", "").split(":");
            ResourceType type = ResourceType.valueOf(typeAndOperation[0]);
            String operations = typeAndOperation.length > 1 ? typeAndOperation[1] : row.operation();
            for (String operation : operations.split("\\|")) {
                // A session has to have something in it.
                String name = row.api() == ApiKeys.SHARE_ACKNOWLEDGE && type == ResourceType.TOPIC ? NAME : "*";
                bindings.put(
                        "no-" + operation + "-" + type,
                        binding(type, name, AclOperation.valueOf(operation), AclPermissionType.DENY));
            }
        }
    }

    private static BindingSpec binding(
            ResourceType type, String name, AclOperation operation, AclPermissionType permission) {
        return new BindingSpec(
                User.PASSTHROUGH,
                "User:alice",
                "*",
                operation,
                permission,
                type,
                type == ResourceType.CLUSTER ? "kafka-cluster" : name,
                PatternType.LITERAL);
    }

    /** To the gateway's own Metadata request: nothing is there but what is to be deleted. */
    private static ApiMessage ownRequest(ApiMessage request) {
        MetadataResponseData response = new MetadataResponseData();
        if (((MetadataRequestData) request).topics() != null) {
            ((MetadataRequestData) request)
                    .topics()
                    .forEach(topic -> response.topics()
                            .add(new MetadataResponseData.MetadataResponseTopic()
                                    .setName(topic.name())
                                    .setErrorCode(
                                            topic.name().contains("doomed")
                                                    ? Errors.NONE.code()
                                                    : Errors.UNKNOWN_TOPIC_OR_PARTITION.code())));
        }
        return response;
    }

    private static List<ApiMessage> requests(Case each) {
        ApiKeys api = each.row().api();
        SampleRequests samples = new SampleRequests(List.of(NAME), "alice", "1", name -> TOPIC_ID);
        List<ApiMessage> all = new ArrayList<>(samples.of(api, each.version()));
        all.addAll(MoreRequests.of(api, each.row().when()));
        assertThat(all).as("sample requests of " + api).isNotEmpty();
        return all;
    }

    private static String place(String placement) {
        if (placement.endsWith("partition") || placement.endsWith("partitions")) {
            return "(?i).*partition.*errorCode";
        }
        if (placement.startsWith("topicConfig")) {
            return "topics/topicConfigErrorCode";
        }
        return placement.equals("top") ? "errorCode" : "[a-zA-Z]+/errorCode";
    }

    private static JsonNode json(ApiMessage message, short version) {
        try {
            return (JsonNode) Class.forName(message.getClass().getName() + "JsonConverter")
                    .getMethod("write", message.getClass(), short.class)
                    .invoke(null, message, version);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Errors by their places, such as {@code topics/partitions/errorCode}. */
    private static Map<String, Short> errors(JsonNode node) {
        Map<String, Short> errors = new LinkedHashMap<>();
        collect(node, "", errors);
        return errors;
    }

    private static void collect(JsonNode node, String path, Map<String, Short> errors) {
        node.properties().forEach(entry -> {
            String key = entry.getKey();
            JsonNode value = entry.getValue();
            if (key.endsWith("rrorCode") && value.shortValue() != 0) {
                errors.put(path + key, value.shortValue());
            } else if (value.isArray()) {
                value.forEach(item -> collect(item, path + key + "/", errors));
            } else if (value.isObject()) {
                collect(value, path + key + "/", errors);
            }
        });
    }
}
