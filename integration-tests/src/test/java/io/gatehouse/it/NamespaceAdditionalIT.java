/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.gatehouse.kafka.raw.RawKafkaClient;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.GroupListing;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.SubscriptionPattern;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicCollection;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.GroupAuthorizationException;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.message.AlterConfigsRequestData;
import org.apache.kafka.common.message.AlterConfigsResponseData;
import org.apache.kafka.common.message.DescribeTopicPartitionsRequestData;
import org.apache.kafka.common.message.DescribeTopicPartitionsResponseData;
import org.apache.kafka.common.message.FetchRequestData;
import org.apache.kafka.common.message.FetchResponseData;
import org.apache.kafka.common.message.MetadataRequestData;
import org.apache.kafka.common.message.MetadataResponseData;
import org.apache.kafka.common.message.ProduceResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Names that a namespace shows though they lack its prefix, and where names meet. */
class NamespaceAdditionalIT {

    private static final int NODE = 1;
    private static final String AUDIT = "extra-audit";
    private static final String PUBLIC = "extra-public-1";
    private static final String BOTH = "extra-both";
    private static final String BOTH_SILENTLY = "extra-silent";
    private static final String GROUP = "extra-of-all";
    private static final String GROUP_OF_BOTH = "extra-readers";

    private static final String ADDITIONAL = """
            , additional: {
              topics: [
                {exact: [extra-audit, extra-both]}, {glob: "extra-public-?"}, {exact: [extra-silent], conflict: ignore},
                {exact: [extra-managed], manage: true}, {exact: []}],
              groups: [{exact: [extra-readers, extra-of-all]}]}""".replace("\n", " ");

    private static final CapturedLog log = CapturedLog.warningsOf("io.gatehouse.plugins.namespace");

    @RegisterExtension
    static final Tenants tenants = Tenants.of(
            1,
            tenant -> switch (tenant) {
                case "enforcer" -> ", mode: enforce" + ADDITIONAL;
                case "wide" -> ", additional: {topics: [{glob: \"*\", manage: true}]}";
                default -> ADDITIONAL;
            },
            "hider",
            "enforcer",
            "wide");

    @BeforeAll
    static void topicsAreThere() throws Exception {
        String own = tenants.prefix("hider");
        for (String name : List.of(AUDIT, PUBLIC, BOTH, own + BOTH, BOTH_SILENTLY, own + BOTH_SILENTLY)) {
            tenants.kafka().cluster().createTopic(name, 1, 1);
        }
        try (Admin direct = tenants.direct()) {
            direct.alterConsumerGroupOffsets(
                            own + GROUP_OF_BOTH, Map.of(new TopicPartition(own + BOTH, 0), new OffsetAndMetadata(0)))
                    .all()
                    .get();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"hider", "enforcer"})
    void additionalTopicsAreDescribedReadAndWrittenAndNothingElse(String tenant) throws Exception {
        TopicPartition partition = new TopicPartition(AUDIT, 0);
        try (Admin admin = tenants.admin(tenant);
                KafkaProducer<String, String> producer = Clients.producer(tenants.client(tenant))) {
            producer.send(new ProducerRecord<>(AUDIT, "by " + tenant)).get();
            producer.send(new ProducerRecord<>(PUBLIC, "by " + tenant)).get();

            assertThat(admin.listTopics().names().get()).contains(AUDIT, PUBLIC);
            assertThat(values(tenants.client(tenant), AUDIT)).contains("by " + tenant);
            assertThat(Clients.readAll(tenants.kafka().bootstrapServers(), PUBLIC))
                    .extracting(ConsumerRecord::value)
                    .contains("by " + tenant);
            Uuid id = admin.describeTopics(List.of(AUDIT))
                    .allTopicNames()
                    .get()
                    .get(AUDIT)
                    .topicId();
            ConfigResource config = new ConfigResource(ConfigResource.Type.TOPIC, AUDIT);
            assertThat(admin.describeConfigs(List.of(config))
                            .all()
                            .get()
                            .get(config)
                            .entries())
                    .isNotEmpty();

            assertDenied(() -> admin.createTopics(List.of(new NewTopic(PUBLIC.replace('1', '2'), 1, (short) 1)))
                    .all()
                    .get());
            assertDenied(() -> admin.deleteTopics(List.of(AUDIT)).all().get());
            assertDenied(() -> admin.deleteTopics(TopicCollection.ofTopicIds(List.of(id)))
                    .all()
                    .get());
            assertDenied(() -> admin.createPartitions(Map.of(AUDIT, NewPartitions.increaseTo(3)))
                    .all()
                    .get());
            assertDenied(() -> admin.deleteRecords(Map.of(partition, RecordsToDelete.beforeOffset(1)))
                    .all()
                    .get());
            assertDenied(() -> admin.incrementalAlterConfigs(Map.of(
                            config,
                            List.of(new AlterConfigOp(new ConfigEntry("retention.ms", "1"), AlterConfigOp.OpType.SET))))
                    .all()
                    .get());
        }
    }

    private static void assertDenied(org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOf(ExecutionException.class)
                .hasCauseInstanceOf(TopicAuthorizationException.class);
    }

    /** Its client names it once, and a broker would go on with it. */
    @Test
    void anAdditionalTopicThatIsTakenAwayIsNotReadAnyMoreWhileTheOthersAre() throws Exception {
        String taken = "extra-taken-away";
        String own = "stays";
        tenants.kafka().cluster().createTopic(taken, 1, 1);
        tenants.kafka().cluster().createTopic(tenants.prefix("hider") + own, 1, 1);
        List<String> read = new ArrayList<>();
        try (TestGateway gateway = tenants.another(tenant -> ", additional: {topics: [{exact: [" + taken + "]}]}");
                KafkaProducer<String, String> direct = Clients.producer(
                        Map.of("bootstrap.servers", tenants.kafka().bootstrapServers()));
                KafkaConsumer<String, String> consumer = new KafkaConsumer<>(
                        tenants.client(gateway, "hider", "auto.offset.reset", "earliest"),
                        new StringDeserializer(),
                        new StringDeserializer())) {
            consumer.assign(List.of(new TopicPartition(taken, 0), new TopicPartition(own, 0)));
            Callable<Set<String>> poll = () -> {
                consumer.poll(Duration.ofMillis(100)).forEach(record -> read.add(record.value()));
                return Set.copyOf(read);
            };
            direct.send(new ProducerRecord<>(taken, "public")).get();
            direct.send(new ProducerRecord<>(tenants.prefix("hider") + own, "first"))
                    .get();
            await().until(poll, all -> all.containsAll(Set.of("public", "first")));

            tenants.configure(gateway, tenant -> "");
            await().untilAsserted(() -> {
                try (Admin admin = Admin.create(tenants.client(gateway, "hider"))) {
                    assertThat(admin.listTopics().names().get()).doesNotContain(taken);
                }
            });
            // A fetch that was under way may end with this one.
            direct.send(new ProducerRecord<>(tenants.prefix("hider") + own, "second"))
                    .get();
            await().until(poll, all -> all.contains("second"));
            direct.send(new ProducerRecord<>(taken, "secret")).get();
            for (String later : List.of("third", "fourth")) {
                direct.send(new ProducerRecord<>(tenants.prefix("hider") + own, later))
                        .get();
                await().until(poll, all -> all.contains(later));
            }
        }

        assertThat(read).containsExactlyInAnyOrder("public", "first", "second", "third", "fourth");
    }

    @Test
    void aManagedAdditionalTopicIsCreatedChangedAndDeleted() throws Exception {
        try (Admin admin = tenants.admin("hider");
                Admin direct = tenants.direct()) {
            admin.createTopics(List.of(new NewTopic("extra-managed", 1, (short) 1)))
                    .all()
                    .get();
            await().untilAsserted(
                            () -> assertThat(direct.listTopics().names().get()).contains("extra-managed"));

            admin.createPartitions(Map.of("extra-managed", NewPartitions.increaseTo(2)))
                    .all()
                    .get();
            admin.deleteTopics(List.of("extra-managed")).all().get();

            await().untilAsserted(
                            () -> assertThat(direct.listTopics().names().get()).doesNotContain("extra-managed"));
        }
    }

    @Test
    void theNamespacesOwnTopicWinsEverywhereWithOneWordOfIt() throws Exception {
        String own = tenants.prefix("hider");
        try (KafkaProducer<String, String> direct =
                Clients.producer(Map.of("bootstrap.servers", tenants.kafka().bootstrapServers()))) {
            direct.send(new ProducerRecord<>(own + BOTH, "own")).get();
            direct.send(new ProducerRecord<>(BOTH, "additional")).get();
        }
        Uuid ownId;
        try (Admin direct = tenants.direct()) {
            ownId = direct.describeTopics(List.of(own + BOTH))
                    .allTopicNames()
                    .get()
                    .get(own + BOTH)
                    .topicId();
        }

        try (Admin admin = tenants.admin("hider")) {
            for (int i = 0; i < 3; i++) {
                assertThat(values(tenants.client("hider"), BOTH)).containsExactly("own");
                assertThat(values(tenants.client("hider"), BOTH_SILENTLY)).isEmpty();
                assertThat(admin.listTopics().listings().get())
                        .filteredOn(topic -> topic.name().equals(BOTH))
                        .singleElement()
                        .satisfies(topic -> assertThat(topic.topicId()).isEqualTo(ownId));
                assertThat(admin.describeTopics(List.of(BOTH))
                                .allTopicNames()
                                .get()
                                .get(BOTH)
                                .topicId())
                        .isEqualTo(ownId);
            }
            assertThat(admin.listGroups().all().get())
                    .extracting(GroupListing::groupId)
                    .containsOnlyOnce(GROUP_OF_BOTH);
        }

        assertThat(log.lines())
                .filteredOn(line -> line.contains(own + BOTH))
                .singleElement()
                .satisfies(line -> assertThat(line).contains("the namespace's own is used"));
        assertThat(log.lines()).noneMatch(line -> line.contains(BOTH_SILENTLY));
        assertThat(log.lines())
                .filteredOn(line -> line.contains(own + GROUP_OF_BOTH))
                .singleElement()
                .satisfies(line -> assertThat(line).contains("the namespace's own is used"));
        assertThat(tenants.gateway().management("/metrics").body().lines())
                .anyMatch(line -> line.startsWith("gatehouse_namespace_conflicts{interceptor=\"namespace-hider\"")
                        && line.endsWith(" 2.0"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"hider", "enforcer"})
    void pagesOfAllTopicsAndTheirCursorsNameOnlyWhatTheTenantSees(String tenant) throws Exception {
        // Where a page of additional topics would end with what comes next on the cluster.
        String foreign = "extra-both-of-others-for-" + tenant;
        tenants.kafka().cluster().createTopic(foreign, 1, 1);
        try (Admin admin = tenants.admin(tenant);
                RawKafkaClient client = tenants.connect(tenant, NODE)) {
            Set<String> visible = admin.listTopics().names().get();

            Set<String> paged = new HashSet<>();
            DescribeTopicPartitionsRequestData.Cursor cursor = null;
            do {
                DescribeTopicPartitionsResponseData page = client.exchange(
                        ApiKeys.DESCRIBE_TOPIC_PARTITIONS,
                        0,
                        new DescribeTopicPartitionsRequestData()
                                .setResponsePartitionLimit(1)
                                .setCursor(cursor),
                        1,
                        "raw");
                page.topics().forEach(topic -> paged.add(topic.name()));
                var next = page.nextCursor();
                if (next != null) {
                    assertThat(visible).contains(next.topicName());
                }
                cursor = next == null
                        ? null
                        : new DescribeTopicPartitionsRequestData.Cursor()
                                .setTopicName(next.topicName())
                                .setPartitionIndex(next.partitionIndex());
            } while (cursor != null);

            assertThat(paged).isEqualTo(visible);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"hider", "enforcer"})
    void aPatternFindsAdditionalTopicsToo(String tenant) throws Exception {
        String own = tenant.equals("hider") ? "patterned" : tenants.prefix(tenant) + "patterned";
        try (Admin admin = tenants.admin(tenant)) {
            admin.createTopics(List.of(new NewTopic(own, 1, (short) 1))).all().get();
        }
        try (KafkaConsumer<String, String> consumer = new KafkaConsumer<>(
                tenants.client(tenant, "group.id", patternGroup(tenant), "group.protocol", "consumer"),
                new StringDeserializer(),
                new StringDeserializer())) {
            consumer.subscribe(new SubscriptionPattern(".*"));

            Set<String> found = new HashSet<>();
            await().atMost(Duration.ofSeconds(40)).pollInterval(Duration.ZERO).until(() -> {
                consumer.poll(Duration.ofMillis(100));
                consumer.assignment().forEach(partition -> found.add(partition.topic()));
                return found.containsAll(Set.of(own, AUDIT, PUBLIC));
            });
            assertThat(found)
                    .allMatch(topic -> topic.startsWith("extra-") || topic.equals(own) || isOwn(tenant, topic));
        }
    }

    private static String patternGroup(String tenant) {
        return tenant.equals("hider") ? "patterns" : tenants.prefix(tenant) + "patterns";
    }

    private static boolean isOwn(String tenant, String topic) {
        return tenant.equals("hider") ? !topic.contains(".") : topic.startsWith(tenants.prefix(tenant));
    }

    @Test
    void anAdditionalGroupIsTheSameForAllTenantsAndIsNotDeletedByOne() throws Exception {
        TopicPartition audit = new TopicPartition(AUDIT, 0);
        try (Admin one = tenants.admin("hider");
                Admin other = tenants.admin("enforcer");
                Admin direct = tenants.direct()) {
            one.alterConsumerGroupOffsets(GROUP, Map.of(audit, new OffsetAndMetadata(7)))
                    .all()
                    .get();

            for (Admin admin : List.of(one, other, direct)) {
                assertThat(admin.listConsumerGroupOffsets(GROUP)
                                .partitionsToOffsetAndMetadata()
                                .get()
                                .get(audit)
                                .offset())
                        .isEqualTo(7);
                assertThat(admin.listGroups().all().get())
                        .extracting(GroupListing::groupId)
                        .containsOnlyOnce(GROUP);
            }
            assertThatThrownBy(
                            () -> one.deleteConsumerGroups(List.of(GROUP)).all().get())
                    .hasCauseInstanceOf(GroupAuthorizationException.class);
            assertThatThrownBy(() -> one.deleteConsumerGroupOffsets(GROUP, Set.of(audit))
                            .all()
                            .get())
                    .hasCauseInstanceOf(GroupAuthorizationException.class);
            direct.deleteConsumerGroups(List.of(GROUP)).all().get();
        }
    }

    /** The client id with which a broker lets one write to them included. */
    @Test
    void noGlobReachesKafkasInternalTopics() throws Exception {
        String internal = "__consumer_offsets";
        await().untilAsserted(() -> {
            try (Admin direct = tenants.direct()) {
                assertThat(direct.describeTopics(List.of(internal))
                                .allTopicNames()
                                .get())
                        .containsKey(internal);
            }
        });
        try (RawKafkaClient client = tenants.connect("wide", NODE);
                Admin admin = tenants.admin("wide")) {
            ProduceResponseData produced = client.exchange(
                    ApiKeys.PRODUCE,
                    9,
                    RawRequests.produce(internal, Uuid.ZERO_UUID, -1, null, new byte[] {1}),
                    1,
                    "__admin_client");
            FetchResponseData fetched = client.exchange(
                    ApiKeys.FETCH,
                    11,
                    new FetchRequestData()
                            .setReplicaId(-1)
                            .setMaxBytes(1 << 20)
                            .setSessionEpoch(-1)
                            .setTopics(List.of(new FetchRequestData.FetchTopic()
                                    .setTopic(internal)
                                    .setPartitions(List.of(new FetchRequestData.FetchPartition()
                                            .setPartition(0)
                                            .setPartitionMaxBytes(1 << 20))))),
                    2,
                    "__admin_client");

            assertThat(produced.responses()).singleElement().satisfies(topic -> {
                assertThat(topic.name()).isEqualTo(internal);
                assertThat(Errors.forCode(topic.partitionResponses().get(0).errorCode()))
                        .isEqualTo(Errors.UNKNOWN_TOPIC_OR_PARTITION);
            });
            assertThat(fetched.responses()).singleElement().satisfies(topic -> {
                assertThat(Errors.forCode(topic.partitions().get(0).errorCode()))
                        .isEqualTo(Errors.UNKNOWN_TOPIC_OR_PARTITION);
            });
            assertThatThrownBy(() -> admin.deleteTopics(List.of(internal)).all().get())
                    .hasMessageContaining("does not host this topic-partition");
            assertThat(admin.listTopics().names().get()).contains(AUDIT).noneMatch(name -> name.startsWith("__"));
        }
    }

    /** Version 1 cannot say that nothing is to be created. */
    @Test
    void askingForAnAdditionalTopicDoesNotCreateIt() throws Exception {
        try (RawKafkaClient client = tenants.connect("hider", NODE);
                Admin direct = tenants.direct()) {
            MetadataResponseData answer = client.exchange(
                    ApiKeys.METADATA,
                    1,
                    new MetadataRequestData()
                            .setTopics(
                                    List.of(new MetadataRequestData.MetadataRequestTopic().setName("extra-public-9"))),
                    1,
                    "raw");

            assertThat(answer.topics()).singleElement().satisfies(topic -> {
                assertThat(topic.name()).isEqualTo("extra-public-9");
                assertThat(Errors.forCode(topic.errorCode())).isEqualTo(Errors.UNKNOWN_TOPIC_OR_PARTITION);
            });
            assertThat(direct.listTopics().names().get()).noneMatch(name -> name.endsWith("extra-public-9"));
        }
    }

    /** The operator's throttle of a topic is none of the tenant's, and the old API sets back what it does not name. */
    @Test
    void theOldAlterConfigsKeepsWhatATenantMayNotSet() throws Exception {
        String topic = "throttled";
        ConfigResource real = new ConfigResource(ConfigResource.Type.TOPIC, tenants.prefix("hider") + topic);
        try (Admin admin = tenants.admin("hider");
                Admin direct = tenants.direct();
                RawKafkaClient client = tenants.connect("hider", NODE)) {
            admin.createTopics(List.of(new NewTopic(topic, 1, (short) 1).configs(Map.of("retention.ms", "123456"))))
                    .all()
                    .get();
            ConfigEntry throttle = new ConfigEntry("leader.replication.throttled.replicas", "*");
            direct.incrementalAlterConfigs(Map.of(real, List.of(new AlterConfigOp(throttle, AlterConfigOp.OpType.SET))))
                    .all()
                    .get();
            AlterConfigsRequestData request = new AlterConfigsRequestData();
            AlterConfigsRequestData.AlterConfigsResource resource = new AlterConfigsRequestData.AlterConfigsResource()
                    .setResourceType(ConfigResource.Type.TOPIC.id())
                    .setResourceName(topic);
            resource.configs()
                    .add(new AlterConfigsRequestData.AlterableConfig()
                            .setName("segment.ms")
                            .setValue("7654321"));
            request.resources().add(resource);

            await().untilAsserted(() -> {
                AlterConfigsResponseData altered = client.exchange(ApiKeys.ALTER_CONFIGS, 2, request, 1, "raw");

                assertThat(altered.responses()).singleElement().satisfies(answer -> {
                    assertThat(answer.resourceName()).isEqualTo(topic);
                    assertThat(Errors.forCode(answer.errorCode())).isEqualTo(Errors.NONE);
                });
                var configs = direct.describeConfigs(List.of(real)).all().get().get(real);
                assertThat(configs.get("leader.replication.throttled.replicas").value())
                        .isEqualTo("*");
                assertThat(configs.get("segment.ms").value()).isEqualTo("7654321");
                assertThat(configs.get("retention.ms").value()).isNotEqualTo("123456");
            });
        }
    }

    @Test
    void aNameThatIsTooLongWithThePrefixIsInvalidAndCalledAsTheClientCallsIt() throws Exception {
        String name = "n".repeat(249);
        try (Admin admin = tenants.admin("hider");
                RawKafkaClient client = tenants.connect("hider", NODE)) {
            assertThatThrownBy(() -> admin.createTopics(List.of(new NewTopic(name, 1, (short) 1)))
                            .all()
                            .get())
                    .hasCauseInstanceOf(InvalidTopicException.class)
                    .hasMessageNotContaining(tenants.prefix("hider"))
                    .hasMessageContaining(name);

            MetadataResponseData answer = client.exchange(
                    ApiKeys.METADATA,
                    9,
                    new MetadataRequestData()
                            .setTopics(List.of(new MetadataRequestData.MetadataRequestTopic().setName(name))),
                    1,
                    "raw");
            assertThat(answer.topics()).singleElement().satisfies(topic -> {
                assertThat(topic.name()).isEqualTo(name);
                assertThat(Errors.forCode(topic.errorCode())).isEqualTo(Errors.INVALID_TOPIC_EXCEPTION);
            });
        }
    }

    /** Which brokers write to on behalf of a share group: the only value of a configuration that is a name. */
    @Test
    void theDeadLetterTopicOfAGroupIsATopicOfTheNamespaceOrAnAdditionalOne() throws Exception {
        String own = tenants.prefix("hider");
        ConfigResource group = new ConfigResource(ConfigResource.Type.GROUP, "sharers");
        ConfigResource real = new ConfigResource(ConfigResource.Type.GROUP, own + "sharers");
        int longest = 249 - own.length();
        try (Admin admin = tenants.admin("hider");
                Admin direct = tenants.direct()) {
            for (String name : List.of("lost", tenants.prefix("enforcer") + "lost", "l".repeat(longest))) {
                setDeadLetterTopic(admin, group, name);

                await().untilAsserted(() -> {
                    assertThat(deadLetterTopic(direct, real)).isEqualTo(own + name);
                    assertThat(deadLetterTopic(admin, group)).isEqualTo(name);
                });
            }
            for (String name : List.of("l".repeat(longest + 1), "..", "no topic's name")) {
                assertThatThrownBy(() -> setDeadLetterTopic(admin, group, name))
                        .hasCauseInstanceOf(InvalidTopicException.class)
                        .hasMessageContaining(name)
                        .hasMessageContaining("up to " + longest + " characters")
                        .hasMessageNotContaining(own);
            }
            assertThat(deadLetterTopic(direct, real)).isEqualTo(own + "l".repeat(longest));

            setDeadLetterTopic(admin, group, AUDIT);
            await().untilAsserted(() -> {
                assertThat(deadLetterTopic(direct, real)).isEqualTo(AUDIT);
                assertThat(deadLetterTopic(admin, group)).isEqualTo(AUDIT);
            });
            setDeadLetterTopic(direct, real, "of-somebody-else");
            await().untilAsserted(() -> {
                assertThat(deadLetterTopic(direct, real)).isEqualTo("of-somebody-else");
                assertThat(deadLetterTopic(admin, group)).isEmpty();
            });
        }
    }

    @Test
    void inEnforceModeAForeignDeadLetterTopicIsRefused() throws Exception {
        String own = tenants.prefix("enforcer");
        ConfigResource group = new ConfigResource(ConfigResource.Type.GROUP, own + "sharers");
        try (Admin admin = tenants.admin("enforcer");
                Admin direct = tenants.direct()) {
            for (String foreign : List.of("lost", tenants.prefix("hider") + "lost", "__consumer_offsets")) {
                assertDenied(() -> setDeadLetterTopic(admin, group, foreign));
            }
            setDeadLetterTopic(admin, group, own + "lost");

            await().untilAsserted(() -> {
                assertThat(deadLetterTopic(direct, group)).isEqualTo(own + "lost");
                assertThat(deadLetterTopic(admin, group)).isEqualTo(own + "lost");
            });
        }
    }

    private static void setDeadLetterTopic(Admin admin, ConfigResource group, String topic) throws Exception {
        ConfigEntry entry = new ConfigEntry("errors.deadletterqueue.topic.name", topic);
        admin.incrementalAlterConfigs(Map.of(group, List.of(new AlterConfigOp(entry, AlterConfigOp.OpType.SET))))
                .all()
                .get();
    }

    private static String deadLetterTopic(Admin admin, ConfigResource group) throws Exception {
        return admin.describeConfigs(List.of(group))
                .all()
                .get()
                .get(group)
                .get("errors.deadletterqueue.topic.name")
                .value();
    }

    @Test
    void twoVirtualClustersWithOverlappingPrefixesDoNotBothWorkAndHealthSaysWhy() throws Exception {
        StringBuilder resources = new StringBuilder();
        for (String name : List.of("team", "team-a")) {
            resources.append("""
                    ---
                    {apiVersion: gatehouse/v1, kind: VirtualCluster, metadata: {name: %1$s}, spec: {cluster: local}}
                    ---
                    {apiVersion: gatehouse/v1, kind: UserMapping, metadata: {name: %1$s}, spec: {principal: %1$s, virtualCluster: %1$s}}
                    ---
                    apiVersion: gatehouse/v1
                    kind: Interceptor
                    metadata: {name: namespace-%1$s}
                    spec:
                      type: namespace
                      policy: namespace
                      priority: 9000
                      scope: {virtualCluster: %1$s}
                      config: {prefix: "%1$s"}
                    """.formatted(name));
        }
        try (TestGateway gateway = TestGateway.inFrontOf(tenants.kafka().bootstrapServers())
                .accounts("team", "team-a")
                .plugin(TestGateway.jarOf("plugins/namespace"))
                .resource("overlapping.yaml", resources.toString())
                .start()) {
            await().untilAsserted(() -> {
                var health = gateway.management("/health/ready");
                assertThat(health.statusCode()).isEqualTo(503);
                assertThat(health.body()).contains("namespace-team-a", "overlaps", "namespace-team");
            });
            try (Admin first = Admin.create(Clients.as(gateway.bootstrapServers(), "team"))) {
                assertThat(first.listTopics().names().get()).isNotNull();
            }
            Map<String, Object> later = Clients.as(gateway.bootstrapServers(), "team-a");
            later.put("default.api.timeout.ms", 3_000);
            later.put("request.timeout.ms", 2_000);
            try (Admin second = Admin.create(later)) {
                assertThatThrownBy(() -> second.listTopics().names().get()).isInstanceOf(ExecutionException.class);
            }
        }
    }

    private static List<String> values(Map<String, Object> client, String topic) {
        return Clients.readAll(client, topic).stream()
                .map(ConsumerRecord::value)
                .toList();
    }
}
