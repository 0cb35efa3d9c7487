/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.gatehouse.kafka.raw.RawKafkaClient;
import io.gatehouse.kernel.wire.Codec;
import java.io.EOFException;
import java.io.IOException;
import java.net.SocketException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.SubscriptionPattern;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.message.ApiVersionsRequestData;
import org.apache.kafka.common.message.ApiVersionsResponseData;
import org.apache.kafka.common.message.DescribeConfigsRequestData;
import org.apache.kafka.common.message.DescribeConfigsResponseData;
import org.apache.kafka.common.message.DescribeGroupsRequestData;
import org.apache.kafka.common.message.DescribeGroupsResponseData;
import org.apache.kafka.common.message.DescribeTransactionsRequestData;
import org.apache.kafka.common.message.DescribeTransactionsResponseData;
import org.apache.kafka.common.message.FetchRequestData;
import org.apache.kafka.common.message.FetchResponseData;
import org.apache.kafka.common.message.ListTransactionsRequestData;
import org.apache.kafka.common.message.ListTransactionsResponseData;
import org.apache.kafka.common.message.MetadataRequestData;
import org.apache.kafka.common.message.MetadataResponseData;
import org.apache.kafka.common.message.OffsetFetchRequestData;
import org.apache.kafka.common.message.OffsetFetchResponseData;
import org.apache.kafka.common.message.ShareFetchRequestData;
import org.apache.kafka.common.message.ShareFetchResponseData;
import org.apache.kafka.common.message.ShareGroupHeartbeatRequestData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Two tenants on one cluster, of whom one tries to get at what is the other's: by every API, by its real names, by its topics' ids, by lists
 * and patterns, by its sessions. What exists cannot be told from what does not, and stays as it was. {@code intruder} has a hiding
 * namespace, {@code strict} one that enforces.
 */
class NamespaceIsolationIT {

    private static final int NODE = 1;
    private static final String OWNER = "owner";

    /** In names that no request says. */
    private static final String SECRET = "secret";

    @RegisterExtension
    static final Tenants tenants =
            Tenants.of(1, tenant -> tenant.equals("strict") ? ", mode: enforce" : "", OWNER, "intruder", "strict");

    private static final Map<String, Uuid> owned = new HashMap<>();

    @BeforeAll
    static void theOwnerHasSomethingOfEveryKind() throws Exception {
        List<String> topics = List.of(DifferentialCases.BASE, DifferentialCases.SECOND, SECRET + "-topic");
        try (Admin admin = tenants.admin(OWNER);
                KafkaProducer<String, String> producer = new KafkaProducer<>(
                        tenants.client(OWNER, "transactional.id", SECRET + "-transaction"),
                        new StringSerializer(),
                        new StringSerializer());
                KafkaConsumer<String, String> consumer = new KafkaConsumer<>(
                        tenants.client(OWNER, "group.id", SECRET + "-group"),
                        new StringDeserializer(),
                        new StringDeserializer())) {
            admin.createTopics(topics.stream()
                            .map(topic -> new NewTopic(topic, 2, (short) 1))
                            .toList())
                    .all()
                    .get();
            producer.initTransactions();
            producer.beginTransaction();
            for (int i = 0; i < 5; i++) {
                producer.send(new ProducerRecord<>(DifferentialCases.BASE, 0, null, SECRET + i));
            }
            producer.commitTransaction();
            for (String group : List.of(SECRET + "-group", "classic", "offsets", "share", "share-offsets")) {
                admin.alterConsumerGroupOffsets(
                                group, Map.of(new TopicPartition(DifferentialCases.BASE, 0), new OffsetAndMetadata(3)))
                        .all()
                        .get();
            }
            assertThat(consumer.partitionsFor(DifferentialCases.BASE)).hasSize(2);
            admin.describeTopics(topics)
                    .allTopicNames()
                    .get()
                    .forEach((name, topic) -> owned.put(name, topic.topicId()));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"intruder", "strict"})
    void whatIsForeignCannotBeToldFromWhatIsNotThereAndStaysAsItWas(String tenant) throws Exception {
        String there = tenants.prefix(OWNER);
        String notThere = there.replace(OWNER, "nobod");
        Map<String, Uuid> random = new HashMap<>();
        owned.keySet().forEach(name -> random.put(name, Uuid.randomUuid()));
        Map<String, Object> before = contents();
        Map<ApiKeys, TreeSet<Integer>> offered = offered(tenant);
        TreeSet<ApiKeys> tried = new TreeSet<>();
        List<String> differences = new ArrayList<>();

        try (World foreign = new World(there, () -> tenants.connect(tenant, NODE)).topicIds(owned::get);
                World missing = new World(notThere, () -> tenants.connect(tenant, NODE)).topicIds(random::get)) {
            for (DifferentialCase each : DifferentialCases.all()) {
                TreeSet<Integer> versions = new TreeSet<>(
                        offered.getOrDefault(each.api(), new TreeSet<>()).subSet(each.from(), true, each.to(), true));
                for (int version : versions.isEmpty() ? List.<Integer>of() : extremes(versions)) {
                    tried.add(each.api());
                    String difference = difference(each, (short) version, foreign, missing);
                    if (!difference.isEmpty()) {
                        differences.add(difference);
                    }
                }
            }
        }

        assertThat(differences).as(() -> String.join("\n\n", differences)).isEmpty();
        assertThat(contents()).isEqualTo(before);
        offered.keySet().removeAll(List.of(ApiKeys.API_VERSIONS, ApiKeys.SASL_HANDSHAKE, ApiKeys.SASL_AUTHENTICATE));
        assertThat(tried).isEqualTo(new TreeSet<>(offered.keySet()));
    }

    private static List<Integer> extremes(TreeSet<Integer> versions) {
        return versions.size() == 1 ? List.of(versions.first()) : List.of(versions.first(), versions.last());
    }

    private static Map<String, Object> contents() throws Exception {
        Map<String, Object> contents = ClusterContents.under(tenants.prefix(OWNER), tenants.kafka());
        try (Admin admin = tenants.direct()) {
            ConfigResource topic =
                    new ConfigResource(ConfigResource.Type.TOPIC, tenants.prefix(OWNER) + DifferentialCases.BASE);
            contents.put(
                    "configs", admin.describeConfigs(List.of(topic)).all().get().toString());
        }
        assertThat(contents.keySet()).anyMatch(name -> name.contains(SECRET));
        return contents;
    }

    /** Who only looks looks again: what was changed a moment ago may not be seen yet in one of the two. */
    private static String difference(DifferentialCase each, short version, World foreign, World missing)
            throws Exception {
        int attempts = NamespaceDifferentialIT.ONLY_LOOKING.contains(each.api()) ? 10 : 1;
        String difference = differenceOfOne(each, version, foreign, missing);
        for (int attempt = 1; attempt < attempts && !difference.isEmpty(); attempt++) {
            Thread.sleep(20);
            difference = differenceOfOne(each, version, foreign, missing);
        }
        return difference;
    }

    private static String differenceOfOne(DifferentialCase each, short version, World foreign, World missing)
            throws Exception {
        JsonNode ofForeign = outcome(each, version, foreign);
        JsonNode ofMissing = outcome(each, version, missing);
        assertThat(ofForeign.toString()).as("%s v%d", each, version).doesNotContain(SECRET);
        String type = each.api().messageType.newResponse().getClass().getSimpleName();
        JsonNode one = new ResponseNormalizer(foreign.prefix(), Map.of()).normalize(ofForeign, type, each.isList());
        JsonNode other = new ResponseNormalizer(missing.prefix(), Map.of()).normalize(ofMissing, type, each.isList());
        return one.equals(other) ? "" : "%s v%d%n  there:     %s%n  not there: %s".formatted(each, version, one, other);
    }

    private static JsonNode outcome(DifferentialCase each, short version, World world) throws Exception {
        ApiMessage request;
        try {
            request = each.request().in(world, version);
        } catch (IOException | RuntimeException e) {
            return TextNode.valueOf("cannot be prepared: " + e.getMessage());
        }
        try {
            return World.json(world.call(each.api(), version, request), version);
        } catch (EOFException | SocketException e) {
            world.reconnect();
            return TextNode.valueOf("closed the connection");
        }
    }

    private static Map<ApiKeys, TreeSet<Integer>> offered(String tenant) throws Exception {
        Map<ApiKeys, TreeSet<Integer>> offered = new TreeMap<>();
        try (RawKafkaClient client = tenants.connect(tenant, NODE)) {
            ApiVersionsResponseData versions = client.exchange(
                    ApiKeys.API_VERSIONS,
                    3,
                    new ApiVersionsRequestData().setClientSoftwareName("raw").setClientSoftwareVersion("1"),
                    1,
                    "raw");
            versions.apiKeys()
                    .forEach(api -> offered.put(
                            ApiKeys.forId(api.apiKey()),
                            IntStream.rangeClosed(api.minVersion(), api.maxVersion())
                                    .filter(version ->
                                            ApiKeys.forId(api.apiKey()).isVersionSupported((short) version))
                                    .boxed()
                                    .collect(Collectors.toCollection(TreeSet::new))));
        }
        return offered;
    }

    /** Names that look like the owner's, or like what a namespace makes of names: none leads to a topic of the owner's. */
    @ParameterizedTest
    @ValueSource(strings = {"intruder", "strict"})
    void noGeneratedNameLeadsToAForeignTopic(String tenant) throws Exception {
        List<MetadataRequestData.MetadataRequestTopic> topics = new ArrayList<>();
        generated(tenant, 5_000)
                .forEach(name -> topics.add(new MetadataRequestData.MetadataRequestTopic().setName(name)));
        String owner = tenants.prefix(OWNER);
        topics.add(new MetadataRequestData.MetadataRequestTopic().setName(owner + DifferentialCases.BASE));

        try (RawKafkaClient client = tenants.connect(tenant, NODE);
                Admin admin = tenants.admin(tenant)) {
            Set<String> ownTopics = admin.listTopics().names().get();
            MetadataResponseData response = client.exchange(
                    ApiKeys.METADATA,
                    12,
                    new MetadataRequestData().setTopics(topics).setAllowAutoTopicCreation(false),
                    1,
                    "raw");

            assertThat(response.topics()).hasSizeGreaterThan(1_000).allSatisfy(topic -> {
                assertThat(owned).doesNotContainValue(topic.topicId());
                assertThat(topic.errorCode() != 0 || ownTopics.contains(topic.name()))
                        .as(topic.name())
                        .isTrue();
            });
        }
    }

    private static List<String> generated(String tenant, int count) {
        Random random = new Random(20261123);
        String owner = tenants.prefix(OWNER);
        List<String> pieces = List.of(
                owner,
                tenants.prefix(tenant),
                DifferentialCases.BASE,
                SECRET + "-topic",
                SECRET + "-group",
                SECRET + "-transaction",
                ".",
                "..",
                "/",
                "_",
                "-",
                "*",
                ".*",
                "|",
                "(",
                ")",
                "^",
                "$",
                " ",
                "\\",
                "%2e",
                "../",
                owner.substring(0, owner.length() - 1),
                owner.toUpperCase(java.util.Locale.ROOT),
                "\u0000",
                "é");
        return IntStream.range(0, count)
                .mapToObj(name -> IntStream.range(0, 1 + random.nextInt(4))
                        .mapToObj(piece -> pieces.get(random.nextInt(pieces.size())))
                        .collect(Collectors.joining()))
                .toList();
    }

    /** The same for groups, transactional ids, configurations and patterns. */
    @ParameterizedTest
    @ValueSource(strings = {"intruder", "strict"})
    void noGeneratedNameOrPatternLeadsToAForeignGroupTransactionOrConfiguration(String tenant) throws Exception {
        Set<String> generated = new TreeSet<>(generated(tenant, 300));
        for (String name : List.of("-group", "-transaction", "-topic")) {
            generated.add(tenants.prefix(OWNER) + SECRET + name);
            generated.add(SECRET + name);
        }
        List<String> names = List.copyOf(generated);
        try (World world = new World("", () -> tenants.connect(tenant, NODE));
                Admin admin = tenants.admin(tenant);
                Admin direct = tenants.direct()) {
            Set<String> ownTopics = admin.listTopics().names().get();
            String prefix = tenants.prefix(tenant);
            Set<String> ownGroups = direct.listGroups().all().get().stream()
                    .map(listing -> listing.groupId())
                    .filter(group -> group.startsWith(prefix))
                    .map(group -> tenant.equals("strict") ? group : group.substring(prefix.length()))
                    .collect(Collectors.toSet());
            DescribeGroupsResponseData groups =
                    world.call(ApiKeys.DESCRIBE_GROUPS, 5, new DescribeGroupsRequestData().setGroups(names));
            OffsetFetchResponseData offsets = world.call(
                    ApiKeys.OFFSET_FETCH,
                    8,
                    new OffsetFetchRequestData()
                            .setGroups(names.stream()
                                    .map(name -> new OffsetFetchRequestData.OffsetFetchRequestGroup()
                                            .setGroupId(name)
                                            .setTopics(null))
                                    .toList()));
            DescribeTransactionsResponseData transactions = world.call(
                    ApiKeys.DESCRIBE_TRANSACTIONS, 0, new DescribeTransactionsRequestData().setTransactionalIds(names));
            DescribeConfigsResponseData configs = world.call(
                    ApiKeys.DESCRIBE_CONFIGS,
                    4,
                    new DescribeConfigsRequestData()
                            .setResources(names.stream()
                                    .map(name -> new DescribeConfigsRequestData.DescribeConfigsResource()
                                            .setResourceType(ConfigResource.Type.TOPIC.id())
                                            .setResourceName(name)
                                            .setConfigurationKeys(null))
                                    .toList()));

            assertThat(groups.groups()).hasSize(names.size()).allSatisfy(group -> {
                assertThat(group.errorCode() != 0
                                || group.groupState().equals("Dead")
                                || ownGroups.contains(group.groupId()))
                        .as(group.toString())
                        .isTrue();
                assertThat(group.members()).isEmpty();
            });
            assertThat(offsets.groups())
                    .hasSize(names.size())
                    .filteredOn(group -> !ownGroups.contains(group.groupId()))
                    .allSatisfy(group -> assertThat(group.topics()).isEmpty());
            assertThat(transactions.transactionStates())
                    .hasSize(names.size())
                    .allSatisfy(
                            transaction -> assertThat(transaction.errorCode()).isNotZero());
            assertThat(configs.results())
                    .hasSize(names.size())
                    .allSatisfy(topic -> assertThat(topic.errorCode() != 0 || ownTopics.contains(topic.resourceName()))
                            .as(topic.resourceName())
                            .isTrue());
            for (String pattern : names) {
                ListTransactionsResponseData listed = world.call(
                        ApiKeys.LIST_TRANSACTIONS,
                        2,
                        new ListTransactionsRequestData().setTransactionalIdPattern(pattern));

                assertThat(listed.transactionStates())
                        .as(pattern)
                        .noneMatch(transaction -> transaction.transactionalId().contains(SECRET));
            }
        }
    }

    @Test
    void aPatternThatMatchesEverythingFindsNothingForeign() throws Exception {
        try (KafkaConsumer<String, String> consumer = new KafkaConsumer<>(
                tenants.client("intruder", "group.id", "everything", "group.protocol", "consumer"),
                new StringDeserializer(),
                new StringDeserializer())) {
            consumer.subscribe(new SubscriptionPattern(".*"));
            long end = System.nanoTime() + Duration.ofSeconds(3).toNanos();
            while (System.nanoTime() < end) {
                consumer.poll(Duration.ofMillis(100));
            }

            try (Admin own = tenants.admin("intruder")) {
                assertThat(own.listTopics().names().get())
                        .containsAll(consumer.assignment().stream()
                                .map(TopicPartition::topic)
                                .toList());
            }
        }
    }

    @Test
    void aSessionIsOfItsConnectionOnly() throws Exception {
        try (RawKafkaClient owner = tenants.connect(OWNER, NODE);
                RawKafkaClient intruder = tenants.connect("intruder", NODE)) {
            FetchRequestData open = new FetchRequestData()
                    .setMaxWaitMs(10)
                    .setSessionEpoch(0)
                    .setTopics(List.of(new FetchRequestData.FetchTopic()
                            .setTopicId(owned.get(DifferentialCases.BASE))
                            .setPartitions(List.of(new FetchRequestData.FetchPartition()
                                    .setPartition(0)
                                    .setPartitionMaxBytes(1_000)))));
            FetchResponseData opened = owner.exchange(ApiKeys.FETCH, 17, open, 1, "raw");
            assertThat(opened.sessionId()).isNotZero();
            assertThat(opened.responses()).isNotEmpty();

            FetchResponseData stolen = intruder.exchange(
                    ApiKeys.FETCH,
                    17,
                    new FetchRequestData()
                            .setMaxWaitMs(10)
                            .setSessionId(opened.sessionId())
                            .setSessionEpoch(1),
                    1,
                    "raw");
            FetchResponseData tried = intruder.exchange(ApiKeys.FETCH, 17, open, 2, "raw");

            assertThat(Errors.forCode(stolen.errorCode())).isEqualTo(Errors.FETCH_SESSION_ID_NOT_FOUND);
            assertThat(tried.responses()).singleElement().satisfies(topic -> {
                assertThat(topic.topicId()).isEqualTo(owned.get(DifferentialCases.BASE));
                assertThat(Errors.forCode(topic.partitions().get(0).errorCode()))
                        .isEqualTo(Errors.UNKNOWN_TOPIC_ID);
                assertThat(topic.partitions().get(0).records().sizeInBytes()).isZero();
            });
        }
    }

    /** What needs no renaming passes as it comes: the records of a topic that is named by its id. */
    @Test
    void responsesToFetchesByTopicIdAreNotDecoded() throws Exception {
        try (RawKafkaClient owner = tenants.connect(OWNER, NODE)) {
            FetchRequestData fetch = new FetchRequestData()
                    .setMaxWaitMs(10)
                    .setSessionEpoch(-1)
                    .setMaxBytes(1 << 20)
                    .setTopics(List.of(new FetchRequestData.FetchTopic()
                            .setTopicId(owned.get(DifferentialCases.BASE))
                            .setPartitions(List.of(new FetchRequestData.FetchPartition()
                                    .setPartition(0)
                                    .setPartitionMaxBytes(1 << 20)))));
            Codec codec = tenants.gateway().gatehouse().codec();
            long requests = codec.decodedRequests();
            long responses = codec.decodedResponses();

            for (int i = 0; i < 100; i++) {
                FetchResponseData fetched = owner.exchange(ApiKeys.FETCH, 17, fetch, i, "raw");
                assertThat(fetched.responses()
                                .get(0)
                                .partitions()
                                .get(0)
                                .records()
                                .sizeInBytes())
                        .isPositive();
            }

            assertThat(codec.decodedRequests() - requests).isGreaterThanOrEqualTo(100);
            // The gateway itself asks for metadata now and then.
            assertThat(codec.decodedResponses() - responses).isLessThan(20);
        }
    }

    @Test
    void aShareMemberIsOfItsTenantOnly() throws Exception {
        try (RawKafkaClient owner = tenants.connect(OWNER, NODE);
                RawKafkaClient intruder = tenants.connect("intruder", NODE)) {
            owner.exchange(
                    ApiKeys.SHARE_GROUP_HEARTBEAT,
                    1,
                    new ShareGroupHeartbeatRequestData()
                            .setGroupId("shared")
                            .setMemberId("member")
                            .setSubscribedTopicNames(List.of(DifferentialCases.BASE)),
                    1,
                    "raw");
            ShareFetchResponseData opened = owner.exchange(ApiKeys.SHARE_FETCH, 1, share("shared", 0), 2, "raw");
            assertThat(opened.errorCode()).isZero();

            for (String group : List.of("shared", tenants.prefix(OWNER) + "shared")) {
                ShareFetchResponseData stolen = intruder.exchange(ApiKeys.SHARE_FETCH, 1, share(group, 1), 3, "raw");

                assertThat(Errors.forCode(stolen.errorCode())).isEqualTo(Errors.SHARE_SESSION_NOT_FOUND);
                assertThat(stolen.responses()).isEmpty();
            }
        }
    }

    private static ShareFetchRequestData share(String group, int epoch) {
        ShareFetchRequestData request = new ShareFetchRequestData()
                .setGroupId(group)
                .setMemberId("member")
                .setShareSessionEpoch(epoch)
                .setMaxWaitMs(100)
                .setMaxBytes(1_000)
                .setMaxRecords(10)
                .setBatchSize(10);
        if (epoch == 0) {
            ShareFetchRequestData.FetchTopic topic =
                    new ShareFetchRequestData.FetchTopic().setTopicId(owned.get(DifferentialCases.BASE));
            topic.partitions().add(new ShareFetchRequestData.FetchPartition().setPartitionIndex(0));
            request.topics().add(topic);
        }
        return request;
    }
}
