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
import java.util.List;
import org.apache.kafka.common.message.StreamsGroupDescribeRequestData;
import org.apache.kafka.common.message.StreamsGroupDescribeResponseData;
import org.apache.kafka.common.message.StreamsGroupTopologyDescriptionUpdateRequestData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Test;

/** Descriptions of Streams topologies (KIP-1331), which stock brokers do not keep: they hand them to a plugin of theirs. */
class TopologyDescriptionTest {

    private static InterceptorHarness harness(Mode mode) {
        return InterceptorHarness.of(
                new NamespaceInterceptorFactory(),
                new NamespaceConfig("team-a.", mode, new Additional(List.of(), List.of()), Overlap.REFUSE),
                User.named("alice").virtualCluster("team-a").cluster("local").build());
    }

    private static StreamsGroupTopologyDescriptionUpdateRequestData.TopologyDescriptionNode node(
            String source, String sink) {
        return new StreamsGroupTopologyDescriptionUpdateRequestData.TopologyDescriptionNode()
                .setName("KSTREAM-1")
                .setSourceTopics(List.of(source))
                .setSinkTopic(sink)
                .setStores(List.of("counts"));
    }

    private static StreamsGroupTopologyDescriptionUpdateRequestData update(String source, String sink) {
        return new StreamsGroupTopologyDescriptionUpdateRequestData()
                .setGroupId("team-a.words")
                .setMemberId("member")
                .setTopologyDescription(new StreamsGroupTopologyDescriptionUpdateRequestData.TopologyDescription()
                        .setSubtopologies(List.of(
                                new StreamsGroupTopologyDescriptionUpdateRequestData.TopologyDescriptionSubtopology()
                                        .setSubtopologyId("0")
                                        .setNodes(List.of(node(source, sink), node(source, null)))))
                        .setGlobalStores(List.of(
                                new StreamsGroupTopologyDescriptionUpdateRequestData.TopologyDescriptionGlobalStore()
                                        .setSource(node("global", null))
                                        .setProcessor(node("global", sink)))));
    }

    @Test
    void itsTopicsCarryThePrefixAndItsStoresDoNot() {
        try (InterceptorHarness harness = harness(Mode.HIDE)) {
            var sent = harness.request(
                            ApiKeys.STREAMS_GROUP_TOPOLOGY_DESCRIPTION_UPDATE, (short) 0, update("lines", "counted"))
                    .message(StreamsGroupTopologyDescriptionUpdateRequestData.class);

            assertThat(sent.groupId()).isEqualTo("team-a.team-a.words");
            var nodes = sent.topologyDescription().subtopologies().get(0).nodes();
            assertThat(nodes.get(0).sourceTopics()).containsExactly("team-a.lines");
            assertThat(nodes.get(0).sinkTopic()).isEqualTo("team-a.counted");
            assertThat(nodes.get(0).stores()).containsExactly("counts");
            assertThat(nodes.get(1).sinkTopic()).isNull();
            var store = sent.topologyDescription().globalStores().get(0);
            assertThat(store.source().sourceTopics()).containsExactly("team-a.global");
            assertThat(store.processor().sinkTopic()).isEqualTo("team-a.counted");
        }
    }

    @Test
    void inEnforceModeOneWithAForeignTopicIsRefused() {
        try (InterceptorHarness harness = harness(Mode.ENFORCE)) {
            assertThat(harness.request(
                                    ApiKeys.STREAMS_GROUP_TOPOLOGY_DESCRIPTION_UPDATE,
                                    (short) 0,
                                    update("team-a.lines", "team-b.counted"))
                            .error())
                    .isEqualTo(Errors.TOPIC_AUTHORIZATION_FAILED);
        }
    }

    @Test
    void whatIsDescribedNamesTopicsAsTheClientDoesAndNoForeignOne() {
        var described = new StreamsGroupDescribeResponseData.TopologyDescriptionNode()
                .setName("KSTREAM-1")
                .setSourceTopics(List.of("team-a.lines", "team-b.lines"))
                .setSinkTopic("team-a.counted");
        var group = new StreamsGroupDescribeResponseData.DescribedGroup()
                .setGroupId("team-a.words")
                .setTopologyDescriptionStatus((byte) 3)
                .setTopologyDescription(new StreamsGroupDescribeResponseData.TopologyDescription()
                        .setSubtopologies(List.of(new StreamsGroupDescribeResponseData.TopologyDescriptionSubtopology()
                                .setSubtopologyId("0")
                                .setNodes(List.of(described)))));
        try (InterceptorHarness harness = harness(Mode.HIDE)) {
            var seen = harness.request(
                            ApiKeys.STREAMS_GROUP_DESCRIBE,
                            (short) 1,
                            new StreamsGroupDescribeRequestData()
                                    .setGroupIds(List.of("words"))
                                    .setIncludeTopologyDescription(true))
                    .response(new StreamsGroupDescribeResponseData().setGroups(List.of(group)))
                    .message(StreamsGroupDescribeResponseData.class)
                    .groups()
                    .get(0);

            var node = seen.topologyDescription().subtopologies().get(0).nodes().get(0);
            assertThat(seen.groupId()).isEqualTo("words");
            assertThat(node.sourceTopics()).containsExactly("lines");
            assertThat(node.sinkTopic()).isEqualTo("counted");
        }
    }
}
