/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.plugins.namespace;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.plugins.namespace.NamespaceConfig.Additional;
import io.gatehouse.plugins.namespace.NamespaceConfig.Mode;
import io.gatehouse.plugins.namespace.NamespaceConfig.Overlap;
import io.gatehouse.spi.User;
import io.gatehouse.spi.testkit.InterceptorHarness;
import io.gatehouse.spi.testkit.Outcome;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatRequestData;
import org.apache.kafka.common.message.DeleteTopicsRequestData;
import org.apache.kafka.common.message.FetchRequestData;
import org.apache.kafka.common.message.FetchResponseData;
import org.apache.kafka.common.message.MetadataRequestData;
import org.apache.kafka.common.message.OffsetCommitRequestData;
import org.apache.kafka.common.message.OffsetFetchRequestData;
import org.apache.kafka.common.message.OffsetFetchResponseData;
import org.apache.kafka.common.message.ProduceRequestData;
import org.apache.kafka.common.message.ShareAcknowledgeRequestData;
import org.apache.kafka.common.message.ShareFetchRequestData;
import org.apache.kafka.common.message.ShareFetchResponseData;
import org.apache.kafka.common.message.TxnOffsetCommitRequestData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Test;

/** Ids of topics that nobody can name, which may be those of foreign topics that were made a moment ago. */
class UnknownTopicIdsTest {

    private static final int SESSION = 7;

    /** How each API names a topic by its id. */
    private static final Map<ApiKeys, Function<Uuid, ApiMessage>> REQUESTS = Map.of(
            ApiKeys.CONSUMER_GROUP_HEARTBEAT,
            id -> new ConsumerGroupHeartbeatRequestData()
                    .setGroupId("g")
                    .setMemberId("m")
                    .setTopicPartitions(List.of(new ConsumerGroupHeartbeatRequestData.TopicPartitions()
                            .setTopicId(id)
                            .setPartitions(List.of(0)))),
            ApiKeys.DELETE_TOPICS,
            id -> new DeleteTopicsRequestData()
                    .setTopics(List.of(new DeleteTopicsRequestData.DeleteTopicState()
                            .setTopicId(id)
                            .setName(null))),
            ApiKeys.FETCH,
            id -> fetch(0, id)
                    .setForgottenTopicsData(List.of(
                            new FetchRequestData.ForgottenTopic().setTopicId(id).setPartitions(List.of(3)))),
            ApiKeys.METADATA,
            id -> new MetadataRequestData()
                    .setTopics(List.of(new MetadataRequestData.MetadataRequestTopic()
                            .setTopicId(id)
                            .setName(null))),
            ApiKeys.OFFSET_COMMIT,
            id -> new OffsetCommitRequestData()
                    .setGroupId("g")
                    .setTopics(List.of(new OffsetCommitRequestData.OffsetCommitRequestTopic().setTopicId(id))),
            ApiKeys.OFFSET_FETCH,
            id -> new OffsetFetchRequestData()
                    .setGroups(List.of(new OffsetFetchRequestData.OffsetFetchRequestGroup()
                            .setGroupId("g")
                            .setTopics(List.of(new OffsetFetchRequestData.OffsetFetchRequestTopics().setTopicId(id))))),
            ApiKeys.PRODUCE,
            id -> {
                ProduceRequestData request = new ProduceRequestData().setAcks((short) 1);
                request.topicData().add(new ProduceRequestData.TopicProduceData().setTopicId(id));
                return request;
            },
            ApiKeys.SHARE_ACKNOWLEDGE,
            id -> {
                ShareAcknowledgeRequestData request =
                        new ShareAcknowledgeRequestData().setGroupId("g").setMemberId("m");
                request.topics().add(new ShareAcknowledgeRequestData.AcknowledgeTopic().setTopicId(id));
                return request;
            },
            ApiKeys.SHARE_FETCH,
            id -> shareFetch(0, id)
                    .setForgottenTopicsData(List.of(new ShareFetchRequestData.ForgottenTopic()
                            .setTopicId(id)
                            .setPartitions(List.of(3)))),
            ApiKeys.TXN_OFFSET_COMMIT,
            id -> new TxnOffsetCommitRequestData()
                    .setTransactionalId("t")
                    .setGroupId("g")
                    .setTopics(List.of(new TxnOffsetCommitRequestData.TxnOffsetCommitRequestTopic().setTopicId(id))));

    @Test
    void noApiForwardsAnIdThatIsNotKnownOrForeign() {
        assertThat(REQUESTS.keySet()).isEqualTo(namingIds());

        REQUESTS.forEach((api, request) -> {
            Uuid id = Uuid.randomUuid();
            for (boolean known : List.of(false, true)) {
                try (InterceptorHarness harness = harness()) {
                    if (known) {
                        harness.topic(id, "team-b.orders");
                    }
                    if (api == ApiKeys.SHARE_ACKNOWLEDGE) {
                        openShareSession(harness);
                    }
                    Outcome outcome = harness.request(api, api.latestVersion(), request.apply(id));

                    assertThat(outcome.kind()).as(api.name).isEqualTo(Outcome.Kind.FORWARDED);
                    assertThat(ids(api, outcome.message()))
                            .as(api.name)
                            .hasSize(1)
                            .doesNotContain(id, Uuid.ZERO_UUID);
                }
            }
        });
    }

    @Test
    void theIdOfAnOwnTopicIsForwarded() {
        REQUESTS.forEach((api, request) -> {
            Uuid id = Uuid.randomUuid();
            try (InterceptorHarness harness = harness().topic(id, "team-a.orders")) {
                if (api == ApiKeys.SHARE_ACKNOWLEDGE) {
                    openShareSession(harness);
                }
                Outcome outcome = harness.request(api, api.latestVersion(), request.apply(id));

                assertThat(ids(api, outcome.message())).as(api.name).containsExactly(id);
            }
        });
    }

    @Test
    void theBrokersAnswerComesBackWithTheIdThatTheClientSaid() {
        Uuid unknown = Uuid.randomUuid();
        try (InterceptorHarness harness = harness()) {
            Outcome outcome = harness.request(ApiKeys.FETCH, (short) 17, fetch(0, unknown));
            Uuid standIn = sent(outcome).topics().get(0).topicId();

            assertThat(seen(outcome, standIn).responses()).singleElement().satisfies(topic -> {
                assertThat(topic.topicId()).isEqualTo(unknown);
                assertThat(Errors.forCode(topic.partitions().get(0).errorCode()))
                        .isEqualTo(Errors.UNKNOWN_TOPIC_ID);
            });
        }
    }

    /** A client says an id once: it has to say it again. */
    @Test
    void aFetchSessionIsOpenedAgainWithATopicThatIsHeardOfLater() {
        Uuid unknown = Uuid.randomUuid();
        Uuid other = Uuid.randomUuid();
        try (InterceptorHarness harness = harness().topic(other, "team-a.other")) {
            Outcome opened = harness.request(ApiKeys.FETCH, (short) 17, fetch(0, unknown, other));
            Uuid standIn = sent(opened).topics().get(0).topicId();
            seen(opened, standIn);

            Outcome goesOn = harness.request(ApiKeys.FETCH, (short) 17, fetch(1));
            FetchResponseData stillUnknown = seen(goesOn, standIn);
            harness.topic(unknown, "team-a.orders");
            Outcome heardOf = harness.request(ApiKeys.FETCH, (short) 17, fetch(2));
            Outcome again = harness.request(
                    ApiKeys.FETCH, (short) 17, fetch(0, unknown, other).setSessionId(SESSION));
            again.response(new FetchResponseData().setSessionId(SESSION + 1));
            Outcome after = harness.request(ApiKeys.FETCH, (short) 17, fetch(1).setSessionId(SESSION + 1));

            assertThat(goesOn.changed()).isFalse();
            assertThat(stillUnknown.responses())
                    .extracting(topic -> topic.topicId())
                    .containsExactly(unknown);
            assertThat(heardOf.error()).isEqualTo(Errors.INVALID_FETCH_SESSION_EPOCH);
            assertThat(again.changed()).isFalse();
            assertThat(after.changed()).isFalse();
        }
    }

    @Test
    void aTopicThatTurnsOutToBeForeignNeverEntersTheSession() {
        Uuid foreign = Uuid.randomUuid();
        try (InterceptorHarness harness = harness()) {
            Outcome opened = harness.request(ApiKeys.FETCH, (short) 17, fetch(0, foreign));
            seen(opened, sent(opened).topics().get(0).topicId());
            harness.topic(foreign, "team-b.orders");

            Outcome goesOn = harness.request(ApiKeys.FETCH, (short) 17, fetch(1));

            assertThat(goesOn.changed()).isFalse();
        }
    }

    /** Responses of a session without stand-ins are cut through again. */
    @Test
    void aSessionIsOpenedAgainWithoutATopicThatIsNotThereAndThatTheClientForgets() {
        Uuid unknown = Uuid.randomUuid();
        try (InterceptorHarness harness = harness()) {
            Outcome opened = harness.request(ApiKeys.FETCH, (short) 17, fetch(0, unknown));
            seen(opened, sent(opened).topics().get(0).topicId());

            Outcome forgotten = harness.request(ApiKeys.FETCH, (short) 17, forgetting(unknown));

            assertThat(forgotten.error()).isEqualTo(Errors.INVALID_FETCH_SESSION_EPOCH);
        }
    }

    /** As the id of an additional topic, when the namespace has one of that name by now. */
    @Test
    void whatTheClientDoesNotSeeAnyMoreLeavesTheSessionWhenItIsForgotten() {
        Uuid once = Uuid.randomUuid();
        Uuid foreign = Uuid.randomUuid();
        try (InterceptorHarness harness = harness().topic(once, "team-a.orders")) {
            seen(harness.request(ApiKeys.FETCH, (short) 17, fetch(0, once)), once);
            harness.topic(once, "team-b.orders");

            Outcome forgotten = harness.request(ApiKeys.FETCH, (short) 17, forgetting(once));
            Outcome neverThere = harness.request(ApiKeys.FETCH, (short) 17, forgetting(foreign));

            assertThat(sent(forgotten).forgottenTopicsData())
                    .extracting(topic -> topic.topicId())
                    .containsExactly(once);
            assertThat(neverThere.changed()).isFalse();
        }
    }

    /** What is in them was let in by other rules. */
    @Test
    void sessionsHaveToBeOpenedAgainWhenTheRulesAreOthers() {
        Uuid own = Uuid.randomUuid();
        try (InterceptorHarness harness = harness().topic(own, "team-a.orders")) {
            seen(harness.request(ApiKeys.FETCH, (short) 17, fetch(0, own)), own);
            openShareSession(harness);

            harness.user(User.named("alice")
                    .virtualCluster("team-a")
                    .cluster("local")
                    .groups(Set.of("others"))
                    .build());

            assertThat(harness.request(ApiKeys.FETCH, (short) 17, fetch(1))
                            .message(FetchResponseData.class)
                            .errorCode())
                    .isEqualTo(Errors.FETCH_SESSION_ID_NOT_FOUND.code());
            assertThat(harness.request(ApiKeys.SHARE_FETCH, (short) 1, shareFetch(1))
                            .message(ShareFetchResponseData.class)
                            .errorCode())
                    .isEqualTo(Errors.SHARE_SESSION_NOT_FOUND.code());
            seen(harness.request(ApiKeys.FETCH, (short) 17, fetch(0, own)), own);
            assertThat(harness.request(ApiKeys.FETCH, (short) 17, fetch(1)).kind())
                    .isEqualTo(Outcome.Kind.FORWARDED);
        }
    }

    @Test
    void onlyWhatTheBrokerHasAcceptedChangesWhatIsRememberedOfASession() {
        Uuid unknown = Uuid.randomUuid();
        try (InterceptorHarness harness = harness()) {
            Outcome opened = harness.request(ApiKeys.FETCH, (short) 17, fetch(0, unknown));
            Uuid standIn = sent(opened).topics().get(0).topicId();
            seen(opened, standIn);
            FetchRequestData withoutSession = fetch(0, Uuid.randomUuid()).setSessionEpoch(-1);
            harness.request(ApiKeys.FETCH, (short) 17, withoutSession).response(new FetchResponseData());
            harness.request(ApiKeys.FETCH, (short) 17, fetch(0, Uuid.randomUuid()))
                    .response(new FetchResponseData().setErrorCode(Errors.UNKNOWN_SERVER_ERROR.code()));
            Outcome inForeignSession =
                    harness.request(ApiKeys.FETCH, (short) 17, fetch(1, unknown).setSessionId(SESSION + 1));

            Outcome goesOn = harness.request(ApiKeys.FETCH, (short) 17, fetch(1));

            assertThat(inForeignSession.message(FetchResponseData.class).errorCode())
                    .isEqualTo(Errors.FETCH_SESSION_ID_NOT_FOUND.code());
            assertThat(seen(goesOn, standIn).responses())
                    .extracting(topic -> topic.topicId())
                    .containsExactly(unknown);
        }
    }

    @Test
    void aFetchSessionKeepsNoMoreThanSoManyTopicsThatAreNotThere() {
        Uuid[] most = unknownIds(1_000);
        Uuid[] tooMany = unknownIds(1_001);
        try (InterceptorHarness harness = harness()) {
            Outcome withoutSession = harness.request(ApiKeys.FETCH, (short) 17, fetch(0, tooMany));
            FetchRequestData sent = sent(withoutSession);
            Uuid first = sent.topics().get(0).topicId();
            Outcome opened = harness.request(ApiKeys.FETCH, (short) 17, fetch(0, most));
            seen(opened, sent(opened).topics().get(0).topicId());

            Outcome more = harness.request(ApiKeys.FETCH, (short) 17, fetch(1, Uuid.randomUuid()));
            Outcome again = harness.request(ApiKeys.FETCH, (short) 17, fetch(1, most));

            assertThat(sent.sessionEpoch()).isEqualTo(-1);
            assertThat(seen(withoutSession, first).responses())
                    .extracting(topic -> topic.topicId())
                    .containsExactly(tooMany[0]);
            assertThat(sent(opened).sessionEpoch()).isZero();
            assertThat(more.error()).isEqualTo(Errors.INVALID_FETCH_SESSION_EPOCH);
            assertThat(again.kind()).isEqualTo(Outcome.Kind.FORWARDED);
        }
    }

    @Test
    void theShareSessionsOfAConnectionKeepNoMoreThanSoManyTopicsThatAreNotThere() {
        try (InterceptorHarness harness = harness()) {
            Outcome tooMany = harness.request(ApiKeys.SHARE_FETCH, (short) 1, shareFetch(0, unknownIds(1_001)));
            for (int member = 0; member < 10; member++) {
                Outcome opened = harness.request(
                        ApiKeys.SHARE_FETCH, (short) 1, ofMember(member, shareFetch(0, unknownIds(100))));
                assertThat(opened.kind()).isEqualTo(Outcome.Kind.FORWARDED);
                opened.response(new ShareFetchResponseData());
            }

            Outcome oneMore =
                    harness.request(ApiKeys.SHARE_FETCH, (short) 1, ofMember(10, shareFetch(0, unknownIds(1))));
            Outcome goesOn = harness.request(ApiKeys.SHARE_FETCH, (short) 1, ofMember(9, shareFetch(1)));
            goesOn.response(new ShareFetchResponseData());
            Outcome withoutThem = harness.request(ApiKeys.SHARE_FETCH, (short) 1, ofMember(10, shareFetch(0)));
            harness.request(ApiKeys.SHARE_FETCH, (short) 1, ofMember(9, shareFetch(-1)))
                    .response(new ShareFetchResponseData());
            Outcome roomAgain =
                    harness.request(ApiKeys.SHARE_FETCH, (short) 1, ofMember(10, shareFetch(0, unknownIds(1))));

            assertThat(tooMany.error()).isEqualTo(Errors.SHARE_SESSION_LIMIT_REACHED);
            assertThat(oneMore.error()).isEqualTo(Errors.SHARE_SESSION_LIMIT_REACHED);
            assertThat(goesOn.kind()).isEqualTo(Outcome.Kind.FORWARDED);
            assertThat(withoutThem.kind()).isEqualTo(Outcome.Kind.FORWARDED);
            assertThat(roomAgain.kind()).isEqualTo(Outcome.Kind.FORWARDED);
        }
    }

    private static Uuid[] unknownIds(int count) {
        return Stream.generate(Uuid::randomUuid).limit(count).toArray(Uuid[]::new);
    }

    private static ShareFetchRequestData ofMember(int member, ShareFetchRequestData request) {
        return request.setMemberId("m" + member);
    }

    private static FetchRequestData forgetting(Uuid topic) {
        return fetch(1).setForgottenTopicsData(List.of(
                new FetchRequestData.ForgottenTopic().setTopicId(topic).setPartitions(List.of(3))));
    }

    @Test
    void aShareSessionIsOpenedAgainWithATopicThatIsHeardOfLater() {
        Uuid unknown = Uuid.randomUuid();
        try (InterceptorHarness harness = harness()) {
            Outcome opened = harness.request(ApiKeys.SHARE_FETCH, (short) 1, shareFetch(0, unknown));
            Uuid standIn = opened.message(ShareFetchRequestData.class)
                    .topics()
                    .iterator()
                    .next()
                    .topicId();
            ShareFetchResponseData refused = shared(opened, standIn);
            harness.topic(unknown, "team-a.orders");

            Outcome heardOf = harness.request(ApiKeys.SHARE_FETCH, (short) 1, shareFetch(1));
            Outcome again = harness.request(ApiKeys.SHARE_FETCH, (short) 1, shareFetch(0, unknown));
            shared(again, unknown);
            Outcome after = harness.request(ApiKeys.SHARE_FETCH, (short) 1, shareFetch(1));

            assertThat(refused.responses()).extracting(topic -> topic.topicId()).containsExactly(unknown);
            assertThat(heardOf.error()).isEqualTo(Errors.SHARE_SESSION_NOT_FOUND);
            assertThat(again.message(ShareFetchRequestData.class).topics())
                    .extracting(topic -> topic.topicId())
                    .containsExactly(unknown);
            assertThat(after.kind()).isEqualTo(Outcome.Kind.FORWARDED);
        }
    }

    @Test
    void committedOffsetsOfATopicThatNobodyCanNameAreNotListed() {
        Uuid own = Uuid.randomUuid();
        try (InterceptorHarness harness = harness().topic(own, "team-a.orders")) {
            Outcome outcome = harness.request(
                    ApiKeys.OFFSET_FETCH,
                    (short) 10,
                    new OffsetFetchRequestData()
                            .setGroups(List.of(new OffsetFetchRequestData.OffsetFetchRequestGroup()
                                    .setGroupId("g")
                                    .setTopics(null))));
            OffsetFetchResponseData seen = outcome.response(new OffsetFetchResponseData()
                            .setGroups(List.of(new OffsetFetchResponseData.OffsetFetchResponseGroup()
                                    .setGroupId("team-a.g")
                                    .setTopics(List.of(
                                            new OffsetFetchResponseData.OffsetFetchResponseTopics().setTopicId(own),
                                            new OffsetFetchResponseData.OffsetFetchResponseTopics()
                                                    .setTopicId(Uuid.randomUuid()))))))
                    .message(OffsetFetchResponseData.class);

            assertThat(seen.groups().get(0).topics())
                    .extracting(topic -> topic.topicId())
                    .containsExactly(own);
        }
    }

    private static void openShareSession(InterceptorHarness harness) {
        harness.request(ApiKeys.SHARE_FETCH, (short) 1, shareFetch(0)).response(new ShareFetchResponseData());
    }

    private static FetchRequestData sent(Outcome outcome) {
        return outcome.message(FetchRequestData.class);
    }

    /** What the client sees when the broker answers for a topic. */
    private static FetchResponseData seen(Outcome outcome, Uuid topic) {
        return outcome.response(new FetchResponseData()
                        .setSessionId(SESSION)
                        .setResponses(List.of(new FetchResponseData.FetchableTopicResponse()
                                .setTopicId(topic)
                                .setPartitions(List.of(new FetchResponseData.PartitionData()
                                        .setPartitionIndex(3)
                                        .setErrorCode(Errors.UNKNOWN_TOPIC_ID.code()))))))
                .message(FetchResponseData.class);
    }

    private static ShareFetchResponseData shared(Outcome outcome, Uuid topic) {
        ShareFetchResponseData response = new ShareFetchResponseData();
        response.responses().add(new ShareFetchResponseData.ShareFetchableTopicResponse().setTopicId(topic));
        return outcome.response(response).message(ShareFetchResponseData.class);
    }

    private static FetchRequestData fetch(int epoch, Uuid... topics) {
        return new FetchRequestData()
                .setSessionId(epoch == 0 ? 0 : SESSION)
                .setSessionEpoch(epoch)
                .setTopics(Arrays.stream(topics)
                        .map(id -> new FetchRequestData.FetchTopic()
                                .setTopicId(id)
                                .setPartitions(List.of(new FetchRequestData.FetchPartition()
                                        .setPartition(3)
                                        .setFetchOffset(42)
                                        .setPartitionMaxBytes(1_000))))
                        .toList());
    }

    private static ShareFetchRequestData shareFetch(int epoch, Uuid... topics) {
        ShareFetchRequestData request =
                new ShareFetchRequestData().setGroupId("g").setMemberId("m").setShareSessionEpoch(epoch);
        for (Uuid id : topics) {
            ShareFetchRequestData.FetchTopic topic = new ShareFetchRequestData.FetchTopic().setTopicId(id);
            topic.partitions().add(new ShareFetchRequestData.FetchPartition().setPartitionIndex(3));
            request.topics().add(topic);
        }
        return request;
    }

    private static Set<Uuid> ids(ApiKeys api, ApiMessage request) {
        Set<Uuid> ids = new HashSet<>();
        shape(api).visit(request, new FieldVisitor() {
            @Override
            public String text(Field field, String value, Object owner) {
                return value;
            }

            @Override
            public Uuid id(Field field, Uuid value, Object owner) {
                ids.add(value);
                return value;
            }

            @Override
            public byte[] bytes(Field field, byte[] value, Object owner) {
                return value;
            }
        });
        return ids;
    }

    private static MessageShape shape(ApiKeys api) {
        return Shapes.OF_KAFKA.find(api).orElseThrow().request(api.latestVersion());
    }

    private static Set<ApiKeys> namingIds() {
        return Shapes.OF_KAFKA.apis().keySet().stream()
                .filter(api -> shape(api).fields().anyMatch(field -> field.kind() == FieldKind.TOPIC_ID))
                .collect(Collectors.toSet());
    }

    private static InterceptorHarness harness() {
        return InterceptorHarness.of(
                new NamespaceInterceptorFactory(),
                new NamespaceConfig("team-a.", Mode.HIDE, new Additional(List.of(), List.of()), Overlap.REFUSE),
                User.named("alice").virtualCluster("team-a").cluster("local").build());
    }
}
