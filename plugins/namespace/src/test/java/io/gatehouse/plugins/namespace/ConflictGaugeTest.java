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
import io.gatehouse.spi.interception.InterceptorContext;
import io.gatehouse.spi.testkit.InMemoryPluginContext;
import io.gatehouse.spi.testkit.InterceptorHarness;
import io.micrometer.core.instrument.Gauge;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.apache.kafka.common.message.MetadataRequestData;
import org.apache.kafka.common.message.MetadataResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.junit.jupiter.api.Test;

class ConflictGaugeTest {

    private record Context(String name, InMemoryPluginContext plugin) implements InterceptorContext {
        @Override
        public void resubscribe(Predicate<User> users) {}
    }

    private static NamespaceConfig config(String... additional) {
        AdditionalNames names = new AdditionalNames(List.of(additional), Optional.empty(), Conflict.WARN, false);
        return new NamespaceConfig("team-a.", Mode.HIDE, new Additional(List.of(names), List.of()), Overlap.REFUSE);
    }

    @Test
    void afterAChangeOfTheConfigurationItIsAboutTheInterceptorAsItIsNow() {
        NamespaceInterceptorFactory factory = new NamespaceInterceptorFactory();
        try (InterceptorHarness harness = InterceptorHarness.of(
                        factory,
                        config("audit"),
                        User.named("alice")
                                .virtualCluster("team-a")
                                .cluster("local")
                                .build())
                .broker(ConflictGaugeTest::allAreThere)) {
            MetadataRequestData request = new MetadataRequestData()
                    .setTopics(List.of(new MetadataRequestData.MetadataRequestTopic().setName("audit")));
            harness.request(ApiKeys.METADATA, (short) 9, request);
            Gauge before = gauge(harness);
            assertThat(before.value()).isEqualTo(1);

            factory.create(config(), new Context(before.getId().getTag("interceptor"), harness.plugin()));

            assertThat(gauge(harness)).isNotSameAs(before);
            assertThat(gauge(harness).value()).isNotEqualTo(1);
        }
    }

    private static Gauge gauge(InterceptorHarness harness) {
        return harness.plugin().meters().get("gatehouse.namespace.conflicts").gauge();
    }

    private static ApiMessage allAreThere(ApiMessage asked) {
        MetadataResponseData there = new MetadataResponseData();
        ((MetadataRequestData) asked)
                .topics()
                .forEach(topic ->
                        there.topics().add(new MetadataResponseData.MetadataResponseTopic().setName(topic.name())));
        return there;
    }
}
