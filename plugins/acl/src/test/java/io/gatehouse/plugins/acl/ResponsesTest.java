/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.plugins.acl;

import static org.apache.kafka.common.acl.AclOperation.ALL;
import static org.apache.kafka.common.acl.AclOperation.DESCRIBE;
import static org.apache.kafka.common.acl.AclOperation.READ;
import static org.apache.kafka.common.acl.AclOperation.WRITE;
import static org.apache.kafka.common.resource.ResourceType.CLUSTER;
import static org.apache.kafka.common.resource.ResourceType.GROUP;
import static org.apache.kafka.common.resource.ResourceType.TOPIC;
import static org.apache.kafka.common.resource.ResourceType.TRANSACTIONAL_ID;
import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.spi.testkit.InterceptorHarness;
import io.gatehouse.spi.testkit.Outcome;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.DescribeClusterRequestData;
import org.apache.kafka.common.message.DescribeClusterResponseData;
import org.apache.kafka.common.message.DescribeTransactionsRequestData;
import org.apache.kafka.common.message.DescribeTransactionsResponseData;
import org.apache.kafka.common.message.ListGroupsRequestData;
import org.apache.kafka.common.message.ListGroupsResponseData;
import org.apache.kafka.common.message.ListTransactionsRequestData;
import org.apache.kafka.common.message.ListTransactionsResponseData;
import org.apache.kafka.common.message.MetadataRequestData;
import org.apache.kafka.common.message.MetadataResponseData;
import org.apache.kafka.common.message.MetadataResponseData.MetadataResponseTopic;
import org.apache.kafka.common.message.OffsetFetchRequestData;
import org.apache.kafka.common.message.OffsetFetchRequestData.OffsetFetchRequestGroup;
import org.apache.kafka.common.message.OffsetFetchResponseData;
import org.apache.kafka.common.message.OffsetFetchResponseData.OffsetFetchResponseGroup;
import org.apache.kafka.common.message.OffsetFetchResponseData.OffsetFetchResponseTopics;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a user may not see is left out of what the broker says, and rights are the user's and not the gateway's. */
class ResponsesTest {

    private static final int EVERYTHING = 0xffff;

    @Test
    void groupsAndTransactionsThatMayNotBeDescribedAreLeftOut() {
        try (Gateway gateway = Gateway.enforcing().allow(READ, GROUP, "a*").allow(DESCRIBE, TRANSACTIONAL_ID, "a*")) {
            Outcome groups = gateway.harness()
                    .request(ApiKeys.LIST_GROUPS, (short) 5, new ListGroupsRequestData())
                    .response(new ListGroupsResponseData().setGroups(listed("a1", "b1")));
            Outcome transactions = gateway.harness()
                    .request(ApiKeys.LIST_TRANSACTIONS, (short) 2, new ListTransactionsRequestData())
                    .response(new ListTransactionsResponseData().setTransactionStates(states("a1", "b1")));

            assertThat(groups.message(ListGroupsResponseData.class).groups())
                    .extracting(ListGroupsResponseData.ListedGroup::groupId)
                    .containsExactly("a1");
            assertThat(transactions.message(ListTransactionsResponseData.class).transactionStates())
                    .extracting(ListTransactionsResponseData.TransactionState::transactionalId)
                    .containsExactly("a1");
        }
    }

    @Test
    void whoMayDescribeTheClusterSeesAllGroups() {
        try (Gateway gateway = Gateway.enforcing().allow(DESCRIBE, CLUSTER, "kafka-cluster")) {
            Outcome groups = gateway.harness()
                    .request(ApiKeys.LIST_GROUPS, (short) 5, new ListGroupsRequestData())
                    .response(new ListGroupsResponseData().setGroups(listed("a1", "b1")));

            assertThat(groups.message(ListGroupsResponseData.class).groups()).hasSize(2);
        }
    }

    @Test
    void topicsOfATransactionAreLeftOut() {
        try (Gateway gateway =
                Gateway.enforcing().allow(DESCRIBE, TRANSACTIONAL_ID, "*").allow(READ, TOPIC, "a")) {
            var topics = new DescribeTransactionsResponseData.TopicDataCollection();
            topics.add(new DescribeTransactionsResponseData.TopicData().setTopic("a"));
            topics.add(new DescribeTransactionsResponseData.TopicData().setTopic("b"));

            Outcome outcome = gateway.harness()
                    .request(
                            ApiKeys.DESCRIBE_TRANSACTIONS,
                            (short) 0,
                            new DescribeTransactionsRequestData().setTransactionalIds(List.of("t")))
                    .response(new DescribeTransactionsResponseData()
                            .setTransactionStates(List.of(new DescribeTransactionsResponseData.TransactionState()
                                    .setTransactionalId("t")
                                    .setTopics(topics))));

            assertThat(outcome.message(DescribeTransactionsResponseData.class)
                            .transactionStates()
                            .get(0)
                            .topics())
                    .extracting(DescribeTransactionsResponseData.TopicData::topic)
                    .containsExactly("a");
        }
    }

    @ParameterizedTest
    @ValueSource(shorts = {0, 1, 9, 13})
    void allTopicsAreThoseThatMayBeDescribed(short version) {
        try (Gateway gateway = Gateway.enforcing().allow(WRITE, TOPIC, "a*")) {
            Outcome outcome = gateway.harness()
                    .request(
                            ApiKeys.METADATA,
                            version,
                            new MetadataRequestData()
                                    .setTopics(version == 0 ? List.of() : null)
                                    .setAllowAutoTopicCreation(true))
                    .response(metadata("a1", "b1"));

            assertThat(names(outcome)).containsExactly("a1");
        }
    }

    /** In version 0 no topics are all topics. */
    @ParameterizedTest
    @ValueSource(shorts = {0, 1, 13})
    void whoseTopicsAreAllRefusedSeesNoOther(short version) {
        try (Gateway gateway = Gateway.enforcing()) {
            Outcome outcome = gateway.harness()
                    .request(
                            ApiKeys.METADATA,
                            version,
                            new MetadataRequestData()
                                    .setTopics(List.of(new MetadataRequestData.MetadataRequestTopic().setName("b1")))
                                    .setAllowAutoTopicCreation(true));
            Outcome answered = outcome.response(version == 0 ? metadata("a1", "b1") : metadata());

            assertThat(names(answered)).containsExactly("b1");
            assertThat(answered.message(MetadataResponseData.class).topics())
                    .allSatisfy(
                            topic -> assertThat(topic.errorCode()).isEqualTo(Errors.TOPIC_AUTHORIZATION_FAILED.code()));
        }
    }

    @Test
    void allOffsetsOfAGroupAreThoseOfTopicsThatMayBeDescribed() {
        Uuid a = new Uuid(1, 1);
        Uuid b = new Uuid(1, 2);
        try (Gateway gateway = Gateway.enforcing().allow(READ, GROUP, "*").allow(READ, TOPIC, "a")) {
            gateway.harness().topic(a, "a").topic(b, "b");

            Outcome outcome = gateway.harness()
                    .request(
                            ApiKeys.OFFSET_FETCH,
                            (short) 10,
                            new OffsetFetchRequestData()
                                    .setGroups(List.of(new OffsetFetchRequestGroup()
                                            .setGroupId("g")
                                            .setTopics(null))))
                    .response(new OffsetFetchResponseData()
                            .setGroups(List.of(new OffsetFetchResponseGroup()
                                    .setGroupId("g")
                                    .setTopics(List.of(
                                            new OffsetFetchResponseTopics().setTopicId(a),
                                            new OffsetFetchResponseTopics().setTopicId(b))))));

            assertThat(outcome.message(OffsetFetchResponseData.class)
                            .groups()
                            .get(0)
                            .topics())
                    .extracting(OffsetFetchResponseTopics::topicId)
                    .containsExactly(a);
        }
    }

    @Test
    void authorizedOperationsAreTheUsers() {
        try (Gateway gateway = Gateway.enforcing().allow(READ, TOPIC, "a1")) {
            MetadataResponseData visible = metadata("a1").setClusterAuthorizedOperations(EVERYTHING);
            visible.topics().find("a1").setTopicAuthorizedOperations(EVERYTHING);

            Outcome outcome = gateway.harness()
                    .request(
                            ApiKeys.METADATA,
                            (short) 9,
                            new MetadataRequestData()
                                    .setTopics(null)
                                    .setAllowAutoTopicCreation(true)
                                    .setIncludeTopicAuthorizedOperations(true)
                                    .setIncludeClusterAuthorizedOperations(true))
                    .response(visible);
            Outcome cluster = gateway.harness()
                    .request(
                            ApiKeys.DESCRIBE_CLUSTER,
                            (short) 1,
                            new DescribeClusterRequestData().setIncludeClusterAuthorizedOperations(true))
                    .response(new DescribeClusterResponseData().setClusterAuthorizedOperations(EVERYTHING));

            assertThat(outcome.message(MetadataResponseData.class)
                            .topics()
                            .find("a1")
                            .topicAuthorizedOperations())
                    .isEqualTo(1 << READ.code() | 1 << DESCRIBE.code());
            assertThat(outcome.message(MetadataResponseData.class).clusterAuthorizedOperations())
                    .isZero();
            assertThat(cluster.message(DescribeClusterResponseData.class).clusterAuthorizedOperations())
                    .isZero();
        }
    }

    @Test
    void aTopicThatExistsIsFoundByWhoMayNotCreateAndOneThatMayBeCreatedIsCreated() {
        try (Gateway gateway = Gateway.enforcing().allow(READ, TOPIC, "*").allow(ALL, TOPIC, "new")) {
            InterceptorHarness harness = gateway.harness().broker(request -> {
                MetadataResponseData known = metadata("old");
                known.topics()
                        .add(new MetadataResponseTopic()
                                .setName("missing")
                                .setErrorCode(Errors.UNKNOWN_TOPIC_OR_PARTITION.code()));
                return known;
            });
            List<MetadataRequestData.MetadataRequestTopic> topics = new ArrayList<>();
            for (String name : List.of("old", "missing", "new")) {
                topics.add(new MetadataRequestData.MetadataRequestTopic().setName(name));
            }

            Outcome outcome = harness.request(
                    ApiKeys.METADATA,
                    (short) 12,
                    new MetadataRequestData().setTopics(topics).setAllowAutoTopicCreation(true));
            Outcome answered = outcome.response(metadata("old", "new"));

            MetadataRequestData forwarded = outcome.message(MetadataRequestData.class);
            assertThat(forwarded.allowAutoTopicCreation()).isTrue();
            assertThat(forwarded.topics())
                    .extracting(MetadataRequestData.MetadataRequestTopic::name)
                    .containsExactlyInAnyOrder("old", "new");
            assertThat(answered.message(MetadataResponseData.class)
                            .topics()
                            .find("missing")
                            .errorCode())
                    .isEqualTo(Errors.TOPIC_AUTHORIZATION_FAILED.code());
        }
    }

    /** These versions cannot say that nothing shall be created. */
    @ParameterizedTest
    @ValueSource(shorts = {0, 1, 3})
    void oldVersionsFindWhatExistsAndCreateNothing(short version) {
        try (Gateway gateway = Gateway.enforcing().allow(READ, TOPIC, "*")) {
            gateway.harness().broker(request -> {
                MetadataResponseData known = metadata("old");
                known.topics()
                        .add(new MetadataResponseTopic()
                                .setName("missing")
                                .setErrorCode(Errors.UNKNOWN_TOPIC_OR_PARTITION.code()));
                return known;
            });

            Outcome found = gateway.harness().request(ApiKeys.METADATA, version, named("old"));
            Outcome missing = gateway.harness().request(ApiKeys.METADATA, version, named("missing"));
            Outcome refused = missing.response(version == 0 ? metadata("old") : metadata());

            assertThat(names(found.response(metadata("old")))).containsExactly("old");
            assertThat(missing.message(MetadataRequestData.class).topics()).isEmpty();
            assertThat(names(refused)).containsExactly("missing");
        }
    }

    private static MetadataRequestData named(String topic) {
        return new MetadataRequestData()
                .setAllowAutoTopicCreation(true)
                .setTopics(List.of(new MetadataRequestData.MetadataRequestTopic().setName(topic)));
    }

    private static List<ListGroupsResponseData.ListedGroup> listed(String... groups) {
        return Arrays.stream(groups)
                .map(group -> new ListGroupsResponseData.ListedGroup().setGroupId(group))
                .toList();
    }

    private static List<ListTransactionsResponseData.TransactionState> states(String... ids) {
        return Arrays.stream(ids)
                .map(id -> new ListTransactionsResponseData.TransactionState().setTransactionalId(id))
                .toList();
    }

    private static MetadataResponseData metadata(String... topics) {
        MetadataResponseData response = new MetadataResponseData();
        for (String topic : topics) {
            response.topics().add(new MetadataResponseTopic().setName(topic));
        }
        return response;
    }

    private static List<String> names(Outcome outcome) {
        return outcome.message(MetadataResponseData.class).topics().stream()
                .map(MetadataResponseTopic::name)
                .toList();
    }
}
