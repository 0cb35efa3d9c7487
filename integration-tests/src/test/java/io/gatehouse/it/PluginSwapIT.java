/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.kafka.junit.KafkaExtension;
import io.gatehouse.kafka.raw.RawKafkaClient;
import io.gatehouse.kernel.plugins.PluginStatus;
import io.gatehouse.kernel.plugins.RejectionCode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.message.ListGroupsRequestData;
import org.apache.kafka.common.message.MetadataRequestData;
import org.apache.kafka.common.message.MetadataResponseData;
import org.apache.kafka.common.message.SaslAuthenticateRequestData;
import org.apache.kafka.common.message.SaslAuthenticateResponseData;
import org.apache.kafka.common.message.SaslHandshakeRequestData;
import org.apache.kafka.common.message.SaslHandshakeResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** What replacing a jar means for each extension point, as its javadoc says it, with clients that are connected meanwhile. */
class PluginSwapIT {

    private static final AtomicInteger TOPICS = new AtomicInteger();
    private static final String TWO_STEP = TwoStepAuthenticatorFactory.class.getName();

    @RegisterExtension
    static final KafkaExtension kafka = KafkaExtension.shared(3);

    @TempDir
    Path jars;

    private TestGateway gateway;
    private String topic;

    @BeforeEach
    void topic() {
        topic = "plugin-swap-" + TOPICS.incrementAndGet();
        kafka.cluster().createTopic(topic, 1, 1);
    }

    @AfterEach
    void stop() {
        gateway.close();
    }

    // ---- interceptors

    @Test
    void theFirstRequestOnANewGenerationComesSoonAfterTheReplacement() throws Exception {
        startWithStamp("");
        List<Long> byPolling = new ArrayList<>();
        List<Long> byRescan = new ArrayList<>();

        try (Traffic traffic = new Traffic()) {
            for (int minor = 1; minor <= 5; minor++) {
                byPolling.add(traffic.millisUntilServedBy("1." + minor + ".0", false));
            }
            for (int minor = 6; minor <= 15; minor++) {
                byRescan.add(traffic.millisUntilServedBy("1." + minor + ".0", true));
            }
        }

        System.out.printf(
                "replacement to first request: by polling %s ms, median %d; by rescan %s ms, median %d%n",
                byPolling, median(byPolling), byRescan, median(byRescan));
        assertThat(median(byPolling)).isLessThan(2_000);
        assertThat(median(byRescan)).isLessThan(200);
    }

    @Test
    void aLoadedJarThatIsOverwrittenInPlaceUnderTrafficGoesOnUntilTheNewOneIsWhole() throws Exception {
        startWithStamp("");
        Path jar = gateway.home().resolve("plugins").resolve("stamp.jar");
        byte[] next = Files.readAllBytes(StampPlugin.jar(jars, "1.1.0"));

        try (Traffic traffic = new Traffic()) {
            Files.write(jar, new byte[10], StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING);
            Awaitility.await()
                    .until(() -> gateway.gatehouse().pluginStatuses().stream()
                            .anyMatch(status -> status.code() == RejectionCode.CORRUPT));
            assertThat(traffic.servedBy()).isEqualTo("1.0.0");

            Files.write(jar, next, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING);
            traffic.awaitServedBy("1.1.0");
            assertThat(gateway.gatehouse().pluginStatuses())
                    .filteredOn(status -> status.file().equals("stamp.jar"))
                    .extracting(PluginStatus::state)
                    .doesNotContain(PluginStatus.State.REJECTED);
        }
    }

    @Test
    void aConnectionThatIsIdleKeepsNoOldGeneration() throws Exception {
        startWithStamp("");
        try (RawKafkaClient idle = RawKafkaClient.connect("localhost", gateway.bootstrapPort())) {
            assertThat(brokersSeenBy(idle, 1)).isEqualTo(3);

            replaceStamp("1.1.0");

            Awaitility.await().until(() -> draining().isEmpty());
            assertThat(brokersSeenBy(idle, 2)).isEqualTo(3);
        }
    }

    @Test
    void aConnectionThatHoldsAnOldGenerationForTooLongIsClosedAndNoOther() throws Exception {
        gateway = TestGateway.inFrontOf(kafka.bootstrapServers())
                .anonymous()
                .extra("plugins: {drainTimeout: 1s}\n")
                .resource("policy.yaml", """
                        {apiVersion: gatehouse/v1, kind: Interceptor, metadata: {name: holding}, spec: {type: holding, scope: {all: true}}}
                        """)
                .plugin(holding("1.0.0"))
                .start();
        try (RawKafkaClient waiting = RawKafkaClient.connect("localhost", gateway.bootstrapPort());
                RawKafkaClient other = RawKafkaClient.connect("localhost", gateway.bootstrapPort())) {
            assertThat(brokersSeenBy(waiting, 1)).isEqualTo(3);
            assertThat(brokersSeenBy(other, 1)).isEqualTo(3);
            waiting.send(ApiKeys.LIST_GROUPS, 4, new ListGroupsRequestData(), 2, "raw");
            Awaitility.await().until(() -> gateway.metric("gatehouse_decoded_requests") > 0);

            gateway.dropPlugin(holding("1.1.0"));
            gateway.gatehouse().rescanPlugins();
            assertThat(draining()).containsExactly("1.0.0");

            assertThat(waiting.isClosedByPeer(Duration.ofSeconds(20))).isTrue();
            Awaitility.await().until(() -> draining().isEmpty());
            assertThat(brokersSeenBy(other, 2)).isEqualTo(3);
        }
    }

    private Path holding(String version) {
        return PluginJar.withId("holding")
                .version(version)
                .extension(HoldingInterceptorFactory.class)
                .writeTo(jars);
    }

    // ---- readiness

    @Test
    void aRequiredPluginThatIsMissingKeepsTheGatewayNotReady() {
        startWithStamp("plugins: {required: [stamp]}\n");
        awaitReady();

        gateway.removePlugin(Path.of("stamp.jar"));
        gateway.gatehouse().rescanPlugins();

        assertThat(gateway.management("/health/ready").statusCode()).isEqualTo(503);
        assertThat(gateway.management("/health/ready").body()).contains("plugin stamp is required and not running");
        replaceStamp("1.0.0");
        awaitReady();
    }

    private void awaitReady() {
        Awaitility.await().until(() -> gateway.management("/health/ready").statusCode() == 200);
    }

    // ---- authenticators

    @Test
    void anExchangeUnderWayFinishesOnTheOldAuthenticatorAndNewOnesUseTheNew() throws Exception {
        startWithTwoSteps();
        try (RawKafkaClient begun = RawKafkaClient.connect("localhost", gateway.bootstrapPort())) {
            assertThat(firstStep(begun)).isEqualTo("1.0.0");

            replaceTwoSteps("1.1.0");
            assertThat(draining()).containsExactly("1.0.0");
            try (RawKafkaClient fresh = RawKafkaClient.connect("localhost", gateway.bootstrapPort())) {
                assertThat(firstStep(fresh)).isEqualTo("1.1.0");
                assertThat(secondStep(fresh)).isEqualTo("1.1.0");
            }

            assertThat(secondStep(begun)).isEqualTo("1.0.0");
            assertThat(brokersSeenBy(begun, 9)).isEqualTo(3);
            Awaitility.await().until(() -> draining().isEmpty());
        }
    }

    @Test
    void whoHasAuthenticatedStaysWhileTheAuthenticatorIsReplacedAndWhileItIsAway() throws Exception {
        int before = Heap.reachable(TWO_STEP);
        startWithTwoSteps();
        try (RawKafkaClient client = RawKafkaClient.connect("localhost", gateway.bootstrapPort())) {
            firstStep(client);
            secondStep(client);
            assertThat(brokersSeenBy(client, 1)).isEqualTo(3);

            replaceTwoSteps("1.1.0");
            assertThat(brokersSeenBy(client, 2)).isEqualTo(3);
            Awaitility.await().atMost(Duration.ofSeconds(30)).until(() -> Heap.reachable(TWO_STEP) <= before + 1);

            gateway.removePlugin(Path.of("two-step.jar"));
            gateway.gatehouse().rescanPlugins();
            assertThat(brokersSeenBy(client, 3)).isEqualTo(3);
            try (RawKafkaClient refused = RawKafkaClient.connect("localhost", gateway.bootstrapPort())) {
                refused.send(ApiKeys.SASL_HANDSHAKE, 1, handshake(), 1, "raw");
                assertThat(refused.isClosedByPeer(Duration.ofSeconds(10))).isTrue();
            }

            replaceTwoSteps("1.2.0");
            assertThat(brokersSeenBy(client, 4)).isEqualTo(3);
        }
    }

    private void startWithTwoSteps() {
        gateway = TestGateway.inFrontOf(kafka.bootstrapServers())
                .authentication("[{type: two-step}]")
                .plugin(twoSteps("1.0.0"))
                .start();
    }

    private Path twoSteps(String version) {
        return PluginJar.withId("two-step")
                .version(version)
                .extension(TwoStepAuthenticatorFactory.class)
                .writeTo(jars);
    }

    private void replaceTwoSteps(String version) {
        gateway.dropPlugin(twoSteps(version));
        gateway.gatehouse().rescanPlugins();
    }

    private static SaslHandshakeRequestData handshake() {
        return new SaslHandshakeRequestData().setMechanism(TwoStepAuthenticatorFactory.MECHANISM);
    }

    private static String firstStep(RawKafkaClient client) throws IOException {
        client.send(ApiKeys.SASL_HANDSHAKE, 1, handshake(), 101, "raw");
        SaslHandshakeResponseData response = client.receive(ApiKeys.SASL_HANDSHAKE, 1, 101);
        assertThat(response.errorCode()).isZero();
        return step(client, 102, "alice");
    }

    private static String secondStep(RawKafkaClient client) throws IOException {
        return step(client, 103, "more");
    }

    private static String step(RawKafkaClient client, int correlationId, String token) throws IOException {
        client.send(
                ApiKeys.SASL_AUTHENTICATE,
                2,
                new SaslAuthenticateRequestData().setAuthBytes(token.getBytes(StandardCharsets.UTF_8)),
                correlationId,
                "raw");
        SaslAuthenticateResponseData response = client.receive(ApiKeys.SASL_AUTHENTICATE, 2, correlationId);
        assertThat(response.errorCode()).isZero();
        return new String(response.authBytes(), StandardCharsets.UTF_8);
    }

    // ---- mapping stores

    @Test
    void theNextLookUpUsesTheNewMappingStoreAlsoForConnectionsThatAreOpen() throws Exception {
        gateway = TestGateway.inFrontOf(kafka.bootstrapServers())
                .anonymous()
                .extra("identity: {userMapping: {store: version-mappings}}\n")
                .resource("policies.yaml", stamp("first", "group: 1.0.0") + "\n---\n" + stamp("second", "group: 2.0.0"))
                .plugin(StampPlugin.jar(jars, "1.0.0"))
                .plugin(mappings("1.0.0"))
                .start();
        try (Traffic traffic = new Traffic()) {
            assertThat(traffic.headers(StampInterceptorFactory.HEADER)).containsExactly("first:1.0.0");
            double accepted = gateway.metric("gatehouse_connections_accepted_total");

            gateway.dropPlugin(mappings("2.0.0"));
            gateway.gatehouse().rescanPlugins();

            assertThat(traffic.headers(StampInterceptorFactory.HEADER)).containsExactly("second:1.0.0");
            assertThat(gateway.metric("gatehouse_connections_accepted_total")).isEqualTo(accepted);
            Awaitility.await().until(() -> draining().isEmpty());
        }
    }

    private Path mappings(String version) {
        return PluginJar.withId("mappings")
                .version(version)
                .extension(VersionMappingsFactory.class)
                .writeTo(jars);
    }

    // ---- resource kinds

    @Test
    void resourcesThatAreStoredAreValidatedAgainByTheNewKind() throws Exception {
        gateway = TestGateway.inFrontOf(kafka.bootstrapServers())
                .anonymous()
                .resource("policy.yaml", """
                        {apiVersion: gatehouse/v1, kind: Interceptor, metadata: {name: greeting}, spec: {type: greeting, scope: {all: true}}}
                        """)
                .resource("greetings.yaml", """
                        {apiVersion: gatehouse/v1, kind: Greeting, metadata: {name: formal}, spec: {text: Dear all}}
                        ---
                        {apiVersion: gatehouse/v1, kind: Greeting, metadata: {name: short}, spec: {text: Hi}}
                        """)
                .plugin(greetings("1.0.0"))
                .start();
        try (Traffic traffic = new Traffic()) {
            assertThat(traffic.headers(GreetingInterceptorFactory.HEADER)).containsExactly("1.0.0: Dear all, Hi");

            gateway.dropPlugin(greetings("2.0.0"));
            gateway.gatehouse().rescanPlugins();

            assertThat(traffic.headers(GreetingInterceptorFactory.HEADER)).containsExactly("2.0.0: Dear all");
            Awaitility.await().until(() -> draining().isEmpty());
        }
    }

    private Path greetings(String version) {
        return PluginJar.withId("greetings")
                .version(version)
                .extension(GreetingKind.class)
                .extension(GreetingInterceptorFactory.class)
                .writeTo(jars);
    }

    // ---- what they share

    private void startWithStamp(String extra) {
        gateway = TestGateway.inFrontOf(kafka.bootstrapServers())
                .anonymous()
                .extra(extra)
                .resource("policy.yaml", stamp("swap", "all: true"))
                .plugin(StampPlugin.jar(jars, "1.0.0"))
                .start();
    }

    private static String stamp(String name, String scope) {
        return "{apiVersion: gatehouse/v1, kind: Interceptor, metadata: {name: %s}, spec: {type: stamp, scope: {%s}, config: {text: %s}}}"
                .formatted(name, scope, name);
    }

    private void replaceStamp(String version) {
        gateway.dropPlugin(StampPlugin.jar(jars, version));
        gateway.gatehouse().rescanPlugins();
    }

    private List<String> draining() {
        return gateway.gatehouse().pluginStatuses().stream()
                .filter(status -> status.state() == PluginStatus.State.DRAINING)
                .map(PluginStatus::version)
                .toList();
    }

    private static int brokersSeenBy(RawKafkaClient client, int correlationId) throws IOException {
        client.send(ApiKeys.METADATA, 9, new MetadataRequestData(), correlationId, "raw");
        MetadataResponseData response = client.receive(ApiKeys.METADATA, 9, correlationId);
        return response.brokers().size();
    }

    private static long median(List<Long> values) {
        return values.stream().sorted().toList().get(values.size() / 2);
    }

    /** A producer whose every record says, in the topic, what it met. */
    private final class Traffic implements AutoCloseable {
        private final KafkaProducer<String, String> producer;
        private final KafkaConsumer<String, String> reader;

        private Traffic() {
            producer = Clients.producer(Map.of("bootstrap.servers", gateway.bootstrapServers()));
            reader = new KafkaConsumer<>(
                    Map.of("bootstrap.servers", kafka.bootstrapServers(), "fetch.max.wait.ms", 1),
                    new StringDeserializer(),
                    new StringDeserializer());
            reader.assign(List.of(new TopicPartition(topic, 0)));
            reader.seekToBeginning(reader.assignment());
        }

        /** Sends a record and reads it from the broker. */
        ConsumerRecord<String, String> sent() throws Exception {
            long offset = producer.send(new ProducerRecord<>(topic, "value"))
                    .get(30, TimeUnit.SECONDS)
                    .offset();
            long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
            while (System.nanoTime() < deadline) {
                for (ConsumerRecord<String, String> record : reader.poll(Duration.ofMillis(100))) {
                    if (record.offset() == offset) {
                        return record;
                    }
                }
            }
            throw new AssertionError("record " + offset + " was not read within 30 s");
        }

        List<String> headers(String key) throws Exception {
            return Clients.headers(sent(), key);
        }

        String servedBy() throws Exception {
            String met = headers(StampInterceptorFactory.HEADER).get(0);
            return met.substring(met.indexOf(':') + 1);
        }

        void awaitServedBy(String version) throws Exception {
            long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
            while (!servedBy().equals(version)) {
                assertThat(System.nanoTime()).as("time").isLessThan(deadline);
            }
        }

        /** From the moment at which the new jar lies in the folder to the moment at which its first record was sent. */
        long millisUntilServedBy(String version, boolean rescan) throws Exception {
            servedBy();
            Path jar = StampPlugin.jar(jars, version);
            gateway.dropPlugin(jar);
            long begun = System.currentTimeMillis();
            if (rescan) {
                gateway.gatehouse().rescanPlugins();
            }
            ConsumerRecord<String, String> record = sent();
            while (!Clients.headers(record, StampInterceptorFactory.HEADER)
                    .get(0)
                    .endsWith(":" + version)) {
                record = sent();
            }
            return record.timestamp() - begun;
        }

        @Override
        public void close() {
            producer.close();
            reader.close();
        }
    }
}
