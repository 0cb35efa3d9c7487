/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.plugins.acl;

import static org.apache.kafka.common.acl.AclOperation.CLUSTER_ACTION;
import static org.apache.kafka.common.acl.AclOperation.READ;
import static org.apache.kafka.common.resource.ResourceType.CLUSTER;
import static org.apache.kafka.common.resource.ResourceType.GROUP;
import static org.apache.kafka.common.resource.ResourceType.TOPIC;
import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.spi.testkit.Outcome;
import java.util.List;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.FetchRequestData;
import org.apache.kafka.common.message.FetchResponseData;
import org.apache.kafka.common.message.FetchResponseData.FetchableTopicResponse;
import org.apache.kafka.common.message.ShareAcknowledgeRequestData;
import org.apache.kafka.common.message.ShareAcknowledgeResponseData;
import org.apache.kafka.common.message.ShareFetchRequestData;
import org.apache.kafka.common.message.ShareFetchResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Test;

/** Fetch and share sessions carry topics from one request to the next, and so do their denials. */
class SessionsTest {

    private static final short FETCH_VERSION = 12;
    private static final int SESSION = 77;
    private static final short SHARE_VERSION = 2;
    private static final Uuid A = new Uuid(1, 1);
    private static final Uuid B = new Uuid(1, 2);
    private static final String MEMBER = "AAAAAAAAAAAAAAAAAAAAAA";

    @Test
    void deniedPartitionsNeverReachTheBrokersSessionAndAreToldInEachResponseOfIt() {
        try (Gateway gateway = Gateway.enforcing().allow(READ, TOPIC, "a")) {
            Outcome first = fetch(gateway, 0, 0, "a", "b");
            Outcome firstAnswer = first.response(answer("a"));
            Outcome next = fetch(gateway, SESSION, 1);
            Outcome nextAnswer = next.response(answer());

            assertThat(first.message(FetchRequestData.class).topics())
                    .extracting(FetchRequestData.FetchTopic::topic)
                    .containsExactly("a");
            assertThat(denied(firstAnswer)).containsExactly("b");
            assertThat(denied(nextAnswer)).containsExactly("b");
        }
    }

    @Test
    void aDeniedTopicThatIsForgottenIsToldNoMore() {
        try (Gateway gateway = Gateway.enforcing().allow(READ, TOPIC, "a")) {
            fetch(gateway, 0, 0, "a", "b").response(answer("a"));
            FetchRequestData forgetting = request(SESSION, 1)
                    .setForgottenTopicsData(List.of(
                            new FetchRequestData.ForgottenTopic().setTopic("b").setPartitions(List.of(0))));

            Outcome outcome = gateway.harness().request(ApiKeys.FETCH, FETCH_VERSION, forgetting);

            assertThat(outcome.kind()).isEqualTo(Outcome.Kind.FORWARDED);
            assertThat(outcome.response(answer()).changed()).isFalse();
        }
    }

    @Test
    void nothingIsForwardedWhenNothingIsLeft() {
        try (Gateway gateway = Gateway.enforcing()) {
            Outcome outcome = fetch(gateway, 0, 0, "a", "b");

            assertThat(outcome.kind()).isEqualTo(Outcome.Kind.RESPONDED);
            assertThat(denied(outcome)).containsExactly("a", "b");
        }
    }

    @Test
    void aSessionWhoseUserLosesARightHasToBeOpenedAgain() {
        try (Gateway gateway = Gateway.enforcing().allow(READ, TOPIC, "a").allow(READ, TOPIC, "b")) {
            fetch(gateway, 0, 0, "a", "b").response(answer("a", "b"));
            gateway.unbind();

            Outcome next = fetch(gateway, SESSION, 1);
            Outcome again = fetch(gateway, 0, 0, "a", "b");

            assertThat(next.error()).isEqualTo(Errors.INVALID_FETCH_SESSION_EPOCH);
            assertThat(again.message(FetchRequestData.class).topics()).hasSize(1);
        }
    }

    /** An answer of the gateway's own opens no session, and neither does a request whose answer is still to come. */
    @Test
    void theOldSessionStaysClosedWhateverIsAskedInFull() {
        try (Gateway gateway = Gateway.enforcing().allow(READ, TOPIC, "b").allow(READ, TOPIC, "a")) {
            fetch(gateway, 0, 0, "a").response(answer("a"));
            gateway.unbind();

            Outcome local = fetch(gateway, 0, 0, "a");
            Outcome afterLocal = fetch(gateway, SESSION, 1);
            Outcome opening = fetch(gateway, 0, 0, "b");
            Outcome inBetween = fetch(gateway, SESSION, 1);
            opening.response(answer("b").setSessionId(SESSION + 1));
            Outcome old = fetch(gateway, SESSION, 1);

            assertThat(local.kind()).isEqualTo(Outcome.Kind.RESPONDED);
            assertThat(List.of(afterLocal, inBetween, old)).allMatch(next -> next.kind() == Outcome.Kind.REFUSED);
            assertThat(afterLocal.error()).isEqualTo(Errors.INVALID_FETCH_SESSION_EPOCH);
        }
    }

    @Test
    void theOldSessionOfWhoMightReadEverythingStaysClosedToo() {
        try (Gateway gateway = Gateway.enforcing().allow(READ, TOPIC, "*")) {
            fetch(gateway, 0, 0, "a").response(answer("a"));
            gateway.deny(READ, TOPIC, "a");

            fetch(gateway, 0, 0, "a");
            Outcome next = fetch(gateway, SESSION, 1);

            assertThat(next.error()).isEqualTo(Errors.INVALID_FETCH_SESSION_EPOCH);
        }
    }

    @Test
    void aSessionThatWasOpenedUnderTheRulesOfNowGoesOn() {
        try (Gateway gateway = Gateway.enforcing().allow(READ, TOPIC, "a")) {
            Outcome first = fetch(gateway, 0, 0, "a");
            boolean changed = first.response(answer("a")).changed();

            Outcome next = fetch(gateway, SESSION, 1);

            assertThat(changed).isFalse();
            assertThat(next.kind()).isEqualTo(Outcome.Kind.FORWARDED);
            assertThat(next.changed()).isFalse();
        }
    }

    @Test
    void theSameHoldsForWhoMightReadEverythingBefore() {
        try (Gateway gateway =
                Gateway.enforcing().allow(READ, TOPIC, "*").allow(CLUSTER_ACTION, CLUSTER, "kafka-cluster")) {
            Outcome free = fetch(gateway, 0, 0, "a");
            free.response(answer("a"));
            gateway.deny(READ, TOPIC, "a");

            Outcome next = fetch(gateway, SESSION, 1);

            assertThat(free.changed()).isFalse();
            assertThat(gateway.harness().handlesRequests(ApiKeys.FETCH)).isTrue();
            assertThat(next.error()).isEqualTo(Errors.INVALID_FETCH_SESSION_EPOCH);
        }
    }

    @Test
    void aReplicaNeedsTheRightOfOneEvenIfItMayReadEverything() {
        try (Gateway gateway = Gateway.enforcing().allow(READ, TOPIC, "*")) {
            Outcome outcome = gateway.harness()
                    .request(ApiKeys.FETCH, FETCH_VERSION, request(0, -1, "a").setReplicaId(1));

            assertThat(denied(outcome)).containsExactly("a");
        }
    }

    @Test
    void deniedPartitionsOfAShareSessionAreToldInEachResponseOfIt() {
        try (Gateway gateway = Gateway.enforcing().allow(READ, TOPIC, "a").allow(READ, GROUP, "g")) {
            gateway.harness().topic(A, "a").topic(B, "b");

            Outcome first = shareFetch(gateway, 0, A, B);
            Outcome firstAnswer = first.response(new ShareFetchResponseData());
            Outcome nextAnswer = shareFetch(gateway, 1).response(new ShareFetchResponseData());
            Outcome acknowledged = acknowledge(gateway, A, B).response(new ShareAcknowledgeResponseData());

            assertThat(first.message(ShareFetchRequestData.class).topics())
                    .extracting(ShareFetchRequestData.FetchTopic::topicId)
                    .containsExactly(A);
            assertThat(shareDenied(firstAnswer)).containsExactly(B);
            assertThat(shareDenied(nextAnswer)).containsExactly(B);
            assertThat(acknowledged.message(ShareAcknowledgeResponseData.class).responses())
                    .extracting(topic -> topic.partitions().get(0).errorCode())
                    .containsExactly(Errors.TOPIC_AUTHORIZATION_FAILED.code());
        }
    }

    @Test
    void aShareSessionWhoseUserLosesARightHasToBeOpenedAgain() {
        try (Gateway gateway = Gateway.enforcing()
                .allow(READ, GROUP, "g")
                .allow(READ, TOPIC, "a")
                .allow(READ, TOPIC, "b")) {
            gateway.harness().topic(A, "a").topic(B, "b");
            shareFetch(gateway, 0, A, B).response(new ShareFetchResponseData());
            gateway.unbind();

            Outcome next = shareFetch(gateway, 1);

            assertThat(next.error()).isEqualTo(Errors.SHARE_SESSION_NOT_FOUND);
        }
    }

    /** Kafka refuses acknowledgements in the first epoch before it looks at the session, which may be another member's. */
    @Test
    void aShareSessionThatTheBrokerRefusesToOpenIsNotOpen() {
        try (Gateway gateway = Gateway.enforcing().allow(READ, GROUP, "g").allow(READ, TOPIC, "a")) {
            gateway.harness().topic(A, "a");
            shareFetch(gateway, 0, A)
                    .response(new ShareFetchResponseData().setErrorCode(Errors.INVALID_REQUEST.code()));

            Outcome next = shareFetch(gateway, 1);

            assertThat(next.error()).isEqualTo(Errors.SHARE_SESSION_NOT_FOUND);
        }
    }

    @Test
    void aConnectionThatOpensShareSessionAfterShareSessionHasToOpenTheFirstAgain() {
        try (Gateway gateway = Gateway.enforcing().allow(READ, GROUP, "g").allow(READ, TOPIC, "a")) {
            gateway.harness().topic(A, "a");
            for (int i = 0; i <= 16; i++) {
                shareFetchOf("member" + i, gateway, 0, A).response(new ShareFetchResponseData());
            }

            assertThat(shareFetchOf("member16", gateway, 1).kind()).isEqualTo(Outcome.Kind.FORWARDED);
            assertThat(shareFetchOf("member0", gateway, 1).error()).isEqualTo(Errors.SHARE_SESSION_NOT_FOUND);
        }
    }

    private static Outcome fetch(Gateway gateway, int session, int epoch, String... topics) {
        return gateway.harness().request(ApiKeys.FETCH, FETCH_VERSION, request(session, epoch, topics));
    }

    private static FetchRequestData request(int session, int epoch, String... topics) {
        return new FetchRequestData()
                .setSessionId(session)
                .setSessionEpoch(epoch)
                .setTopics(List.of(topics).stream()
                        .map(topic -> new FetchRequestData.FetchTopic()
                                .setTopic(topic)
                                .setPartitions(List.of(new FetchRequestData.FetchPartition().setPartition(0))))
                        .toList());
    }

    private static FetchResponseData answer(String... topics) {
        return new FetchResponseData()
                .setSessionId(SESSION)
                .setResponses(List.of(topics).stream()
                        .map(topic -> new FetchableTopicResponse()
                                .setTopic(topic)
                                .setPartitions(List.of(new FetchResponseData.PartitionData())))
                        .toList());
    }

    private static List<String> denied(Outcome outcome) {
        return outcome.message(FetchResponseData.class).responses().stream()
                .filter(topic -> topic.partitions().get(0).errorCode() == Errors.TOPIC_AUTHORIZATION_FAILED.code())
                .map(FetchableTopicResponse::topic)
                .toList();
    }

    private static Outcome shareFetch(Gateway gateway, int epoch, Uuid... topics) {
        return shareFetchOf(MEMBER, gateway, epoch, topics);
    }

    private static Outcome shareFetchOf(String member, Gateway gateway, int epoch, Uuid... topics) {
        ShareFetchRequestData request =
                new ShareFetchRequestData().setGroupId("g").setMemberId(member).setShareSessionEpoch(epoch);
        for (Uuid id : topics) {
            ShareFetchRequestData.FetchTopic topic = new ShareFetchRequestData.FetchTopic().setTopicId(id);
            topic.partitions().add(new ShareFetchRequestData.FetchPartition());
            request.topics().add(topic);
        }
        return gateway.harness().request(ApiKeys.SHARE_FETCH, SHARE_VERSION, request);
    }

    private static Outcome acknowledge(Gateway gateway, Uuid... topics) {
        ShareAcknowledgeRequestData request = new ShareAcknowledgeRequestData()
                .setGroupId("g")
                .setMemberId(MEMBER)
                .setShareSessionEpoch(2);
        for (Uuid id : topics) {
            ShareAcknowledgeRequestData.AcknowledgeTopic topic =
                    new ShareAcknowledgeRequestData.AcknowledgeTopic().setTopicId(id);
            topic.partitions().add(new ShareAcknowledgeRequestData.AcknowledgePartition());
            request.topics().add(topic);
        }
        return gateway.harness().request(ApiKeys.SHARE_ACKNOWLEDGE, SHARE_VERSION, request);
    }

    private static List<Uuid> shareDenied(Outcome outcome) {
        return outcome.message(ShareFetchResponseData.class).responses().stream()
                .filter(topic -> topic.partitions().get(0).errorCode() == Errors.TOPIC_AUTHORIZATION_FAILED.code())
                .map(ShareFetchResponseData.ShareFetchableTopicResponse::topicId)
                .toList();
    }
}
