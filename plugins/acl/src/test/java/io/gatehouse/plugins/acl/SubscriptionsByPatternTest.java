/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.plugins.acl;

import static org.apache.kafka.common.acl.AclOperation.READ;
import static org.apache.kafka.common.resource.ResourceType.GROUP;
import static org.apache.kafka.common.resource.ResourceType.TOPIC;
import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.spi.testkit.Outcome;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatRequestData;
import org.apache.kafka.common.message.MetadataResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Patterns of KIP-848 reach what the user may describe, although the broker expands them with the gateway's rights. */
class SubscriptionsByPatternTest {

    private final List<String> topics = Collections.synchronizedList(new ArrayList<>());

    @ParameterizedTest
    @ValueSource(strings = {"orders-.*", "orders-(in|out)", "orders-in", "orders-[a-z]+"})
    void aPatternThatReachesNothingElsePasses(String pattern) {
        try (Gateway gateway = gateway()) {
            Outcome outcome = heartbeat(gateway, "m", 0, pattern);

            assertThat(outcome.kind()).isEqualTo(Outcome.Kind.FORWARDED);
            assertThat(outcome.changed()).isFalse();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                ".*-in",
                "orders-?.*",
                "o.*",
                "orders-in|other-in",
                "(orders-in)|other-in",
                "orders-in|(other-in)",
                "orders-?in|other-in"
            })
    void anyOtherPatternBecomesTheNamesThatMayBeDescribed(String pattern) {
        topics.addAll(List.of("orders-in", "other-in"));
        try (Gateway gateway = gateway()) {
            assertThat(sent(heartbeat(gateway, "m", 0, pattern))).containsExactly("orders-in");
        }
    }

    @Test
    void aPatternThatReachesNothingVisibleSubscribesToNothing() {
        topics.add("other-in");
        try (Gateway gateway = gateway()) {
            assertThat(sent(heartbeat(gateway, "m", 0, ".*"))).isEmpty();
        }
    }

    @Test
    void whatChangesWithTheRightsIsSentWithTheNextHeartbeat() {
        topics.addAll(List.of("orders-in", "other-in"));
        try (Gateway gateway = gateway()) {
            heartbeat(gateway, "m", 0, ".*");
            Outcome unchanged = heartbeat(gateway, "m", 3, null);
            gateway.allow(READ, TOPIC, "other-in");

            Outcome changed = heartbeat(gateway, "m", 3, null);

            assertThat(unchanged.changed()).isFalse();
            assertThat(sent(changed)).containsExactly("orders-in", "other-in");
        }
    }

    @Test
    void aPatternThatReachesNothingElseAnyMoreIsSentItself() {
        topics.addAll(List.of("orders-in", "other-in"));
        try (Gateway gateway = gateway()) {
            heartbeat(gateway, "m", 0, "o[a-z]+-in");
            gateway.allow(READ, TOPIC, "o*");

            Outcome changed = heartbeat(gateway, "m", 3, null);

            ConsumerGroupHeartbeatRequestData sent = changed.message(ConsumerGroupHeartbeatRequestData.class);
            assertThat(sent.subscribedTopicRegex()).isEqualTo("o[a-z]+-in");
            assertThat(sent.subscribedTopicNames()).isEmpty();
        }
    }

    @Test
    void namesThatTheClientGivesBesideItsPatternStay() {
        topics.addAll(List.of("orders-in", "other-in"));
        try (Gateway gateway = gateway()) {
            Outcome both = gateway.harness()
                    .request(
                            ApiKeys.CONSUMER_GROUP_HEARTBEAT,
                            (short) 1,
                            new ConsumerGroupHeartbeatRequestData()
                                    .setGroupId("g")
                                    .setMemberId("m")
                                    .setSubscribedTopicNames(List.of("orders-named"))
                                    .setSubscribedTopicRegex(".*-in"));
            Outcome onlyNames = heartbeat(gateway, "m", 3, "");

            assertThat(sent(both)).containsExactly("orders-in", "orders-named");
            assertThat(sent(onlyNames)).containsExactly("orders-named");
        }
    }

    @Test
    void aMemberWhoseSubscriptionWasNeverSeenIsFencedOnce() {
        try (Gateway gateway = gateway()) {
            Outcome unseen = heartbeat(gateway, "m", 3, null);
            Outcome rejoined = heartbeat(gateway, "m", 0, "orders-.*");
            Outcome next = heartbeat(gateway, "m", 1, null);

            assertThat(unseen.error()).isEqualTo(Errors.FENCED_MEMBER_EPOCH);
            assertThat(rejoined.kind()).isEqualTo(Outcome.Kind.FORWARDED);
            assertThat(next.kind()).isEqualTo(Outcome.Kind.FORWARDED);
        }
    }

    @Test
    void whoMayDescribeEverythingIsNotLookedAt() {
        try (Gateway gateway = Gateway.enforcing().allow(READ, GROUP, "*").allow(READ, TOPIC, "*")) {
            assertThat(gateway.harness().handlesRequests(ApiKeys.CONSUMER_GROUP_HEARTBEAT))
                    .isFalse();
        }
    }

    @Test
    void aPatternThatIsNoneIsRefused() {
        try (Gateway gateway = gateway()) {
            assertThat(heartbeat(gateway, "m", 0, "a(").error()).isEqualTo(Errors.INVALID_REGULAR_EXPRESSION);
        }
    }

    private Gateway gateway() {
        Gateway gateway = Gateway.enforcing().allow(READ, GROUP, "g").allow(READ, TOPIC, "orders-*");
        gateway.harness().broker(request -> {
            MetadataResponseData response = new MetadataResponseData();
            topics.forEach(
                    topic -> response.topics().add(new MetadataResponseData.MetadataResponseTopic().setName(topic)));
            return response;
        });
        return gateway;
    }

    private static Outcome heartbeat(Gateway gateway, String member, int epoch, @Nullable String pattern) {
        return gateway.harness()
                .request(
                        ApiKeys.CONSUMER_GROUP_HEARTBEAT,
                        (short) 1,
                        new ConsumerGroupHeartbeatRequestData()
                                .setGroupId("g")
                                .setMemberId(member)
                                .setMemberEpoch(epoch)
                                .setSubscribedTopicRegex(pattern));
    }

    private static List<String> sent(Outcome outcome) {
        ConsumerGroupHeartbeatRequestData sent = outcome.message(ConsumerGroupHeartbeatRequestData.class);
        assertThat(sent.subscribedTopicRegex()).isEmpty();
        return sent.subscribedTopicNames();
    }
}
