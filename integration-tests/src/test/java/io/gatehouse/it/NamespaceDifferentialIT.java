/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.gatehouse.kafka.raw.RawKafkaClient;
import java.io.EOFException;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.message.ApiVersionsRequestData;
import org.apache.kafka.common.message.ApiVersionsResponseData;
import org.apache.kafka.common.message.FindCoordinatorRequestData;
import org.apache.kafka.common.message.MetadataRequestData;
import org.apache.kafka.common.message.MetadataResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * The same raw requests, in every version of every API that a namespace offers, to the broker with real names and through a hiding
 * namespace with virtual ones: the same responses, and afterwards the same on the cluster. What is compared is mapped here, and not by
 * what is tested.
 */
class NamespaceDifferentialIT {

    /** Advertised, and not compared: why. */
    private static final Map<ApiKeys, String> NOT_COMPARED = Map.of(
            ApiKeys.API_VERSIONS, "answered by the gateway: VersionsIT",
            ApiKeys.SASL_HANDSHAKE, "answered by the gateway: AuthenticationIT",
            ApiKeys.SASL_AUTHENTICATE, "answered by the gateway: AuthenticationIT");

    static final Set<ApiKeys> ONLY_LOOKING = Set.of(
            ApiKeys.METADATA,
            ApiKeys.DESCRIBE_TOPIC_PARTITIONS,
            ApiKeys.LIST_GROUPS,
            ApiKeys.LIST_TRANSACTIONS,
            ApiKeys.LIST_CONFIG_RESOURCES,
            ApiKeys.DESCRIBE_CONFIGS,
            ApiKeys.CONSUMER_GROUP_DESCRIBE,
            ApiKeys.SHARE_GROUP_DESCRIBE,
            ApiKeys.STREAMS_GROUP_DESCRIBE,
            ApiKeys.OFFSET_FETCH,
            // A partition without records is in the answer or not.
            ApiKeys.SHARE_FETCH);

    private static final int NODE = 1;
    private static final String TENANT = "compared";

    @RegisterExtension
    static final Tenants tenants = Tenants.of(1, tenant -> "", TENANT);

    @Test
    void everyVersionOfEveryApiIsAnsweredAsByTheBroker() throws Exception {
        String directPrefix = "direct-" + tenants.prefix(TENANT);
        InetSocketAddress broker = tenants.kafka().cluster().brokerAddress(NODE);
        Map<ApiKeys, TreeSet<Integer>> compared = new TreeMap<>();
        List<String> differences = new ArrayList<>();
        try (World direct = new World(
                        directPrefix, () -> RawKafkaClient.connect(broker.getHostString(), broker.getPort()));
                World namespaced = new World("", () -> tenants.connect(TENANT, NODE))) {
            for (byte type : new byte[] {0, 1}) {
                direct.call(
                        ApiKeys.FIND_COORDINATOR,
                        3,
                        new FindCoordinatorRequestData().setKey("first").setKeyType(type));
            }
            prepare(directPrefix);
            prepare(tenants.prefix(TENANT));
            Map<ApiKeys, TreeSet<Integer>> offered = offered();
            for (DifferentialCase each : DifferentialCases.all()) {
                for (int version : versions(each, offered)) {
                    compared.computeIfAbsent(each.api(), api -> new TreeSet<>()).add(version);
                    String difference = difference(each, (short) version, direct, namespaced, tenants.prefix(TENANT));
                    if (!difference.isEmpty()) {
                        differences.add(difference);
                    }
                }
            }
            Map<ApiKeys, String> remainder = remainder(broker, offered.keySet());
            print(offered, compared, remainder);
            assertThat(remainder)
                    .as("what the broker offers and a namespace does not, with the reason")
                    .doesNotContainValue("");
            offered.keySet().removeAll(NOT_COMPARED.keySet());
            assertThat(compared).as("versions that were compared").isEqualTo(offered);
        }
        assertThat(differences).as(() -> String.join("\n\n", differences)).isEmpty();
        Map<String, Object> effects = ClusterContents.under(tenants.prefix(TENANT), tenants.kafka());
        assertThat(effects).hasSizeGreaterThan(20).isEqualTo(ClusterContents.under(directPrefix, tenants.kafka()));
    }

    private static void prepare(String prefix) throws Exception {
        try (Admin admin = tenants.direct();
                KafkaProducer<String, String> producer = Clients.producer(
                        Map.of("bootstrap.servers", tenants.kafka().bootstrapServers()))) {
            admin.createTopics(List.of(
                            new NewTopic(prefix + DifferentialCases.BASE, 1, (short) 1),
                            new NewTopic(prefix + DifferentialCases.SECOND, 1, (short) 1)))
                    .all()
                    .get();
            for (int i = 0; i < 3; i++) {
                producer.send(new ProducerRecord<>(prefix + DifferentialCases.BASE, "value" + i))
                        .get();
            }
        }
    }

    private static List<Integer> versions(DifferentialCase each, Map<ApiKeys, TreeSet<Integer>> offered) {
        return List.copyOf(
                offered.getOrDefault(each.api(), new TreeSet<>()).subSet(each.from(), true, each.to(), true));
    }

    private static String difference(
            DifferentialCase each, short version, World direct, World namespaced, String realPrefix) throws Exception {
        String difference = "";
        // What was changed a moment ago may not be seen yet in one of the two, so who only looks looks again.
        for (int attempt = 0; attempt < (ONLY_LOOKING.contains(each.api()) ? 10 : 1); attempt++) {
            difference = differenceOfOne(each, version, direct, namespaced, realPrefix);
            if (difference.isEmpty()) {
                break;
            }
        }
        return difference;
    }

    private static String differenceOfOne(
            DifferentialCase each, short version, World direct, World namespaced, String realPrefix) throws Exception {
        JsonNode fromBroker = json(each, version, direct);
        JsonNode fromGateway = json(each, version, namespaced);
        assertThat(fromGateway.toString())
                .as("%s v%d names the prefix", each, version)
                .doesNotContain(realPrefix);
        String type = each.api().messageType.newResponse().getClass().getSimpleName();
        for (int attempt = 0; ; attempt++) {
            Map<String, String> topics = topicsById();
            JsonNode expected =
                    new ResponseNormalizer(direct.prefix(), topics).normalize(fromBroker, type, each.isList());
            JsonNode actual = new ResponseNormalizer("", topics).normalize(fromGateway, type, each.isList());
            if (expected.equals(actual)) {
                return "";
            }
            if (attempt == 10) {
                return "%s v%d%n  broker:  %s%n  gateway: %s".formatted(each, version, expected, actual);
            }
            // The id of a topic that has just been created may not be known to the broker yet.
            Thread.sleep(20);
        }
    }

    private static JsonNode json(DifferentialCase each, short version, World world) throws Exception {
        ApiMessage request = each.request().in(world, version);
        try {
            ApiMessage response = world.call(each.api(), version, request);
            each.then().with(world, version, response);
            return World.json(response, version);
        } catch (EOFException | SocketException e) {
            world.reconnect();
            return TextNode.valueOf("closed the connection");
        }
    }

    private static Map<String, String> topicsById() throws Exception {
        Map<String, String> names = new HashMap<>();
        InetSocketAddress broker = tenants.kafka().cluster().brokerAddress(NODE);
        try (World cluster = new World("", () -> RawKafkaClient.connect(broker.getHostString(), broker.getPort()))) {
            MetadataResponseData all = cluster.call(ApiKeys.METADATA, 12, new MetadataRequestData().setTopics(null));
            all.topics().forEach(topic -> names.put(topic.topicId().toString(), topic.name()));
        }
        return names;
    }

    // ---- what was compared

    /** What the broker offers and a namespace does not, and why: as the plugin's table says it, or else empty. */
    private static Map<ApiKeys, String> remainder(InetSocketAddress broker, Set<ApiKeys> offered) throws Exception {
        Map<String, String> reasons = new HashMap<>();
        for (String line : Files.readAllLines(
                root().resolve("plugins/namespace/src/main/resources/io/gatehouse/plugins/namespace/fields.txt"))) {
            String[] words = line.split(" +", 3);
            if (words[0].equals("refuse")) {
                reasons.put(words[1], words[2]);
            }
        }
        Map<ApiKeys, String> remainder = new TreeMap<>();
        try (RawKafkaClient client = RawKafkaClient.connect(broker.getHostString(), broker.getPort())) {
            for (ApiVersionsResponseData.ApiVersion api : versions(client).apiKeys()) {
                ApiKeys key = ApiKeys.forId(api.apiKey());
                if (!offered.contains(key)) {
                    remainder.put(key, reasons.getOrDefault(key.name, ""));
                }
            }
        }
        return remainder;
    }

    private static ApiVersionsResponseData versions(RawKafkaClient client) throws Exception {
        return client.exchange(
                ApiKeys.API_VERSIONS,
                3,
                new ApiVersionsRequestData().setClientSoftwareName("raw").setClientSoftwareVersion("1"),
                1,
                "raw");
    }

    private static Path root() {
        return Path.of(System.getProperty("gatehouse.root", ".."));
    }

    private static Map<ApiKeys, TreeSet<Integer>> offered() throws Exception {
        Map<ApiKeys, TreeSet<Integer>> offered = new TreeMap<>();
        try (RawKafkaClient client = tenants.connect(TENANT, NODE)) {
            for (ApiVersionsResponseData.ApiVersion api : versions(client).apiKeys()) {
                ApiKeys key = ApiKeys.forId(api.apiKey());
                // Produce says 0 for the sake of librdkafka (KAFKA-18659), and means its oldest version.
                int oldest = Math.max(api.minVersion(), key.oldestVersion());
                offered.put(
                        key,
                        IntStream.rangeClosed(oldest, api.maxVersion())
                                .boxed()
                                .collect(Collectors.toCollection(TreeSet::new)));
            }
        }
        return offered;
    }

    private static void print(
            Map<ApiKeys, TreeSet<Integer>> offered,
            Map<ApiKeys, TreeSet<Integer>> compared,
            Map<ApiKeys, String> remainder)
            throws Exception {
        StringBuilder matrix = new StringBuilder("API, versions offered in a namespace, versions compared\n");
        int all = 0;
        int done = 0;
        for (Map.Entry<ApiKeys, TreeSet<Integer>> api : offered.entrySet()) {
            TreeSet<Integer> versions = compared.getOrDefault(api.getKey(), new TreeSet<>());
            String reason = NOT_COMPARED.getOrDefault(api.getKey(), versions.toString());
            matrix.append("%-38s %2d-%-2d  %s%n"
                    .formatted(
                            api.getKey().name,
                            api.getValue().first(),
                            api.getValue().last(),
                            reason));
            if (!NOT_COMPARED.containsKey(api.getKey())) {
                all += api.getValue().size();
                done += versions.size();
            }
        }
        matrix.append("%d of %d versions compared%n".formatted(done, all));
        matrix.append("not offered in a namespace, of what the broker offers:\n");
        remainder.forEach((api, reason) -> matrix.append("%-38s %s%n".formatted(api.name, reason)));
        System.out.print(matrix);
        Files.writeString(root().resolve("integration-tests/target/namespace-matrix.txt"), matrix);
    }
}
