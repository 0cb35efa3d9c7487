/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import io.gatehouse.kafka.junit.KafkaExtension;
import io.gatehouse.kafka.raw.RawKafkaClient;
import java.io.EOFException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.errors.SaslAuthenticationException;
import org.apache.kafka.common.message.MetadataRequestData;
import org.apache.kafka.common.message.MetadataResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** The principal is what the configured extractor makes of an authentication, here shown by the mapping that it finds. */
class PrincipalExtractionIT {

    private static final String RESOURCES = """
            {apiVersion: gatehouse/v1, kind: VirtualCluster, metadata: {name: team-a}, spec: {cluster: local}}
            ---
            {apiVersion: gatehouse/v1, kind: UserMapping, metadata: {name: m}, spec: {principal: corp-ANN, virtualCluster: team-a}}
            """;

    @RegisterExtension
    static final KafkaExtension kafka = KafkaExtension.shared(3);

    private static TestGateway.Builder gateway(String identity) {
        return TestGateway.inFrontOf(kafka.bootstrapServers())
                .accounts("ann@acme", "bob@acme", "eve@elsewhere")
                .resource("mapped.yaml", RESOURCES)
                .extra("identity: {principalExtractor: " + identity + "}\n");
    }

    @Test
    void rulesAndAPrefixMakeThePrincipalAndWhatNoRuleMatchesIsRefused() throws Exception {
        try (TestGateway gateway = gateway("""
                {type: by-entry, config: {entries: [
                  {authentication: plain, rules: ["RULE:^([^@]+)@acme$/$1/U"], prefix: corp-}]}}""").start()) {
            assertThat(clusterIdSeenBy(gateway, "ann@acme")).isEqualTo("team-a@" + clusterId());
            assertThat(clusterIdSeenBy(gateway, "bob@acme")).isEqualTo(clusterId());

            try (Admin admin = Admin.create(Clients.as(gateway.bootstrapServers(), "eve@elsewhere"))) {
                assertThatThrownBy(() -> admin.describeCluster().clusterId().get())
                        .cause()
                        .isInstanceOf(SaslAuthenticationException.class)
                        .hasMessageContaining("You are authenticated but not admitted here.");
            }
        }
    }

    @Test
    void aRemoteExtractorIsAskedOnceAndWhileItIsAwayNewcomersAreRefusedForNow(@TempDir Path folder) throws Exception {
        Map<String, String> known = new ConcurrentHashMap<>(Map.of("ann@acme", "corp-ANN", "bob@acme", "bob"));
        AtomicInteger asked = new AtomicInteger();
        HttpServer service = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        service.setExecutor(Executors.newCachedThreadPool());
        service.createContext("/", exchange -> {
            asked.incrementAndGet();
            String principal = known.get(exchange.getRequestURI().getPath().substring(1));
            byte[] body = String.valueOf(principal).getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(principal == null ? 404 : 200, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        service.start();
        String url = "http://127.0.0.1:" + service.getAddress().getPort() + "/";
        Path jar = PluginJar.withId("remote-extractor")
                .extension(RemoteExtractorFactory.class)
                .writeTo(folder);
        try (TestGateway gateway = gateway("{type: remote, cacheTime: 10m, config: {url: \"" + url + "\"}}")
                        .plugin(jar)
                        .start();
                RawKafkaClient live = connect(gateway, "ann@acme")) {
            assertThat(clusterId(live)).isEqualTo("team-a@" + clusterId());
            try (RawKafkaClient nobody = RawKafkaClient.connect("localhost", gateway.bootstrapPort())) {
                assertThat(nobody.saslPlain("eve@elsewhere", "eve@elsewhere").errorCode())
                        .isEqualTo(Errors.SASL_AUTHENTICATION_FAILED.code());
            }
            int before = asked.get();

            service.stop(0);
            assertThat(clusterIdSeenBy(gateway, "ann@acme")).startsWith("team-a@");
            gateway.writeResources("mapped.yaml", RESOURCES.replace("virtualCluster: team-a", "deny: true"));
            await().untilAsserted(() -> {
                try (RawKafkaClient ann = RawKafkaClient.connect("localhost", gateway.bootstrapPort())) {
                    assertThat(ann.saslPlain("ann@acme", "ann@acme").errorCode())
                            .isEqualTo(Errors.SASL_AUTHENTICATION_FAILED.code());
                }
            });
            live.send(ApiKeys.METADATA, 9, new MetadataRequestData(), 8, "raw");
            assertThat(live.isClosedByPeer(Duration.ofSeconds(10)))
                    .as("resolved again, without the service")
                    .isTrue();
            assertThat(asked).hasValue(before);
            assertThatThrownBy(() -> connect(gateway, "bob@acme")).isInstanceOf(EOFException.class);
        }
    }

    private static String clusterId() {
        return kafka.cluster().clusterId();
    }

    private static RawKafkaClient connect(TestGateway to, String user) throws Exception {
        RawKafkaClient client = RawKafkaClient.connect("localhost", to.bootstrapPort());
        assertThat(client.saslPlain(user, user).errorCode()).isZero();
        return client;
    }

    private static String clusterIdSeenBy(TestGateway of, String user) throws Exception {
        try (RawKafkaClient client = connect(of, user)) {
            return clusterId(client);
        }
    }

    private static String clusterId(RawKafkaClient client) throws Exception {
        MetadataResponseData response = client.exchange(ApiKeys.METADATA, 9, new MetadataRequestData(), 7, "raw");
        return response.clusterId();
    }
}
