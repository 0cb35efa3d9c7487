/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package com.example.gatehouse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gatehouse.spi.testkit.GatewayExtension;
import io.gatehouse.spi.testkit.ScriptedBroker;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.errors.PolicyViolationException;
import org.apache.kafka.common.message.CreateTopicsRequestData;
import org.apache.kafka.common.message.CreateTopicsResponseData;
import org.apache.kafka.common.message.CreateTopicsResponseData.CreatableTopicResult;
import org.apache.kafka.common.protocol.ApiKeys;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The plugin in a real gateway, with Kafka's own client: loaded from target/classes, in front of a broker that the test plays. */
class StarterInGatewayTest {

    private static final ScriptedBroker broker = ScriptedBroker.start().answer(ApiKeys.CREATE_TOPICS, request -> {
        CreateTopicsResponseData response = new CreateTopicsResponseData();
        ((CreateTopicsRequestData) request)
                .topics()
                .forEach(topic -> response.topics().add(new CreatableTopicResult().setName(topic.name())));
        return response;
    });

    @RegisterExtension
    static final GatewayExtension gateway = GatewayExtension.inFrontOf(broker.bootstrapServers())
            .pluginFromClasses("interceptor-starter", Path.of("target/classes"))
            .resource("""
                    apiVersion: gatehouse/v1
                    kind: Interceptor
                    metadata: {name: names}
                    spec: {type: starter, scope: {all: true}, config: {topicPattern: "[a-z]+"}}
                    """);

    @AfterAll
    static void stop() {
        broker.close();
    }

    @Test
    void badTopicNamesDoNotReachTheBroker() throws Exception {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", gateway.bootstrapServers()))) {
            admin.createTopics(List.of(new NewTopic("orders", 1, (short) 1))).all().get(30, TimeUnit.SECONDS);
            assertThatThrownBy(() -> admin.createTopics(List.of(new NewTopic("My_Topic", 1, (short) 1)))
                            .all()
                            .get(30, TimeUnit.SECONDS))
                    .hasCauseInstanceOf(PolicyViolationException.class);
        }

        assertThat(broker.received(CreateTopicsRequestData.class)).singleElement().satisfies(request -> assertThat(
                        request.topics().iterator().next().name())
                .isEqualTo("orders"));
    }
}
