/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.plugins.acl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.gatehouse.plugins.acl.policy.BindingSpec;
import io.gatehouse.spi.User;
import io.gatehouse.spi.interception.Question;
import io.gatehouse.spi.testkit.InterceptorHarness;
import io.gatehouse.spi.testkit.Outcome;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
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

/** Each row of the table: who has every other right is refused for lack of this one, with that code at that place. */
class TableTest {

    private static final Uuid TOPIC_ID = new Uuid(7, 7);
    private static final String NAME = "open";

    /** Places that need no rights, are the kernel's, or are seen in a response of a broker's: see ResponsesTest. */
    private static final Set<String> WITHOUT_ERROR = Set.of("-");

    /** One line of the table. */
    record Row(ApiKeys api, int order, String operation, String resource, String when, String error, String placement) {

        static Row of(String line) {
            String[] cells = line.split("\t");
            return new Row(
                    ApiKeys.forId(Integer.parseInt(cells[0])),
                    Integer.parseInt(cells[2]),
                    cells[3],
                    cells[4],
                    cells[5],
                    cells[6],
                    cells[7]);
        }

        boolean isOfPeers() {
            return when.equals("peer-only") || api.name().contains("SHARE_GROUP_STATE");
        }

        boolean isOfDelegationTokens() {
            return api.name().contains("DELEGATION_TOKEN");
        }

        @Override
        public String toString() {
            return api.name + " " + order + ": " + operation + " on " + resource + " (" + when + ")";
        }
    }

    static Stream<Row> rows() throws IOException {
        try (InputStream table =
                TableTest.class.getResourceAsStream("/io/gatehouse/plugins/acl/apis/kafka-authz-table.tsv")) {
            return new String(table.readAllBytes(), StandardCharsets.UTF_8)
                    .lines().skip(1).map(Row::of).toList().stream();
        }
    }

    static Stream<Row> refusing() throws IOException {
        return rows().filter(row -> !WITHOUT_ERROR.contains(row.error()))
                .filter(row -> !row.isOfPeers() && !row.isOfDelegationTokens())
                .filter(row -> !row.when().equals("v4+"))
                // In a session only: ShareSessionsTest.
                .filter(row -> row.api() != ApiKeys.SHARE_ACKNOWLEDGE || row.order() == 1);
    }

    static Stream<Row> neverOffered() throws IOException {
        return rows().filter(row -> row.isOfPeers() || row.isOfDelegationTokens());
    }

    @ParameterizedTest
    @MethodSource("refusing")
    void whoLacksTheRightIsToldSoAtThePlaceOfTheTable(Row row) {
        List<Outcome> outcomes = new ArrayList<>();
        try (InterceptorHarness harness = harness(row)) {
            short version = version(row);
            for (ApiMessage request : requests(row, version)) {
                Outcome outcome = harness.request(row.api(), version, request);
                outcomes.add(
                        outcome.kind() == Outcome.Kind.FORWARDED
                                ? outcome.response(BrokerAnswers.to(row.api(), outcome.message(), version))
                                : outcome);
            }
        }

        Set<Map<String, Short>> found = outcomes.stream()
                .filter(outcome -> outcome.kind() != Outcome.Kind.CLOSED)
                .map(outcome -> errors(json(outcome.message(), version(row))))
                .collect(Collectors.toSet());
        assertThat(found).anySatisfy(errors -> {
            assertThat(errors).isNotEmpty();
            assertThat(errors.values())
                    .allSatisfy(code -> assertThat(Errors.forCode(code)).isIn(allowed(row)));
            assertThat(errors).anySatisfy((place, code) -> {
                assertThat(code).isEqualTo(Errors.valueOf(row.error()).code());
                assertThat(place).matches(place(row.placement()));
            });
        });
    }

    /** What operators are told is what clients are. */
    @ParameterizedTest
    @MethodSource("refusing")
    void whoLacksTheRightIsExplainedAsDeniedAndWhoHasItAsAllowed(Row row) {
        for (String resource : row.resource().split("\\|")) {
            if (resource.startsWith("any")) {
                continue;
            }
            ResourceType type = ResourceType.valueOf(resource);
            String name = type == ResourceType.CLUSTER ? "kafka-cluster" : NAME;
            Question question = new Question(
                    row.api(), Optional.of(new Question.Resource(type, name)), InetAddress.getLoopbackAddress());
            try (InterceptorHarness lacking = harness(row);
                    InterceptorHarness having = InterceptorHarness.of(new AclInterceptorFactory(), config(), user())) {
                allowEverything(having);

                assertThat(lacking.explain(question).orElseThrow()).contains("DENIED: ", "(" + row.error() + ")");
                assertThat(having.explain(question).orElseThrow())
                        .startsWith("ALLOWED: ")
                        .doesNotContain("DENIED");
            }
        }
    }

    @ParameterizedTest
    @MethodSource("neverOffered")
    void whatIsNotOfferedIsExplainedAsSuch(Row row) {
        try (InterceptorHarness harness = InterceptorHarness.of(new AclInterceptorFactory(), config(), user())) {
            Question question = new Question(row.api(), Optional.empty(), InetAddress.getLoopbackAddress());

            assertThat(harness.explain(question))
                    .contains("DENIED: " + row.api().name + " is not offered (UNSUPPORTED_VERSION)");
        }
    }

    private static List<Errors> allowed(Row row) {
        return row.placement().contains("OPERATION_NOT_ATTEMPTED")
                ? List.of(Errors.valueOf(row.error()), Errors.OPERATION_NOT_ATTEMPTED)
                : List.of(Errors.valueOf(row.error()));
    }

    @ParameterizedTest
    @MethodSource("neverOffered")
    void whatIsForBrokersOrForTokensIsNotOffered(Row row) {
        short version = row.api().oldestVersion();
        try (InterceptorHarness harness = InterceptorHarness.of(new AclInterceptorFactory(), config(), user())) {
            Outcome outcome =
                    harness.request(row.api(), version, row.api().messageType.newRequest());

            assertThat(outcome.error()).isEqualTo(Errors.UNSUPPORTED_VERSION);
        }
    }

    private static AclConfig config() {
        return new AclConfig(AclConfig.Mode.ENFORCE, List.of(), true);
    }

    private static User user() {
        return User.named("alice").build();
    }

    /** Every right but the one of the row. */
    private static InterceptorHarness harness(Row row) {
        InterceptorHarness harness = InterceptorHarness.of(new AclInterceptorFactory(), config(), user())
                .topic(TOPIC_ID, NAME)
                .broker(TableTest::ownRequest);
        allowEverything(harness);
        var bindings = harness.plugin().writableResources(AclBindingKind.class);
        for (String resource : row.resource().split("\\|")) {
            String[] typeAndOperation = resource.replace("any", "").split(":");
            ResourceType type = ResourceType.valueOf(typeAndOperation[0]);
            String operations = typeAndOperation.length > 1 ? typeAndOperation[1] : row.operation();
            for (String operation : operations.split("\\|")) {
                bindings.put(
                        "no-" + operation + "-" + type,
                        binding(type, AclOperation.valueOf(operation), AclPermissionType.DENY));
            }
        }
        return harness;
    }

    private static void allowEverything(InterceptorHarness harness) {
        var bindings = harness.plugin().writableResources(AclBindingKind.class);
        for (ResourceType type : ResourceType.values()) {
            if (type.code() > ResourceType.ANY.code()) {
                bindings.put("all-" + type, binding(type, AclOperation.ALL, AclPermissionType.ALLOW));
            }
        }
    }

    private static BindingSpec binding(ResourceType type, AclOperation operation, AclPermissionType permission) {
        String name = type == ResourceType.CLUSTER ? "kafka-cluster" : "*";
        return new BindingSpec(
                User.PASSTHROUGH, "User:alice", "*", operation, permission, type, name, PatternType.LITERAL);
    }

    /** To the gateway's own Metadata request: nothing is there. */
    private static ApiMessage ownRequest(ApiMessage request) {
        MetadataResponseData response = new MetadataResponseData();
        if (((MetadataRequestData) request).topics() != null) {
            ((MetadataRequestData) request)
                    .topics()
                    .forEach(topic -> response.topics()
                            .add(new MetadataResponseData.MetadataResponseTopic()
                                    .setName(topic.name())
                                    .setErrorCode(Errors.UNKNOWN_TOPIC_OR_PARTITION.code())));
        }
        return response;
    }

    private static short version(Row row) {
        if (row.api() == ApiKeys.ADD_PARTITIONS_TO_TXN) {
            return 3;
        }
        // The flag is in version 6, which Kafka does not call stable.
        return row.when().equals("if-enable2Pc") ? 6 : row.api().latestVersion();
    }

    private static List<ApiMessage> requests(Row row, short version) {
        List<ApiMessage> requests =
                new SampleRequests(List.of(NAME), "alice", "1", name -> TOPIC_ID).of(row.api(), version);
        List<ApiMessage> all = new ArrayList<>(requests);
        all.addAll(MoreRequests.of(row.api(), row.when()));
        assumeTrue(!all.isEmpty(), "no sample request of " + row.api());
        return all;
    }

    /** Of the newest version, which stands first. */
    private static String place(String placements) {
        String placement = placements.split("[/(+]")[0];
        if (placement.endsWith("partition") || placement.endsWith("partitions")) {
            return "(?i).*partition.*errorCode";
        }
        if (placement.startsWith("topicConfig")) {
            return "topics/topicConfigErrorCode";
        }
        if (placement.equals("top")) {
            return "errorCode";
        }
        return "[a-zA-Z]+/errorCode";
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
