/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;

import io.gatehouse.kafka.raw.RawKafkaClient;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatRequestData;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatResponseData;
import org.apache.kafka.common.message.DeleteTopicsRequestData;
import org.apache.kafka.common.message.DeleteTopicsResponseData;
import org.apache.kafka.common.message.FetchRequestData;
import org.apache.kafka.common.message.FetchResponseData;
import org.apache.kafka.common.message.MetadataRequestData;
import org.apache.kafka.common.message.MetadataResponseData;
import org.apache.kafka.common.message.OffsetCommitRequestData;
import org.apache.kafka.common.message.OffsetCommitResponseData;
import org.apache.kafka.common.message.OffsetFetchRequestData;
import org.apache.kafka.common.message.OffsetFetchResponseData;
import org.apache.kafka.common.message.ProduceResponseData;
import org.apache.kafka.common.message.ShareAcknowledgeRequestData;
import org.apache.kafka.common.message.ShareAcknowledgeResponseData;
import org.apache.kafka.common.message.ShareFetchRequestData;
import org.apache.kafka.common.message.ShareFetchResponseData;
import org.apache.kafka.common.message.ShareGroupHeartbeatRequestData;
import org.apache.kafka.common.message.TxnOffsetCommitRequestData;
import org.apache.kafka.common.message.TxnOffsetCommitResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.assertj.core.groups.Tuple;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Topics by their ids, at a gateway that has never heard of them: those that somebody made through another gateway a moment ago, and those
 * that nobody made.
 */
class NamespaceTopicIdsIT {

    private static final int NODE = 1;
    private static final String OWNER = "owner";
    private static final String INTRUDER = "intruder";
    private static final String OWN = "of-the-intruder";

    @RegisterExtension
    static final Tenants tenants = Tenants.of(1, tenant -> "", OWNER, INTRUDER);

    /** Where the owner makes its topics, out of sight of the other gateway. */
    private static TestGateway elsewhere;

    private static int made;

    /** How one API answers for a topic that is named by its id. */
    private record Named(String api, Answer answer) {

        @Override
        public String toString() {
            return api;
        }
    }

    /** The id that the answer names, and the error. */
    private record Answered(Uuid id, Errors error) {}

    private interface Answer {
        Answered to(RawKafkaClient client, Uuid id) throws Exception;
    }

    @BeforeAll
    static void anotherGateway() throws Exception {
        elsewhere = tenants.another(tenant -> "");
        try (Admin admin = tenants.admin(INTRUDER)) {
            admin.createTopics(List.of(new NewTopic(OWN, 1, (short) 1))).all().get();
            // There are coordinators once somebody has asked for one, and the broker knows of the topic a moment later.
            await().ignoreExceptions()
                    .untilAsserted(() -> admin.alterConsumerGroupOffsets(
                                    "committing", Map.of(new TopicPartition(OWN, 0), new OffsetAndMetadata(0)))
                            .all()
                            .get());
        }
        try (KafkaProducer<String, String> producer = Clients.producer(tenants.client(INTRUDER))) {
            producer.send(new ProducerRecord<>(OWN, "own")).get();
        }
    }

    @AfterAll
    static void close() {
        if (elsewhere != null) {
            elsewhere.close();
        }
    }

    /** The id of a topic that its owner has made, and filled with a record, at the other gateway. */
    private static Uuid foreign() throws Exception {
        String topic = "secret-" + made++;
        try (Admin admin = Admin.create(tenants.client(elsewhere, OWNER));
                KafkaProducer<String, String> producer = Clients.producer(tenants.client(elsewhere, OWNER))) {
            Uuid id = admin.createTopics(List.of(new NewTopic(topic, 1, (short) 1)))
                    .topicId(topic)
                    .get();
            producer.send(new ProducerRecord<>(topic, "secret")).get();
            return id;
        }
    }

    @ParameterizedTest
    @MethodSource("named")
    void anIdIsAnsweredAsUnknownWhetherSomebodyHasSuchATopicOrNobody(Named named) throws Exception {
        List<Uuid> ids = List.of(foreign(), Uuid.randomUuid());
        List<Errors> errors = new ArrayList<>();
        for (Uuid id : ids) {
            try (RawKafkaClient client = tenants.connect(INTRUDER, NODE)) {
                Answered answered = named.answer().to(client, id);

                assertThat(answered.id()).isEqualTo(id);
                errors.add(answered.error());
            }
        }

        assertThat(errors).containsOnly(Errors.UNKNOWN_TOPIC_ID);
        try (Admin owner = tenants.admin(OWNER)) {
            assertThat(owner.listTopics().names().get()).contains("secret-" + (made - 1));
        }
        assertThat(Clients.readAll(tenants.client(OWNER), "secret-" + (made - 1)))
                .extracting(ConsumerRecord::value)
                .containsExactly("secret");
    }

    static Stream<Named> named() {
        return Stream.of(
                new Named("Produce", (client, id) -> {
                    ProduceResponseData produced = client.exchange(
                            ApiKeys.PRODUCE,
                            13,
                            RawRequests.produce("", id, 1, null, "foreign".getBytes(StandardCharsets.UTF_8)),
                            1,
                            "raw");
                    var topic = produced.responses().iterator().next();
                    return answered(
                            topic.topicId(), topic.partitionResponses().get(0).errorCode());
                }),
                new Named("Fetch", (client, id) -> {
                    FetchResponseData fetched = client.exchange(ApiKeys.FETCH, 17, fetch(0, -1, id), 1, "raw");
                    return fetched(fetched);
                }),
                new Named("Metadata", (client, id) -> {
                    MetadataResponseData described = client.exchange(
                            ApiKeys.METADATA,
                            12,
                            new MetadataRequestData()
                                    .setTopics(List.of(new MetadataRequestData.MetadataRequestTopic()
                                            .setTopicId(id)
                                            .setName(null))),
                            1,
                            "raw");
                    var topic = described.topics().iterator().next();
                    return answered(topic.topicId(), topic.errorCode());
                }),
                new Named("DeleteTopics", (client, id) -> {
                    DeleteTopicsResponseData deleted = client.exchange(
                            ApiKeys.DELETE_TOPICS,
                            6,
                            new DeleteTopicsRequestData()
                                    .setTimeoutMs(10_000)
                                    .setTopics(List.of(new DeleteTopicsRequestData.DeleteTopicState()
                                            .setTopicId(id)
                                            .setName(null))),
                            1,
                            "raw");
                    var topic = deleted.responses().iterator().next();
                    return answered(topic.topicId(), topic.errorCode());
                }),
                new Named("OffsetCommit", (client, id) -> {
                    OffsetCommitResponseData committed = client.exchange(
                            ApiKeys.OFFSET_COMMIT,
                            10,
                            new OffsetCommitRequestData()
                                    .setGroupId("committing")
                                    .setTopics(List.of(new OffsetCommitRequestData.OffsetCommitRequestTopic()
                                            .setTopicId(id)
                                            .setPartitions(
                                                    List.of(new OffsetCommitRequestData.OffsetCommitRequestPartition()
                                                            .setCommittedOffset(1))))),
                            1,
                            "raw");
                    var topic = committed.topics().get(0);
                    return answered(topic.topicId(), topic.partitions().get(0).errorCode());
                }),
                new Named("TxnOffsetCommit", (client, id) -> {
                    TxnOffsetCommitResponseData committed = client.exchange(
                            ApiKeys.TXN_OFFSET_COMMIT,
                            ApiKeys.TXN_OFFSET_COMMIT.latestVersion(),
                            new TxnOffsetCommitRequestData()
                                    .setTransactionalId("t")
                                    .setGroupId("committing")
                                    .setTopics(List.of(new TxnOffsetCommitRequestData.TxnOffsetCommitRequestTopic()
                                            .setTopicId(id)
                                            .setPartitions(List.of(
                                                    new TxnOffsetCommitRequestData.TxnOffsetCommitRequestPartition()
                                                            .setCommittedOffset(1))))),
                            1,
                            "raw");
                    var topic = committed.topics().get(0);
                    return answered(topic.topicId(), topic.partitions().get(0).errorCode());
                }),
                new Named("OffsetFetch", (client, id) -> {
                    OffsetFetchResponseData offsets = client.exchange(
                            ApiKeys.OFFSET_FETCH,
                            10,
                            new OffsetFetchRequestData()
                                    .setGroups(List.of(new OffsetFetchRequestData.OffsetFetchRequestGroup()
                                            .setGroupId("committing")
                                            .setTopics(List.of(new OffsetFetchRequestData.OffsetFetchRequestTopics()
                                                    .setTopicId(id)
                                                    .setPartitionIndexes(List.of(0)))))),
                            1,
                            "raw");
                    var topic = offsets.groups().get(0).topics().get(0);
                    return answered(topic.topicId(), topic.partitions().get(0).errorCode());
                }),
                new Named("ShareFetch", (client, id) -> {
                    joinShareGroup(client);
                    ShareFetchResponseData fetched =
                            client.exchange(ApiKeys.SHARE_FETCH, 1, shareFetch(0, id), 1, "raw");
                    var topic = fetched.responses().iterator().next();
                    return answered(topic.topicId(), topic.partitions().get(0).errorCode());
                }),
                new Named("ShareAcknowledge", (client, id) -> {
                    joinShareGroup(client);
                    client.exchange(ApiKeys.SHARE_FETCH, 1, shareFetch(0, id), 1, "raw");
                    ShareAcknowledgeRequestData request = new ShareAcknowledgeRequestData()
                            .setGroupId("sharing")
                            .setMemberId("member")
                            .setShareSessionEpoch(1);
                    var acknowledged = new ShareAcknowledgeRequestData.AcknowledgeTopic().setTopicId(id);
                    acknowledged
                            .partitions()
                            .add(new ShareAcknowledgeRequestData.AcknowledgePartition()
                                    .setPartitionIndex(0)
                                    .setAcknowledgementBatches(
                                            List.of(new ShareAcknowledgeRequestData.AcknowledgementBatch()
                                                    .setFirstOffset(0)
                                                    .setLastOffset(0)
                                                    .setAcknowledgeTypes(List.of((byte) 1)))));
                    request.topics().add(acknowledged);
                    ShareAcknowledgeResponseData response =
                            client.exchange(ApiKeys.SHARE_ACKNOWLEDGE, 1, request, 2, "raw");
                    var topic = response.responses().iterator().next();
                    return answered(topic.topicId(), topic.partitions().get(0).errorCode());
                }));
    }

    private static Answered answered(Uuid id, short error) {
        return new Answered(id, Errors.forCode(error));
    }

    private static Answered fetched(FetchResponseData response) {
        var topic = response.responses().get(0);
        var partition = topic.partitions().get(0);
        assertThat(partition.records() == null || partition.records().sizeInBytes() == 0)
                .isTrue();
        return answered(topic.topicId(), partition.errorCode());
    }

    /** What a member says that it owns is no request for it: no answer of the coordinator's names it. */
    @Test
    void aMemberThatOwnsAForeignTopicGetsNothingOfIt() throws Exception {
        try (RawKafkaClient client = tenants.connect(INTRUDER, NODE)) {
            await().ignoreExceptions().untilAsserted(() -> {
                ConsumerGroupHeartbeatResponseData answer = client.exchange(
                        ApiKeys.CONSUMER_GROUP_HEARTBEAT,
                        1,
                        new ConsumerGroupHeartbeatRequestData()
                                .setGroupId("consuming")
                                .setMemberId("member")
                                .setMemberEpoch(0)
                                .setRebalanceTimeoutMs(10_000)
                                .setSubscribedTopicNames(List.of(OWN))
                                .setTopicPartitions(List.of()),
                        1,
                        "raw");
                assertThat(Errors.forCode(answer.errorCode())).isEqualTo(Errors.NONE);
            });
            for (Uuid id : List.of(foreign(), Uuid.randomUuid())) {
                ConsumerGroupHeartbeatResponseData answer = client.exchange(
                        ApiKeys.CONSUMER_GROUP_HEARTBEAT,
                        1,
                        new ConsumerGroupHeartbeatRequestData()
                                .setGroupId("consuming")
                                .setMemberId("member")
                                .setMemberEpoch(1)
                                .setTopicPartitions(List.of(new ConsumerGroupHeartbeatRequestData.TopicPartitions()
                                        .setTopicId(id)
                                        .setPartitions(List.of(0)))),
                        1,
                        "raw");

                assertThat(answer.assignment() == null
                                || answer.assignment().topicPartitions().stream()
                                        .noneMatch(topic -> topic.topicId().equals(id)))
                        .isTrue();
            }
        }
    }

    /** The broker keeps what a session names: not the id, nor is the client's partition lost. */
    @Test
    void aFetchSessionGoesOnAnsweringForAnIdUntilTheClientForgetsItAndIsOpenedAgain() throws Exception {
        Uuid own;
        try (Admin admin = tenants.admin(INTRUDER)) {
            own = admin.describeTopics(List.of(OWN))
                    .allTopicNames()
                    .get()
                    .get(OWN)
                    .topicId();
        }
        for (Uuid refused : List.of(foreign(), Uuid.randomUuid())) {
            try (RawKafkaClient client = tenants.connect(INTRUDER, NODE)) {
                FetchResponseData opened = client.exchange(ApiKeys.FETCH, 17, fetch(0, 0, own, refused), 1, "raw");
                FetchResponseData goesOn = client.exchange(ApiKeys.FETCH, 17, fetch(opened.sessionId(), 1), 2, "raw");
                FetchRequestData forgets = fetch(opened.sessionId(), 2)
                        .setForgottenTopicsData(List.of(new FetchRequestData.ForgottenTopic()
                                .setTopicId(refused)
                                .setPartitions(List.of(0))));
                FetchResponseData forgotten = client.exchange(ApiKeys.FETCH, 17, forgets, 3, "raw");
                FetchResponseData again =
                        client.exchange(ApiKeys.FETCH, 17, fetch(opened.sessionId(), 0, own), 4, "raw");
                FetchResponseData after = client.exchange(ApiKeys.FETCH, 17, fetch(again.sessionId(), 1), 5, "raw");

                assertThat(opened.sessionId()).isNotZero();
                assertThat(errors(opened))
                        .containsExactlyInAnyOrder(tuple(own, Errors.NONE), tuple(refused, Errors.UNKNOWN_TOPIC_ID));
                assertThat(errors(goesOn)).contains(tuple(refused, Errors.UNKNOWN_TOPIC_ID));
                assertThat(forgotten.errorCode()).isEqualTo(Errors.INVALID_FETCH_SESSION_EPOCH.code());
                assertThat(errors(again)).containsExactly(tuple(own, Errors.NONE));
                assertThat(errors(after)).allMatch(each -> each.toList().get(0).equals(own));
                assertThat(Stream.of(opened, goesOn, again, after).map(FetchResponseData::errorCode))
                        .containsOnly(Errors.NONE.code());
            }
        }
    }

    private static List<Tuple> errors(FetchResponseData response) {
        return response.responses().stream()
                .map(topic -> tuple(
                        topic.topicId(),
                        Errors.forCode(topic.partitions().get(0).errorCode())))
                .toList();
    }

    /** Through one gateway made, through the other used, at once and by Kafka's own clients. */
    @Test
    void whoseTopicItIsUsesItAtOnceAtAGatewayThatHasNotHeardOfIt() throws Exception {
        try (Admin admin = Admin.create(tenants.client(elsewhere, OWNER));
                RawKafkaClient raw = tenants.connect(OWNER, NODE);
                KafkaProducer<String, String> producer = Clients.producer(tenants.client(OWNER, "retries", 100))) {
            for (int i = 0; i < 5; i++) {
                String topic = "fresh-" + i;
                Uuid id = admin.createTopics(List.of(new NewTopic(topic, 1, (short) 1)))
                        .topicId(topic)
                        .get();
                // The broker hears of it from the controller: then there is a leader, and it is served by its id.
                await().pollInterval(Duration.ofMillis(20)).untilAsserted(() -> {
                    ProduceResponseData produced = raw.exchange(
                            ApiKeys.PRODUCE,
                            13,
                            RawRequests.produce("", id, 1, null, "raw".getBytes(StandardCharsets.UTF_8)),
                            1,
                            "raw");
                    assertThat(Errors.forCode(produced.responses()
                                    .iterator()
                                    .next()
                                    .partitionResponses()
                                    .get(0)
                                    .errorCode()))
                            .isEqualTo(Errors.NONE);
                });
                producer.send(new ProducerRecord<>(topic, "by the client")).get();

                assertThat(Clients.readAll(tenants.client(OWNER), topic))
                        .extracting(ConsumerRecord::value)
                        .containsExactly("raw", "by the client");
            }
        }
    }

    /**
     * A broker that says what it is told to, as topics cannot be made under an id of one's choice. What the gateway asks for itself comes
     * with its own client id.
     */
    @Test
    void theBrokerOfTheConnectionIsAskedTooAndASessionIsOpenedAgainWithATopicThatIsHeardOfLater() throws Exception {
        Uuid later = Uuid.randomUuid();
        Uuid knownToOne = Uuid.randomUuid();
        Set<Uuid> knownToClients = ConcurrentHashMap.newKeySet();
        Set<Uuid> knownToGateway = ConcurrentHashMap.newKeySet();
        List<FetchRequestData> fetches = new CopyOnWriteArrayList<>();
        try (ScriptedBroker broker = new ScriptedBroker();
                TestGateway gateway = Tenants.ofAlice(knowing(broker, knownToClients, knownToGateway, fetches), "");
                RawKafkaClient client = RawKafkaClient.connect("localhost", gateway.portOf(ScriptedBroker.NODE_ID))) {
            assertThat(client.saslPlain("alice", "alice").errorCode()).isZero();
            knownToClients.add(knownToOne);

            FetchResponseData opened = client.exchange(ApiKeys.FETCH, 17, fetch(0, 0, later, knownToOne), 1, "raw");
            knownToGateway.add(later);
            await().until(() -> {
                FetchResponseData goesOn =
                        client.exchange(ApiKeys.FETCH, 17, fetch(opened.sessionId(), fetches.size()), 2, "raw");
                return goesOn.errorCode() == Errors.INVALID_FETCH_SESSION_EPOCH.code();
            });
            client.exchange(ApiKeys.FETCH, 17, fetch(opened.sessionId(), 0, later, knownToOne), 3, "raw");

            assertThat(errors(opened))
                    .containsExactly(tuple(later, Errors.UNKNOWN_TOPIC_ID), tuple(knownToOne, Errors.UNKNOWN_TOPIC_ID));
            assertThat(ids(fetches.get(0))).hasSize(2).contains(knownToOne).doesNotContain(later);
            assertThat(ids(fetches.get(fetches.size() - 1))).containsExactly(later, knownToOne);
        }
    }

    /** The other topics of the session would wait with it. */
    @Test
    void aFetchOfARunningSessionIsAnsweredWhileTheClusterIsAskedForTheNameOfATopicOfIt() throws Exception {
        Uuid unknown = Uuid.randomUuid();
        CountDownLatch asked = new CountDownLatch(1);
        try (ScriptedBroker broker = new ScriptedBroker();
                TestGateway gateway =
                        Tenants.ofAlice(knowing(broker, Set.of(), Set.of(), new CopyOnWriteArrayList<>()), "");
                RawKafkaClient client = RawKafkaClient.connect("localhost", gateway.portOf(ScriptedBroker.NODE_ID))) {
            assertThat(client.saslPlain("alice", "alice").errorCode()).isZero();
            FetchResponseData opened = client.exchange(ApiKeys.FETCH, 17, fetch(0, 0, unknown), 1, "raw");
            broker.on(ApiKeys.METADATA, (request, connection) -> {
                MetadataRequestData metadata = (MetadataRequestData) request.body();
                if (metadata.topics() == null || metadata.topics().isEmpty()) {
                    connection.respond(request, broker.metadata());
                } else {
                    asked.countDown();
                }
            });

            long longest = 0;
            for (int epoch = 1; asked.getCount() > 0; epoch++) {
                long before = System.nanoTime();
                FetchResponseData goesOn =
                        client.exchange(ApiKeys.FETCH, 17, fetch(opened.sessionId(), epoch), 2, "raw");
                longest = Math.max(longest, System.nanoTime() - before);
                assertThat(Errors.forCode(goesOn.errorCode())).isEqualTo(Errors.NONE);
                asked.await(20, TimeUnit.MILLISECONDS);
            }

            // Whoever waits for the answer does so for two seconds.
            assertThat(Duration.ofNanos(longest)).isLessThan(Duration.ofMillis(1_500));
        }
    }

    private static List<Uuid> ids(FetchRequestData fetch) {
        return fetch.topics().stream().map(FetchRequestData.FetchTopic::topicId).toList();
    }

    private static ScriptedBroker knowing(
            ScriptedBroker broker, Set<Uuid> toClients, Set<Uuid> toGateway, List<FetchRequestData> fetches) {
        return broker.on(ApiKeys.METADATA, (request, connection) -> {
                    MetadataRequestData asked = (MetadataRequestData) request.body();
                    MetadataResponseData answer = broker.metadata();
                    boolean byGateway = "gatehouse".equals(request.header().clientId());
                    if (asked.topics() != null) {
                        asked.topics().stream()
                                .map(MetadataRequestData.MetadataRequestTopic::topicId)
                                .filter((byGateway ? toGateway : toClients)::contains)
                                .forEach(id -> answer.topics()
                                        .add(new MetadataResponseData.MetadataResponseTopic()
                                                .setTopicId(id)
                                                .setName("team." + id)));
                    }
                    connection.respond(request, answer);
                })
                .on(ApiKeys.FETCH, (request, connection) -> {
                    FetchRequestData fetch = (FetchRequestData) request.body();
                    fetches.add(fetch);
                    connection.respond(
                            request,
                            new FetchResponseData()
                                    .setSessionId(1)
                                    .setResponses(fetch.topics().stream()
                                            .map(topic -> new FetchResponseData.FetchableTopicResponse()
                                                    .setTopicId(topic.topicId())
                                                    .setPartitions(List.of(new FetchResponseData.PartitionData()
                                                            .setErrorCode(Errors.UNKNOWN_TOPIC_ID.code()))))
                                            .toList()));
                });
    }

    private static void joinShareGroup(RawKafkaClient client) throws Exception {
        client.exchange(
                ApiKeys.SHARE_GROUP_HEARTBEAT,
                1,
                new ShareGroupHeartbeatRequestData()
                        .setGroupId("sharing")
                        .setMemberId("member")
                        .setSubscribedTopicNames(List.of(OWN)),
                1,
                "raw");
    }

    private static ShareFetchRequestData shareFetch(int epoch, Uuid id) {
        ShareFetchRequestData request = new ShareFetchRequestData()
                .setGroupId("sharing")
                .setMemberId("member")
                .setShareSessionEpoch(epoch)
                .setMaxWaitMs(100)
                .setMaxBytes(1_000)
                .setMaxRecords(10)
                .setBatchSize(10);
        ShareFetchRequestData.FetchTopic topic = new ShareFetchRequestData.FetchTopic().setTopicId(id);
        topic.partitions().add(new ShareFetchRequestData.FetchPartition().setPartitionIndex(0));
        request.topics().add(topic);
        return request;
    }

    private static FetchRequestData fetch(int session, int epoch, Uuid... ids) {
        return new FetchRequestData()
                .setMaxWaitMs(10)
                .setMaxBytes(1 << 20)
                .setSessionId(session)
                .setSessionEpoch(epoch)
                .setTopics(Stream.of(ids)
                        .map(id -> new FetchRequestData.FetchTopic()
                                .setTopicId(id)
                                .setPartitions(List.of(new FetchRequestData.FetchPartition()
                                        .setPartition(0)
                                        .setPartitionMaxBytes(1 << 20))))
                        .toList());
    }
}
