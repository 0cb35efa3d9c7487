/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;

import io.gatehouse.kafka.raw.RawKafkaClient;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.GroupListing;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.KafkaShareConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.message.ConsumerGroupDescribeRequestData;
import org.apache.kafka.common.message.ConsumerGroupDescribeResponseData;
import org.apache.kafka.common.message.DescribeGroupsRequestData;
import org.apache.kafka.common.message.DescribeGroupsResponseData;
import org.apache.kafka.common.message.FindCoordinatorRequestData;
import org.apache.kafka.common.message.FindCoordinatorResponseData;
import org.apache.kafka.common.message.HeartbeatRequestData;
import org.apache.kafka.common.message.HeartbeatResponseData;
import org.apache.kafka.common.message.ShareGroupDescribeRequestData;
import org.apache.kafka.common.message.ShareGroupDescribeResponseData;
import org.apache.kafka.common.message.StreamsGroupDescribeRequestData;
import org.apache.kafka.common.message.StreamsGroupDescribeResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Names that are those of additional groups, and, where they begin with {@code both}, of groups that the namespace had before they became
 * additional. Two gateways that know nothing of each other.
 */
class NamespaceGroupsIT {

    private static final String TENANT = "grouped";
    private static final String TOPIC = "orders";
    private static final TopicPartition PARTITION = new TopicPartition(TOPIC, 0);
    private static final int RECORDS = 10;
    private static final Duration PATIENCE = Duration.ofSeconds(40);

    private static final String ADDITIONAL =
            ", additional: {groups: [{glob: \"both-*\"}, {glob: \"free-*\"}, {glob: \"gone-*\", conflict: ignore}, {exact: [silent], conflict: ignore}]}";

    private static CapturedLog log;

    /** Of before: nothing is additional. */
    @RegisterExtension
    static final Tenants tenants = Tenants.of(3, tenant -> "", TENANT);

    private static TestGateway one;
    private static TestGateway other;

    @BeforeAll
    static void groupsAreThereBeforeTheirNamesAreAdditional() throws Exception {
        log = CapturedLog.warningsOf("io.gatehouse.plugins.namespace");
        try (Admin admin = tenants.admin(TENANT);
                Admin direct = tenants.direct();
                KafkaProducer<String, String> producer = Clients.producer(tenants.client(TENANT))) {
            admin.createTopics(List.of(new NewTopic(TOPIC, 1, (short) 1))).all().get();
            for (int i = 0; i < RECORDS; i++) {
                producer.send(new ProducerRecord<>(TOPIC, "record " + i)).get();
            }
            for (String name : List.of("classic", "consumer", "transaction", "listed")) {
                commit(admin, "both-" + name, PARTITION, 5);
                commit(direct, "both-" + name, realPartition(), 2);
            }
            for (String name : List.of("classic", "consumer", "assigned")) {
                commit(admin, "gone-" + name, PARTITION, 5);
                commit(direct, "gone-" + name, realPartition(), 2);
            }
            commit(admin, "silent", PARTITION, 5);
            readFromTheBeginning(admin, "both-share");
            readFromTheBeginning(direct, "free-share");
        }
        try (KafkaShareConsumer<String, String> consumer = shareConsumer(tenants.gateway(), "both-share")) {
            consumer.subscribe(List.of(TOPIC));
            try (Admin direct = tenants.direct()) {
                await().atMost(PATIENCE).untilAsserted(() -> {
                    consumer.poll(Duration.ZERO);
                    assertThat(groups(direct)).contains(real("both-share"));
                });
            }
        }
        one = tenants.another(tenant -> ADDITIONAL);
        other = tenants.another(tenant -> ADDITIONAL);
    }

    private static void commit(Admin admin, String group, TopicPartition partition, long offset) {
        // The broker may not know yet what the controller has created.
        await().ignoreExceptions()
                .untilAsserted(
                        () -> admin.alterConsumerGroupOffsets(group, Map.of(partition, new OffsetAndMetadata(offset)))
                                .all()
                                .get());
    }

    private static void readFromTheBeginning(Admin admin, String group) throws Exception {
        ConfigResource resource = new ConfigResource(ConfigResource.Type.GROUP, group);
        ConfigEntry earliest = new ConfigEntry("share.auto.offset.reset", "earliest");
        admin.incrementalAlterConfigs(Map.of(resource, List.of(new AlterConfigOp(earliest, AlterConfigOp.OpType.SET))))
                .all()
                .get();
    }

    @AfterAll
    static void close() {
        for (TestGateway gateway : new TestGateway[] {one, other}) {
            if (gateway != null) {
                gateway.close();
            }
        }
        log.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"classic", "consumer"})
    void aGroupThatTheNamespaceHasIsMeantByEveryMemberOfItAtEveryGateway(String protocol) throws Exception {
        String group = "both-" + protocol;
        try (KafkaConsumer<String, String> consumer = consumer(one, protocol, group)) {
            assertThat(read(consumer, RECORDS - 5).first()).isEqualTo("record 5");
            consumer.commitSync();
            try (Admin admin = Admin.create(tenants.client(other, TENANT));
                    Admin direct = tenants.direct()) {
                assertThat(admin.describeConsumerGroups(List.of(group))
                                .all()
                                .get()
                                .get(group)
                                .members())
                        .hasSize(1);
                assertThat(direct.describeConsumerGroups(List.of(real(group)))
                                .all()
                                .get()
                                .get(real(group))
                                .members())
                        .hasSize(1);
            }
        }
        try (KafkaConsumer<String, String> consumer = consumer(other, protocol, group)) {
            await().atMost(PATIENCE).until(() -> {
                consumer.poll(Duration.ofMillis(100));
                return consumer.assignment().contains(PARTITION);
            });
            assertThat(consumer.position(PARTITION)).isEqualTo(RECORDS);
        }
        assertThat(committed(real(group))).isEqualTo(RECORDS);
        assertThat(committed(group)).isEqualTo(2);
    }

    @ParameterizedTest
    @ValueSource(strings = {"classic", "consumer"})
    void withoutAGroupOfTheNamespaceTheAdditionalOneIsMeant(String protocol) throws Exception {
        String group = "free-" + protocol;
        for (TestGateway gateway : List.of(one, other)) {
            try (KafkaConsumer<String, String> consumer = consumer(gateway, protocol, group)) {
                await().atMost(PATIENCE).until(() -> {
                    consumer.poll(Duration.ofMillis(100));
                    return consumer.assignment().contains(PARTITION);
                });
                OffsetAndMetadata before = consumer.committed(Set.of(PARTITION)).get(PARTITION);
                assertThat(before == null ? 0 : before.offset()).isEqualTo(gateway == one ? 0 : 7);
                consumer.commitSync(Map.of(PARTITION, new OffsetAndMetadata(7)));
            }
        }
        assertThat(committed(group)).isEqualTo(7);
        assertNone(real(group));
    }

    /** One gateway deletes it; the other one remembers that it is there. */
    @ParameterizedTest
    @ValueSource(strings = {"classic", "consumer", "assigned"})
    void aGroupOfTheNamespaceThatIsDeletedIsNotMadeAgainByWhoComesBackAtOnce(String how) throws Exception {
        String group = "gone-" + how;
        for (TestGateway gateway : List.of(one, other)) {
            try (Admin admin = Admin.create(tenants.client(gateway, TENANT))) {
                assertThat(admin.listConsumerGroupOffsets(group)
                                .partitionsToOffsetAndMetadata()
                                .get()
                                .get(PARTITION)
                                .offset())
                        .isEqualTo(5);
            }
        }

        try (Admin admin = Admin.create(tenants.client(other, TENANT))) {
            admin.deleteConsumerGroups(List.of(group)).all().get();
        }
        for (TestGateway gateway : List.of(one, other)) {
            boolean assigned = how.equals("assigned");
            try (KafkaConsumer<String, String> consumer = consumer(gateway, assigned ? "classic" : how, group)) {
                if (assigned) {
                    consumer.unsubscribe();
                    consumer.assign(List.of(PARTITION));
                }
                await().atMost(PATIENCE).until(() -> {
                    consumer.poll(Duration.ofMillis(100));
                    return consumer.assignment().contains(PARTITION);
                });
                assertThat(consumer.committed(Set.of(PARTITION)).get(PARTITION).offset())
                        .isEqualTo(gateway == one ? 2 : 7);
                consumer.commitSync(Map.of(PARTITION, new OffsetAndMetadata(7)));
            }
        }

        assertThat(committed(group)).isEqualTo(7);
        assertNone(real(group));
    }

    @Test
    void aShareGroupOfTheNamespaceIsMeantByItsHeartbeatsFetchesAndAcknowledgements() throws Exception {
        assertShared("both-share", real("both-share"));
        assertNone("both-share");
    }

    @Test
    void anAdditionalShareGroupIsMeantByItsHeartbeatsFetchesAndAcknowledgements() throws Exception {
        assertShared("free-share", "free-share");
        assertNone(real("free-share"));
    }

    private static void assertShared(String group, String realGroup) throws Exception {
        Set<String> received = new TreeSet<>();
        try (KafkaShareConsumer<String, String> consumer = shareConsumer(one, group);
                Admin admin = Admin.create(tenants.client(other, TENANT));
                Admin direct = tenants.direct()) {
            consumer.subscribe(List.of(TOPIC));
            await().atMost(PATIENCE).pollInterval(Duration.ZERO).until(() -> {
                consumer.poll(Duration.ofMillis(100)).forEach(record -> received.add(record.value()));
                return received.size() == RECORDS;
            });
            assertThat(consumer.commitSync())
                    .isNotEmpty()
                    .allSatisfy((partition, error) -> assertThat(error).isEmpty());
            assertThat(admin.describeShareGroups(List.of(group))
                            .all()
                            .get()
                            .get(group)
                            .members())
                    .hasSize(1);
            assertThat(direct.describeShareGroups(List.of(realGroup))
                            .all()
                            .get()
                            .get(realGroup)
                            .members())
                    .hasSize(1);
        }
    }

    @Test
    void aTransactionTakesTheOffsetsOfTheGroupThatIsMeant() throws Exception {
        Map<String, Object> client = tenants.client(one, TENANT, "transactional.id", "mover");
        try (KafkaProducer<String, String> producer =
                new KafkaProducer<>(client, new StringSerializer(), new StringSerializer())) {
            producer.initTransactions();
            for (String group : List.of("both-transaction", "free-transaction")) {
                producer.beginTransaction();
                producer.sendOffsetsToTransaction(
                        Map.of(PARTITION, new OffsetAndMetadata(7)), new ConsumerGroupMetadata(group));
                producer.commitTransaction();
            }
        }

        try (Admin admin = Admin.create(tenants.client(other, TENANT))) {
            for (String group : List.of("both-transaction", "free-transaction")) {
                assertThat(admin.listConsumerGroupOffsets(group)
                                .partitionsToOffsetAndMetadata()
                                .get()
                                .get(PARTITION)
                                .offset())
                        .isEqualTo(7);
            }
        }
        assertThat(committed(real("both-transaction"))).isEqualTo(7);
        assertThat(committed("both-transaction")).isEqualTo(2);
        assertThat(committed("free-transaction")).isEqualTo(7);
        assertNone(real("free-transaction"));
    }

    @Test
    void aListShowsOneGroupAndEachGatewaySaysOnceWhoseItIs() throws Exception {
        for (TestGateway gateway : List.of(one, other)) {
            try (Admin admin = Admin.create(tenants.client(gateway, TENANT))) {
                for (int i = 0; i < 3; i++) {
                    assertThat(groups(admin))
                            .containsOnlyOnce("both-listed", "both-classic", "both-share", "silent")
                            .noneMatch(group -> group.startsWith(tenants.prefix(TENANT)));
                    assertThat(admin.listConsumerGroupOffsets("both-listed")
                                    .partitionsToOffsetAndMetadata()
                                    .get()
                                    .get(PARTITION)
                                    .offset())
                            .isEqualTo(5);
                }
            }
            assertThat(gateway.management("/metrics").body().lines())
                    .anyMatch(line -> line.startsWith("gatehouse_namespace_conflicts{interceptor=\"namespace-" + TENANT)
                            && line.endsWith(" 5.0"));
        }
        assertThat(log.lines())
                .filteredOn(line -> line.contains(real("both-listed")))
                .hasSize(2)
                .allSatisfy(line -> assertThat(line).contains("the namespace's own is used"));
        assertThat(log.lines()).noneMatch(line -> line.contains("silent"));
    }

    /** Gateways ask again after half a minute. */
    @Test
    @Tag("full")
    void membersGoOverToTheGroupOfTheNamespaceWhenSomebodyElseMakesIt() throws Exception {
        List<String> protocols = List.of("classic", "consumer");
        List<KafkaConsumer<String, String>> consumers = new ArrayList<>();
        try (Admin direct = tenants.direct();
                KafkaShareConsumer<String, String> share = shareConsumer(one, "free-moving-share")) {
            protocols.forEach(protocol -> consumers.add(consumer(one, protocol, "free-moving-" + protocol)));
            share.subscribe(List.of(TOPIC));
            await().ignoreExceptions().atMost(PATIENCE).untilAsserted(() -> {
                poll(consumers, share);
                assertMembers(direct, "free-moving-");
            });

            protocols.forEach(protocol -> commit(direct, real("free-moving-" + protocol), realPartition(), 5));
            try (KafkaShareConsumer<String, String> outside = shareConsumer(tenants.gateway(), "free-moving-share")) {
                outside.subscribe(List.of(TOPIC));
                await().ignoreExceptions().atMost(PATIENCE).untilAsserted(() -> {
                    outside.poll(Duration.ZERO);
                    poll(consumers, share);
                    assertThat(groups(direct)).contains(real("free-moving-share"));
                });
            }

            await().ignoreExceptions().atMost(Duration.ofSeconds(90)).untilAsserted(() -> {
                poll(consumers, share);
                assertMembers(direct, real("free-moving-"));
            });
        } finally {
            consumers.forEach(KafkaConsumer::close);
        }
    }

    private static void poll(List<KafkaConsumer<String, String>> consumers, KafkaShareConsumer<String, String> share) {
        consumers.forEach(consumer -> consumer.poll(Duration.ofMillis(10)));
        share.poll(Duration.ofMillis(10));
    }

    private static void assertMembers(Admin direct, String groups) throws Exception {
        for (String protocol : List.of("classic", "consumer")) {
            assertThat(direct.describeConsumerGroups(List.of(groups + protocol))
                            .all()
                            .get()
                            .get(groups + protocol)
                            .members())
                    .hasSize(1);
        }
        assertThat(direct.describeShareGroups(List.of(groups + "share"))
                        .all()
                        .get()
                        .get(groups + "share")
                        .members())
                .hasSize(1);
    }

    /** A broker that says what it is told to: a real one loads groups too fast to be met at it. */
    @Test
    void whileTheCoordinatorDoesNotSayWhoseAGroupIsNothingIsGuessed() throws Exception {
        AtomicReference<Errors> answer = new AtomicReference<>(Errors.COORDINATOR_LOAD_IN_PROGRESS);
        List<String> heartbeats = new CopyOnWriteArrayList<>();
        Set<Object> connections = ConcurrentHashMap.newKeySet();
        try (CapturedLog kernel = CapturedLog.warningsOf("io.gatehouse.kernel.broker");
                ScriptedBroker broker = coordinator(answer, heartbeats, connections);
                TestGateway gateway =
                        Tenants.ofAlice(broker, ", additional: {groups: [{exact: [shared, huge, free]}]}");
                RawKafkaClient client = RawKafkaClient.connect("localhost", gateway.portOf(ScriptedBroker.NODE_ID))) {
            assertThat(client.saslPlain("alice", "alice").errorCode()).isZero();

            for (Errors silent : List.of(Errors.COORDINATOR_LOAD_IN_PROGRESS, Errors.NOT_COORDINATOR)) {
                answer.set(silent);
                assertThat(heartbeat(client, "shared")).isEqualTo(Errors.COORDINATOR_NOT_AVAILABLE);
                FindCoordinatorResponseData found = client.exchange(
                        ApiKeys.FIND_COORDINATOR,
                        4,
                        new FindCoordinatorRequestData().setCoordinatorKeys(List.of("shared", "own")),
                        1,
                        "raw");
                assertThat(found.coordinators())
                        .extracting(each -> each.key(), each -> Errors.forCode(each.errorCode()))
                        .containsExactlyInAnyOrder(
                                tuple("shared", Errors.COORDINATOR_NOT_AVAILABLE), tuple("own", Errors.NONE));
                assertThat(heartbeat(client, "own")).isEqualTo(Errors.NONE);
            }
            answer.set(Errors.NONE);
            await().untilAsserted(() -> assertThat(heartbeat(client, "shared")).isEqualTo(Errors.NONE));

            assertThat(heartbeats).containsExactly("team.own", "team.own", "team.shared");
            assertThat(connections).hasSize(1);
            heartbeats.clear();
            // The one must not keep the other from being known.
            FindCoordinatorResponseData together = client.exchange(
                    ApiKeys.FIND_COORDINATOR,
                    4,
                    new FindCoordinatorRequestData().setCoordinatorKeys(List.of("huge", "free")),
                    1,
                    "raw");
            assertThat(together.coordinators())
                    .extracting(each -> Errors.forCode(each.errorCode()))
                    .containsOnly(Errors.NONE);
            assertThat(heartbeat(client, "huge")).isEqualTo(Errors.NONE);
            assertThat(heartbeat(client, "free")).isEqualTo(Errors.NONE);
            assertThat(heartbeats).containsExactly("team.huge", "free");
            assertThat(kernel.lines())
                    .filteredOn(line -> line.contains("of some groups it is not known whether they exist")
                            && line.contains("DescribeGroups: COORDINATOR_LOAD_IN_PROGRESS"))
                    .hasSize(1);
        }
    }

    private static Errors heartbeat(RawKafkaClient client, String group) throws Exception {
        HeartbeatResponseData answered = client.exchange(
                ApiKeys.HEARTBEAT,
                4,
                new HeartbeatRequestData().setGroupId(group).setMemberId("m"),
                1,
                "raw");
        return Errors.forCode(answered.errorCode());
    }

    private static ScriptedBroker coordinator(
            AtomicReference<Errors> answer, List<String> heartbeats, Set<Object> connections) throws Exception {
        ScriptedBroker broker = new ScriptedBroker();
        int port = Integer.parseInt(broker.bootstrapServers().split(":")[1]);
        broker.on(ApiKeys.FIND_COORDINATOR, (request, connection) -> {
            FindCoordinatorRequestData asked = (FindCoordinatorRequestData) request.body();
            connection.respond(
                    request,
                    new FindCoordinatorResponseData()
                            .setCoordinators(asked.coordinatorKeys().stream()
                                    .map(key -> new FindCoordinatorResponseData.Coordinator()
                                            .setKey(key)
                                            .setNodeId(ScriptedBroker.NODE_ID)
                                            .setHost("127.0.0.1")
                                            .setPort(port))
                                    .toList()));
        });
        broker.on(ApiKeys.HEARTBEAT, (request, connection) -> {
            heartbeats.add(((HeartbeatRequestData) request.body()).groupId());
            connection.respond(request, new HeartbeatResponseData());
        });
        broker.on(ApiKeys.DESCRIBE_GROUPS, (request, connection) -> {
            connections.add(connection);
            DescribeGroupsRequestData asked = (DescribeGroupsRequestData) request.body();
            connection.respond(
                    request,
                    new DescribeGroupsResponseData()
                            .setGroups(asked.groups().stream()
                                    .map(group -> new DescribeGroupsResponseData.DescribedGroup()
                                            .setGroupId(group)
                                            .setErrorCode(answer.get().code())
                                            .setGroupState(group.equals("team.free") ? "Dead" : "Empty")
                                            .setMembers(group.equals("team.huge") ? List.of(hugeMember()) : List.of()))
                                    .toList()));
        });
        broker.on(ApiKeys.CONSUMER_GROUP_DESCRIBE, (request, connection) -> {
            ConsumerGroupDescribeRequestData asked = (ConsumerGroupDescribeRequestData) request.body();
            connection.respond(
                    request,
                    new ConsumerGroupDescribeResponseData()
                            .setGroups(asked.groupIds().stream()
                                    .map(group -> new ConsumerGroupDescribeResponseData.DescribedGroup()
                                            .setGroupId(group)
                                            .setErrorCode(Errors.GROUP_ID_NOT_FOUND.code()))
                                    .toList()));
        });
        broker.on(ApiKeys.SHARE_GROUP_DESCRIBE, (request, connection) -> {
            ShareGroupDescribeRequestData asked = (ShareGroupDescribeRequestData) request.body();
            connection.respond(
                    request,
                    new ShareGroupDescribeResponseData()
                            .setGroups(asked.groupIds().stream()
                                    .map(group -> new ShareGroupDescribeResponseData.DescribedGroup()
                                            .setGroupId(group)
                                            .setErrorCode(Errors.GROUP_ID_NOT_FOUND.code()))
                                    .toList()));
        });
        broker.on(ApiKeys.STREAMS_GROUP_DESCRIBE, (request, connection) -> {
            StreamsGroupDescribeRequestData asked = (StreamsGroupDescribeRequestData) request.body();
            connection.respond(
                    request,
                    new StreamsGroupDescribeResponseData()
                            .setGroups(asked.groupIds().stream()
                                    .map(group -> new StreamsGroupDescribeResponseData.DescribedGroup()
                                            .setGroupId(group)
                                            .setErrorCode(Errors.GROUP_ID_NOT_FOUND.code()))
                                    .toList()));
        });
        return broker;
    }

    private static DescribeGroupsResponseData.DescribedGroupMember hugeMember() {
        return new DescribeGroupsResponseData.DescribedGroupMember()
                .setMemberId("m")
                .setMemberAssignment(new byte[9 * 1024 * 1024]);
    }

    private static String real(String group) {
        return tenants.prefix(TENANT) + group;
    }

    private static TopicPartition realPartition() {
        return new TopicPartition(tenants.prefix(TENANT) + TOPIC, 0);
    }

    private static long committed(String realGroup) throws Exception {
        try (Admin direct = tenants.direct()) {
            return direct.listConsumerGroupOffsets(realGroup)
                    .partitionsToOffsetAndMetadata()
                    .get()
                    .get(realPartition())
                    .offset();
        }
    }

    private static void assertNone(String realGroup) throws Exception {
        try (Admin direct = tenants.direct()) {
            assertThat(groups(direct)).isNotEmpty().doesNotContain(realGroup);
        }
    }

    private static List<String> groups(Admin admin) throws Exception {
        return admin.listGroups().all().get().stream()
                .map(GroupListing::groupId)
                .toList();
    }

    private static TreeSet<String> read(KafkaConsumer<String, String> consumer, int count) {
        TreeSet<String> values = new TreeSet<>();
        await().atMost(PATIENCE).pollInterval(Duration.ZERO).until(() -> {
            consumer.poll(Duration.ofMillis(100)).forEach(record -> values.add(record.value()));
            return values.size() >= count;
        });
        return values;
    }

    private static KafkaConsumer<String, String> consumer(TestGateway gateway, String protocol, String group) {
        KafkaConsumer<String, String> consumer = new KafkaConsumer<>(
                tenants.client(
                        gateway,
                        TENANT,
                        "group.id",
                        group,
                        "group.protocol",
                        protocol,
                        "enable.auto.commit",
                        false,
                        "auto.offset.reset",
                        "earliest"),
                new StringDeserializer(),
                new StringDeserializer());
        consumer.subscribe(List.of(TOPIC));
        return consumer;
    }

    private static KafkaShareConsumer<String, String> shareConsumer(TestGateway gateway, String group) {
        return new KafkaShareConsumer<>(
                tenants.client(gateway, TENANT, "group.id", group), new StringDeserializer(), new StringDeserializer());
    }
}
