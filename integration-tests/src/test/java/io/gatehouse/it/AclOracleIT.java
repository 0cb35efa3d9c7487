/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.gatehouse.kafka.embedded.EmbeddedKafkaCluster;
import io.gatehouse.kafka.raw.RawKafkaClient;
import io.gatehouse.plugins.acl.SampleRequests;
import java.io.EOFException;
import java.io.IOException;
import java.net.SocketException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListTopicsOptions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * A broker with Kafka's own authorizer, and a broker without one behind the gateway with the same bindings: for every API and version, as
 * users with all, some and no rights, the responses are the same, and so is what is there afterwards.
 */
class AclOracleIT {

    private static final List<String> USERS = List.of("all", "some", "none", "ops");
    private static final List<String> NAMES = List.of("open", "closed", "half", "open-missing", "closed-missing");

    /** What differs between two clusters, whoever asks. */
    private static final Set<String> OF_THE_CLUSTER = Set.of(
            "throttleTimeMs",
            "host",
            "port",
            "clusterId",
            "brokers",
            "controllerId",
            "producerId",
            "producerEpoch",
            "memberId",
            "leader",
            "logAppendTimeMs",
            "clientInstanceId",
            "subscriptionId",
            "nodeEndpoints",
            "synonyms",
            "logDir",
            "usableBytes",
            "totalBytes");

    /** What a gateway answers differently on purpose, whoever asks, and what no client sends. */
    private static final Map<String, List<ApiKeys>> NOT_COMPARED = Map.of(
            "the kernel's own, before and after login",
            List.of(ApiKeys.API_VERSIONS, ApiKeys.SASL_HANDSHAKE, ApiKeys.SASL_AUTHENTICATE),
            "not offered: brokers would issue tokens for the gateway",
            List.of(
                    ApiKeys.CREATE_DELEGATION_TOKEN,
                    ApiKeys.RENEW_DELEGATION_TOKEN,
                    ApiKeys.EXPIRE_DELEGATION_TOKEN,
                    ApiKeys.DESCRIBE_DELEGATION_TOKEN),
            "not offered: requests of brokers and controllers, as is AddPartitionsToTxn from v4 on",
            List.of(
                    ApiKeys.VOTE,
                    ApiKeys.BEGIN_QUORUM_EPOCH,
                    ApiKeys.END_QUORUM_EPOCH,
                    ApiKeys.ALTER_PARTITION,
                    ApiKeys.ENVELOPE,
                    ApiKeys.FETCH_SNAPSHOT,
                    ApiKeys.BROKER_REGISTRATION,
                    ApiKeys.BROKER_HEARTBEAT,
                    ApiKeys.ALLOCATE_PRODUCER_IDS,
                    ApiKeys.CONTROLLER_REGISTRATION,
                    ApiKeys.ASSIGN_REPLICAS_TO_DIRS,
                    ApiKeys.UPDATE_RAFT_VOTER,
                    ApiKeys.INITIALIZE_SHARE_GROUP_STATE,
                    ApiKeys.READ_SHARE_GROUP_STATE,
                    ApiKeys.WRITE_SHARE_GROUP_STATE,
                    ApiKeys.DELETE_SHARE_GROUP_STATE,
                    ApiKeys.READ_SHARE_GROUP_STATE_SUMMARY));

    /** Asked again for a while when the answers differ: what was created before may not be everywhere yet. */
    private static final Set<ApiKeys> READING = Set.of(
            ApiKeys.METADATA,
            ApiKeys.DESCRIBE_TOPIC_PARTITIONS,
            ApiKeys.FETCH,
            ApiKeys.LIST_OFFSETS,
            ApiKeys.DESCRIBE_GROUPS,
            ApiKeys.LIST_GROUPS,
            ApiKeys.CONSUMER_GROUP_DESCRIBE,
            ApiKeys.SHARE_GROUP_DESCRIBE,
            ApiKeys.SHARE_FETCH,
            ApiKeys.DESCRIBE_SHARE_GROUP_OFFSETS,
            ApiKeys.OFFSET_FETCH,
            ApiKeys.FIND_COORDINATOR,
            ApiKeys.DESCRIBE_CONFIGS,
            ApiKeys.LIST_TRANSACTIONS,
            ApiKeys.DESCRIBE_ACLS,
            ApiKeys.DELETE_RECORDS,
            ApiKeys.LIST_CONFIG_RESOURCES);

    private static EmbeddedKafkaCluster strict;
    private static EmbeddedKafkaCluster open;
    private static TestGateway gateway;
    private static final Map<String, Uuid> strictIds = new HashMap<>();
    private static final Map<String, Uuid> openIds = new HashMap<>();
    private static int counter;

    @BeforeAll
    static void start() throws Exception {
        Map<String, String> passwords = USERS.stream().collect(Collectors.toMap(user -> user, user -> user));
        // The sample records are of 1970: retention would take them away, on each cluster at another moment.
        strict = EmbeddedKafkaCluster.builder()
                .property("log.retention.ms", "-1")
                .property("authorizer.class.name", "org.apache.kafka.metadata.authorizer.StandardAuthorizer")
                .property("super.users", "User:ANONYMOUS")
                .saslPlain(passwords)
                .build()
                .start();
        open = EmbeddedKafkaCluster.builder()
                .property("log.retention.ms", "-1")
                .build()
                .start();
        List<AclBinding> bindings = bindings();
        strict.admin().createAcls(bindings).all().get(30, TimeUnit.SECONDS);
        StringBuilder yaml = new StringBuilder();
        for (int i = 0; i < bindings.size(); i++) {
            yaml.append(yaml("oracle-" + i, bindings.get(i)));
        }
        gateway = TestGateway.inFrontOf(open.bootstrapServers())
                .accounts(USERS.toArray(String[]::new))
                .plugin(TestGateway.jarOf("plugins/acl"))
                .resource("acl.yaml", yaml + """
                        ---
                        apiVersion: gatehouse/v1
                        kind: Interceptor
                        metadata: {name: acl}
                        spec: {type: acl, priority: 500, scope: {all: true}}
                        """)
                .start();
        prepare(strict.admin(), strictIds);
        prepare(open.admin(), openIds);
    }

    @AfterAll
    static void stop() {
        gateway.close();
        open.close();
        strict.close();
    }

    private static List<AclBinding> bindings() {
        List<AclBinding> bindings = new ArrayList<>();
        for (ResourceType type : List.of(ResourceType.TOPIC, ResourceType.GROUP, ResourceType.TRANSACTIONAL_ID)) {
            bindings.add(allow("all", type, "*", PatternType.LITERAL, AclOperation.ALL));
            bindings.add(allow("some", type, "open", PatternType.PREFIXED, AclOperation.ALL));
            bindings.add(allow("some", type, "half", PatternType.PREFIXED, AclOperation.DESCRIBE));
        }
        bindings.add(allow("all", ResourceType.CLUSTER, "kafka-cluster", PatternType.LITERAL, AclOperation.ALL));
        bindings.add(allow("ops", ResourceType.CLUSTER, "kafka-cluster", PatternType.LITERAL, AclOperation.ALL));
        return bindings;
    }

    private static AclBinding allow(
            String user, ResourceType type, String name, PatternType pattern, AclOperation operation) {
        return new AclBinding(
                new ResourcePattern(type, name, pattern),
                new AccessControlEntry("User:" + user, "*", operation, AclPermissionType.ALLOW));
    }

    static String yaml(String name, AclBinding binding) {
        return """
                ---
                apiVersion: gatehouse/v1
                kind: AclBinding
                metadata: {name: %s}
                spec: {virtualCluster: passthrough, principal: "%s", host: "%s", operation: %s, permissionType: %s, resourceType: %s, resourceName: "%s", patternType: %s}
                """.formatted(
                        name,
                        binding.entry().principal(),
                        binding.entry().host(),
                        binding.entry().operation(),
                        binding.entry().permissionType(),
                        binding.pattern().resourceType(),
                        binding.pattern().name(),
                        binding.pattern().patternType());
    }

    private static void prepare(Admin admin, Map<String, Uuid> ids) throws Exception {
        for (String name : List.of("open", "closed", "half")) {
            ids.put(name, create(admin, name, 2));
            for (String user : USERS) {
                ids.put(name + "-doomed-" + user, create(admin, name + "-doomed-" + user, 1));
            }
        }
        for (String user : USERS) {
            ids.put("open-missing-doomed-" + user, new Uuid(1, 3));
            ids.put("closed-missing-doomed-" + user, new Uuid(1, 4));
        }
        ids.put("open-missing", new Uuid(1, 1));
        ids.put("closed-missing", new Uuid(1, 2));
        for (String group : List.of("open", "closed", "half")) {
            Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>();
            List.of("open", "closed", "half")
                    .forEach(name -> offsets.put(new TopicPartition(name, 0), new OffsetAndMetadata(0)));
            admin.alterConsumerGroupOffsets(group, offsets).all().get(30, TimeUnit.SECONDS);
        }
    }

    private static Uuid create(Admin admin, String name, int partitions) throws Exception {
        return admin.createTopics(List.of(new NewTopic(name, partitions, (short) 1)))
                .topicId(name)
                .get(30, TimeUnit.SECONDS);
    }

    @Test
    void aSampleOfAllApisIsAnsweredAsByABrokerWithAcls() throws Exception {
        compareAll(false);
    }

    @Test
    @Tag("full")
    void everyApiAndVersionIsAnsweredAsByABrokerWithAcls() throws Exception {
        compareAll(true);
    }

    private static void compareAll(boolean all) throws Exception {
        List<String> differences = new ArrayList<>();
        Map<ApiKeys, int[]> matrix = new TreeMap<>();
        for (String user : USERS) {
            Connection broker = new Connection(strict.brokerAddress(1).getPort(), user);
            Connection proxy = new Connection(gateway.portOf(1), user);
            for (ApiKeys api : ApiKeys.values()) {
                for (short version : versions(api, all)) {
                    for (List<String> names : cases(all, version == api.latestVersion(false))) {
                        String unique = "n" + counter++;
                        List<ApiMessage> toBroker =
                                new SampleRequests(names, user, unique, strictIds::get).of(api, version);
                        List<ApiMessage> toProxy =
                                new SampleRequests(names, user, unique, openIds::get).of(api, version);
                        for (int i = 0; i < toBroker.size(); i++) {
                            String expected = normal(broker.ask(api, version, toBroker.get(i)), strictIds);
                            String actual = normal(proxy.ask(api, version, toProxy.get(i)), openIds);
                            for (int again = 0;
                                    again < 30
                                            && !expected.equals(actual)
                                            && (READING.contains(api) || isNotReady(expected) || isNotReady(actual));
                                    again++) {
                                Thread.sleep(100);
                                expected = normal(broker.ask(api, version, toBroker.get(i)), strictIds);
                                actual = normal(proxy.ask(api, version, toProxy.get(i)), openIds);
                            }
                            int[] counts = matrix.computeIfAbsent(api, key -> new int[2]);
                            counts[0]++;
                            if (!expected.equals(actual)) {
                                counts[1]++;
                                differences.add("%s v%d variant %d as %s about %s:%n  broker  %s%n  gateway %s"
                                        .formatted(api, version, i, user, names, expected, actual));
                            }
                        }
                    }
                }
            }
            broker.close();
            proxy.close();
        }
        System.out.println("ACL oracle: requests compared (different) by API");
        matrix.forEach((api, counts) -> System.out.printf("  %-45s %5d (%d)%n", api, counts[0], counts[1]));
        NOT_COMPARED.forEach((reason, apis) -> System.out.printf("  not compared, %s: %s%n", reason, apis));
        assertThat(differences).isEmpty();
        assertThat(Stream.concat(
                        matrix.keySet().stream(), NOT_COMPARED.values().stream().flatMap(List::stream)))
                .containsExactlyInAnyOrderElementsOf(Arrays.stream(ApiKeys.values())
                        .filter(ApiKeys::hasValidVersion)
                        .toList());
        assertThat(state(open.admin())).isEqualTo(state(strict.admin()));
    }

    /** A coordinator that is still loading, or has only just been made. */
    private static boolean isNotReady(String answer) {
        return Stream.of(Errors.COORDINATOR_LOAD_IN_PROGRESS, Errors.COORDINATOR_NOT_AVAILABLE, Errors.NOT_COORDINATOR)
                .anyMatch(error -> answer.contains("\"errorCode\":" + error.code() + "}")
                        || answer.contains("\"errorCode\":" + error.code() + ","));
    }

    private static List<Short> versions(ApiKeys api, boolean all) {
        List<Short> versions = new ArrayList<>();
        if (!api.hasValidVersion()) {
            return versions;
        }
        short max = api == ApiKeys.ADD_PARTITIONS_TO_TXN ? 3 : api.latestVersion(false);
        for (short version = api.oldestVersion(); version <= max; version++) {
            if (all || version == max || version == api.oldestVersion()) {
                versions.add(version);
            }
        }
        return versions;
    }

    private static List<List<String>> cases(boolean all, boolean latest) {
        List<List<String>> cases = new ArrayList<>();
        cases.add(NAMES);
        if (all || latest) {
            NAMES.forEach(name -> cases.add(List.of(name)));
        }
        return cases;
    }

    /** A connection that is opened again when it was closed. */
    private static final class Connection {
        private final int port;
        private final String user;
        private RawKafkaClient client;
        private int correlationId;

        private Connection(int port, String user) throws IOException {
            this.port = port;
            this.user = user;
            open();
        }

        private void open() throws IOException {
            client = RawKafkaClient.connect("localhost", port);
            client.saslPlain(user, user);
        }

        private JsonNode ask(ApiKeys api, short version, ApiMessage request) throws Exception {
            try {
                ApiMessage response = client.exchange(api, version, request, ++correlationId, "oracle");
                return json(response, version);
            } catch (EOFException | SocketException e) {
                open();
                return TextNode.valueOf("closed");
            }
        }

        private void close() throws IOException {
            client.close();
        }
    }

    private static JsonNode json(ApiMessage message, short version) throws ReflectiveOperationException {
        Class<?> converter = Class.forName(message.getClass().getName() + "JsonConverter");
        return (JsonNode)
                converter.getMethod("write", message.getClass(), short.class).invoke(null, message, version);
    }

    /** Without what differs between two clusters, ids as names, lists in one order. */
    private static String normal(JsonNode node, Map<String, Uuid> ids) {
        Map<String, String> names = new HashMap<>();
        ids.forEach((name, id) -> names.put(id.toString(), "id of " + name));
        return normal(node, names, "").toString();
    }

    private static JsonNode normal(JsonNode node, Map<String, String> names, String key) {
        if (node instanceof ObjectNode object) {
            ObjectNode result = JsonNodeFactory.instance.objectNode();
            int error = object.path("errorCode").asInt();
            // A broker tells the dump of an object, and the cluster's id.
            if (error == Errors.CLUSTER_AUTHORIZATION_FAILED.code() || error == Errors.INCONSISTENT_CLUSTER_ID.code()) {
                object.remove("errorMessage");
            }
            object.fieldNames().forEachRemaining(field -> {
                if (!OF_THE_CLUSTER.contains(field) && !isLeak(object, field)) {
                    result.set(field, normal(object.get(field), names, field));
                }
            });
            return result;
        }
        if (node instanceof ArrayNode array) {
            List<JsonNode> items = new ArrayList<>();
            array.forEach(item -> items.add(normal(item, names, key)));
            items.sort(Comparator.comparing(JsonNode::toString));
            ArrayNode result = JsonNodeFactory.instance.arrayNode();
            items.forEach(result::add);
            return result;
        }
        if (node.isTextual() && key.equals("topicId")) {
            String name = names.get(node.asText());
            boolean zero = node.asText().equals(Uuid.ZERO_UUID.toString());
            return TextNode.valueOf(zero ? "none" : name == null ? "some id" : name);
        }
        return node;
    }

    /** AlterShareGroupOffsets of a broker tells the id of a topic that the user may not describe. */
    private static boolean isLeak(ObjectNode object, String field) {
        return field.equals("topicId")
                && object.has("topicName")
                && object.findValuesAsText("errorCode")
                        .contains(Short.toString(Errors.TOPIC_AUTHORIZATION_FAILED.code()));
    }

    /** Topics, groups and their offsets, and how much is in the topics. */
    private static Map<String, String> state(Admin admin) throws Exception {
        Map<String, String> state = new TreeMap<>();
        Collection<String> topics = admin.listTopics(new ListTopicsOptions().listInternal(false))
                .names()
                .get(30, TimeUnit.SECONDS);
        for (TopicDescription topic : admin.describeTopics(topics)
                .allTopicNames()
                .get(30, TimeUnit.SECONDS)
                .values()) {
            Map<TopicPartition, OffsetSpec> ends = new LinkedHashMap<>();
            topic.partitions()
                    .forEach(partition ->
                            ends.put(new TopicPartition(topic.name(), partition.partition()), OffsetSpec.latest()));
            Map<TopicPartition, Long> offsets = new TreeMap<>(Comparator.comparing(TopicPartition::toString));
            admin.listOffsets(ends)
                    .all()
                    .get(30, TimeUnit.SECONDS)
                    .forEach((partition, end) -> offsets.put(partition, end.offset()));
            state.put("topic " + topic.name(), offsets.toString());
        }
        for (String group : admin.listGroups().all().get(30, TimeUnit.SECONDS).stream()
                .map(listing -> listing.groupId() + " " + listing.type())
                .toList()) {
            state.put("group " + group, "");
        }
        for (String group : List.of("open", "closed", "half")) {
            state.put(
                    "offsets of " + group,
                    new TreeMap<>(StreamSupport.stream(
                                            admin.listConsumerGroupOffsets(group)
                                                    .partitionsToOffsetAndMetadata()
                                                    .get(30, TimeUnit.SECONDS)
                                                    .entrySet()
                                                    .spliterator(),
                                            false)
                                    .collect(Collectors.toMap(
                                            entry -> entry.getKey().toString(),
                                            entry -> entry.getValue().offset())))
                            .toString());
        }
        return state;
    }
}
