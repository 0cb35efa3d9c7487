/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.plugins.namespace;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.plugins.namespace.NamespaceConfig.Additional;
import io.gatehouse.plugins.namespace.NamespaceConfig.AdditionalNames;
import io.gatehouse.plugins.namespace.NamespaceConfig.Conflict;
import io.gatehouse.plugins.namespace.NamespaceConfig.Mode;
import io.gatehouse.plugins.namespace.NamespaceConfig.Overlap;
import io.gatehouse.spi.User;
import io.gatehouse.spi.testkit.InterceptorHarness;
import io.gatehouse.spi.testkit.Outcome;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.common.message.MetadataRequestData;
import org.apache.kafka.common.message.MetadataResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.junit.jupiter.api.Test;

/** Single requests and responses, without a broker. */
class NamespaceInterceptorTest {

    @Test
    void metadataNamesWhatTheClientKnowsAndLeavesTheRestOut() {
        try (InterceptorHarness harness = harness(Mode.HIDE)) {
            MetadataRequestData request = new MetadataRequestData()
                    .setTopics(List.of(new MetadataRequestData.MetadataRequestTopic().setName("orders")));

            Outcome forwarded = harness.request(ApiKeys.METADATA, (short) 9, request);
            MetadataRequestData sent = forwarded.message(MetadataRequestData.class);
            MetadataResponseData response = new MetadataResponseData();
            response.topics().add(new MetadataResponseData.MetadataResponseTopic().setName("team-a.orders"));
            response.topics().add(new MetadataResponseData.MetadataResponseTopic().setName("team-b.orders"));
            MetadataResponseData seen = forwarded.response(response).message(MetadataResponseData.class);

            assertThat(sent.topics()).extracting(topic -> topic.name()).containsExactly("team-a.orders");
            assertThat(seen.topics()).extracting(topic -> topic.name()).containsExactly("orders");
            assertThat(seen.topics().find("orders")).isNotNull();
        }
    }

    private static InterceptorHarness harness(Mode mode, AdditionalNames... topics) {
        return InterceptorHarness.of(
                new NamespaceInterceptorFactory(),
                new NamespaceConfig("team-a.", mode, new Additional(List.of(topics), List.of()), Overlap.REFUSE),
                User.named("alice").virtualCluster("team-a").cluster("local").build());
    }

    private static AdditionalNames exact(boolean manage, String... names) {
        return new AdditionalNames(List.of(names), Optional.empty(), Conflict.WARN, manage);
    }
}
