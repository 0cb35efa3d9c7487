/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.gatehouse.kafka.raw.RawKafkaClient;
import java.nio.file.Path;
import java.util.List;
import org.apache.kafka.common.message.MetadataRequestData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A plugin that explains may block, so it is never asked on an event loop, where other clients would wait for it. */
class ExplainThreadsIT {

    @TempDir
    private Path jars;

    @Test
    void aPluginExplainsOnNoEventLoop() throws Exception {
        int http = FreePorts.take(1);
        try (ScriptedBroker broker = new ScriptedBroker();
                TestGateway gateway = TestGateway.inFrontOf(broker.bootstrapServers())
                        .accounts("ann")
                        .plugin(TestGateway.jarOf("plugins/admin-http"))
                        .plugin(PluginJar.withId("threads")
                                .extension(ThreadsInterceptorFactory.class)
                                .writeTo(jars))
                        .resource(
                                "threads.yaml",
                                "{apiVersion: gatehouse/v1, kind: Interceptor, metadata: {name: threads},"
                                        + " spec: {type: threads, scope: {all: true}}}")
                        .extra("administration: [{type: http, port: " + http + "}]")
                        .start();
                RawKafkaClient client = RawRequests.connect(gateway)) {
            AdminClient admin = AdminClient.of(http, gateway.home());
            assertThat(client.saslPlain("ann", "ann").errorCode()).isZero();
            client.exchange(ApiKeys.METADATA, 1, new MetadataRequestData().setTopics(List.of()), 5, "raw");
            String id =
                    admin.get("/api/v1/connections").body().at("/items/0/id").asText();

            for (String subject : new String[] {"connection=" + id, "principal=ann"}) {
                JsonNode explanation = admin.get("/api/v1/explain?" + subject + "&api=Produce&resource=topic%3Aorders")
                        .body();

                String opinion = explanation.at("/interceptors/0/opinion").asText();
                String[] threads = opinion.split(" explained by ");
                assertThat(threads).as("%s: %s", subject, explanation).hasSize(2);
                assertThat(threads[0]).isNotEmpty().isNotEqualTo(threads[1]);
            }
        }
    }
}
