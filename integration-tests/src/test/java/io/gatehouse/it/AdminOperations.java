/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.it;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.AbortTransactionSpec;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.FeatureUpdate;
import org.apache.kafka.clients.admin.ListShareGroupOffsetsSpec;
import org.apache.kafka.clients.admin.ListStreamsGroupOffsetsSpec;
import org.apache.kafka.clients.admin.MemberToRemove;
import org.apache.kafka.clients.admin.NewPartitionReassignment;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.RaftVoterEndpoint;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.admin.RemoveMembersFromConsumerGroupOptions;
import org.apache.kafka.clients.admin.ScramCredentialInfo;
import org.apache.kafka.clients.admin.ScramMechanism;
import org.apache.kafka.clients.admin.UpdateFeaturesOptions;
import org.apache.kafka.clients.admin.UserScramCredentialDeletion;
import org.apache.kafka.clients.admin.UserScramCredentialUpsertion;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.ElectionType;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.TopicPartitionReplica;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclBindingFilter;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.BrokerIdNotRegisteredException;
import org.apache.kafka.common.errors.ClusterAuthorizationException;
import org.apache.kafka.common.errors.ControllerIdNotRegisteredException;
import org.apache.kafka.common.errors.ElectionNotNeededException;
import org.apache.kafka.common.errors.GroupIdNotFoundException;
import org.apache.kafka.common.errors.InvalidConfigurationException;
import org.apache.kafka.common.errors.SecurityDisabledException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.UnknownMemberIdException;
import org.apache.kafka.common.errors.UnsupportedVersionException;
import org.apache.kafka.common.errors.VoterNotFoundException;
import org.apache.kafka.common.metrics.KafkaMetric;
import org.apache.kafka.common.quota.ClientQuotaAlteration;
import org.apache.kafka.common.quota.ClientQuotaEntity;
import org.apache.kafka.common.quota.ClientQuotaFilter;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;
import org.jspecify.annotations.Nullable;

/**
 * Everything that an Admin client can do, in an order that works, each with what must come of it: a result, or the error
 * that is documented for it.
 */
final class AdminOperations {

    private static final String GROUP = "-group";
    private static final String SHARE_GROUP = "-share";
    private static final String STREAMS_GROUP = "-streams";
    private static final String TRANSACTIONAL_ID = "-transactional";

    private final String prefix;
    private final TopicPartition partition;

    /** A call of an operation. */
    interface Call {
        Future<?> on(Admin admin) throws Exception;
    }

    /**
     * An operation.
     *
     * @param method of {@link Admin}
     * @param variant says what is special, where a method has several rows
     * @param passthroughError what fails it in passthrough; null when it succeeds
     * @param virtualClusterError what fails it in a virtual cluster; null when it succeeds
     */
    record Operation(
            String method,
            String variant,
            Call call,
            @Nullable Class<? extends Exception> passthroughError,
            @Nullable Class<? extends Exception> virtualClusterError) {

        @Override
        public String toString() {
            return variant.isEmpty() ? method : method + " " + variant;
        }
    }

    /** @param prefix of every name that the operations use */
    AdminOperations(String prefix) {
        this.prefix = prefix;
        this.partition = new TopicPartition(prefix, 0);
    }

    /** All of them, in order. */
    List<Operation> all() {
        return Stream.of(
                        topics(),
                        configs(),
                        classicGroups(),
                        otherGroups(),
                        transactions(),
                        security(),
                        wholeCluster(),
                        client(),
                        deletions())
                .flatMap(Collection::stream)
                .toList();
    }

    private List<Operation> topics() {
        return List.of(
                works(
                        "createTopics",
                        admin -> admin.createTopics(List.of(new NewTopic(prefix, 1, (short) 3)))
                                .all()),
                works("listTopics", admin -> admin.listTopics().names()),
                works(
                        "describeTopics",
                        admin -> admin.describeTopics(List.of(prefix)).allTopicNames()),
                works(
                        "createPartitions",
                        admin -> admin.createPartitions(Map.of(prefix, NewPartitions.increaseTo(2)))
                                .all()),
                works(
                        "listOffsets",
                        admin -> admin.listOffsets(Map.of(partition, OffsetSpec.latest()))
                                .all()),
                works(
                        "deleteRecords",
                        admin -> admin.deleteRecords(Map.of(partition, RecordsToDelete.beforeOffset(0)))
                                .all()));
    }

    private List<Operation> configs() {
        ConfigResource topic = new ConfigResource(ConfigResource.Type.TOPIC, prefix);
        ConfigResource group = new ConfigResource(ConfigResource.Type.GROUP, prefix + GROUP);
        ConfigResource broker = new ConfigResource(ConfigResource.Type.BROKER, "1");
        ConfigResource brokers = new ConfigResource(ConfigResource.Type.BROKER, "");
        ConfigResource loggers = new ConfigResource(ConfigResource.Type.BROKER_LOGGER, "1");
        ConfigResource metrics = new ConfigResource(ConfigResource.Type.CLIENT_METRICS, prefix);
        Class<ClusterAuthorizationException> refused = ClusterAuthorizationException.class;
        return List.of(
                works(
                        "describeConfigs",
                        admin -> admin.describeConfigs(List.of(topic, group)).all()),
                row(
                        "describeConfigs",
                        "of a broker",
                        admin -> admin.describeConfigs(List.of(broker)).all(),
                        null,
                        refused),
                row(
                        "describeConfigs",
                        "of loggers",
                        admin -> admin.describeConfigs(List.of(loggers)).all(),
                        null,
                        refused),
                row(
                        "describeConfigs",
                        "of client metrics",
                        admin -> admin.describeConfigs(List.of(metrics)).all(),
                        null,
                        refused),
                works("incrementalAlterConfigs", admin -> set(admin, topic, "retention.ms", "100000000")),
                row(
                        "incrementalAlterConfigs",
                        "of a topic and of all brokers",
                        admin -> admin.incrementalAlterConfigs(Map.of(
                                        topic, List.of(change("retention.ms", "100000000")),
                                        brokers, List.of(change("log.cleaner.threads", "1"))))
                                .values()
                                .get(brokers),
                        null,
                        refused),
                row(
                        "incrementalAlterConfigs",
                        "of loggers",
                        admin -> set(admin, loggers, "org.eclipse.none", "ERROR"),
                        InvalidConfigurationException.class,
                        refused),
                row(
                        "incrementalAlterConfigs",
                        "of client metrics",
                        admin -> set(admin, metrics, "interval.ms", "1000"),
                        null,
                        refused),
                works(
                        "listConfigResources",
                        admin -> admin.listConfigResources().all()),
                works("listClientMetricsResources", AdminOperations::clientMetrics));
    }

    private List<Operation> classicGroups() {
        String group = prefix + GROUP;
        Map<TopicPartition, OffsetAndMetadata> offsets = Map.of(partition, new OffsetAndMetadata(0));
        return List.of(
                works(
                        "alterConsumerGroupOffsets",
                        admin -> admin.alterConsumerGroupOffsets(group, offsets).all()),
                works("listGroups", admin -> admin.listGroups().all()),
                works("listConsumerGroups", AdminOperations::consumerGroups),
                works(
                        "describeConsumerGroups",
                        admin -> admin.describeConsumerGroups(List.of(group)).all()),
                works(
                        "describeClassicGroups",
                        admin -> admin.describeClassicGroups(List.of(group)).all()),
                works(
                        "listConsumerGroupOffsets",
                        admin -> admin.listConsumerGroupOffsets(group).all()),
                fails(
                        "removeMembersFromConsumerGroup",
                        admin -> admin.removeMembersFromConsumerGroup(
                                        group,
                                        new RemoveMembersFromConsumerGroupOptions(
                                                List.of(new MemberToRemove("nobody"))))
                                .all(),
                        UnknownMemberIdException.class),
                works(
                        "deleteConsumerGroupOffsets",
                        admin -> admin.deleteConsumerGroupOffsets(group, Set.of(partition))
                                .all()),
                works(
                        "alterConsumerGroupOffsets",
                        admin -> admin.alterConsumerGroupOffsets(group, offsets).all()),
                works(
                        "deleteConsumerGroups",
                        admin -> admin.deleteConsumerGroups(List.of(group)).all()));
    }

    private List<Operation> otherGroups() {
        String share = prefix + SHARE_GROUP;
        String streams = prefix + STREAMS_GROUP;
        Class<? extends Exception> notFound = GroupIdNotFoundException.class;
        return List.of(
                works(
                        "alterShareGroupOffsets",
                        admin -> admin.alterShareGroupOffsets(share, Map.of(partition, 0L))
                                .all()),
                works(
                        "describeShareGroups",
                        admin -> admin.describeShareGroups(List.of(share)).all()),
                works(
                        "listShareGroupOffsets",
                        admin -> admin.listShareGroupOffsets(Map.of(share, new ListShareGroupOffsetsSpec()))
                                .all()),
                works(
                        "deleteShareGroupOffsets",
                        admin -> admin.deleteShareGroupOffsets(share, Set.of(prefix))
                                .all()),
                works(
                        "deleteShareGroups",
                        admin -> admin.deleteShareGroups(List.of(share)).all()),
                fails(
                        "describeStreamsGroups",
                        admin -> admin.describeStreamsGroups(List.of(streams)).all(),
                        notFound),
                works(
                        "alterStreamsGroupOffsets",
                        admin -> admin.alterStreamsGroupOffsets(streams, Map.of(partition, new OffsetAndMetadata(0)))
                                .all()),
                works(
                        "listStreamsGroupOffsets",
                        admin -> admin.listStreamsGroupOffsets(Map.of(streams, new ListStreamsGroupOffsetsSpec()))
                                .all()),
                works(
                        "deleteStreamsGroupOffsets",
                        admin -> admin.deleteStreamsGroupOffsets(streams, Set.of(partition))
                                .all()),
                fails(
                        "deleteStreamsGroups",
                        admin -> admin.deleteStreamsGroups(List.of(prefix + "-none"))
                                .all(),
                        notFound));
    }

    private List<Operation> transactions() {
        String transactionalId = prefix + TRANSACTIONAL_ID;
        return List.of(
                works(
                        "fenceProducers",
                        admin -> admin.fenceProducers(List.of(transactionalId)).all()),
                works(
                        "describeTransactions",
                        admin -> admin.describeTransactions(List.of(transactionalId))
                                .all()),
                works("listTransactions", admin -> admin.listTransactions().all()),
                works(
                        "forceTerminateTransaction",
                        admin ->
                                admin.forceTerminateTransaction(transactionalId).result()),
                works(
                        "describeProducers",
                        admin -> admin.describeProducers(List.of(partition)).all()),
                hidden(
                        "abortTransaction",
                        admin -> admin.abortTransaction(new AbortTransactionSpec(partition, 4711, (short) 0, 0))
                                .all()));
    }

    private List<Operation> security() {
        AclBinding binding = new AclBinding(
                new ResourcePattern(ResourceType.TOPIC, prefix, PatternType.LITERAL),
                new AccessControlEntry("User:alice", "*", AclOperation.READ, AclPermissionType.ALLOW));
        ScramCredentialInfo scram = new ScramCredentialInfo(ScramMechanism.SCRAM_SHA_256, 4096);
        Class<? extends Exception> disabled = SecurityDisabledException.class;
        Class<? extends Exception> notOffered = UnsupportedVersionException.class;
        return List.of(
                fails("createAcls", admin -> admin.createAcls(List.of(binding)).all(), disabled),
                fails(
                        "describeAcls",
                        admin -> admin.describeAcls(AclBindingFilter.ANY).values(),
                        disabled),
                fails(
                        "deleteAcls",
                        admin -> admin.deleteAcls(List.of(binding.toFilter())).all(),
                        disabled),
                fails(
                        "createDelegationToken",
                        admin -> admin.createDelegationToken().delegationToken(),
                        notOffered),
                fails(
                        "renewDelegationToken",
                        admin -> admin.renewDelegationToken(new byte[8]).expiryTimestamp(),
                        notOffered),
                fails(
                        "expireDelegationToken",
                        admin -> admin.expireDelegationToken(new byte[8]).expiryTimestamp(),
                        notOffered),
                fails(
                        "describeDelegationToken",
                        admin -> admin.describeDelegationToken().delegationTokens(),
                        notOffered),
                hidden(
                        "alterUserScramCredentials",
                        admin -> admin.alterUserScramCredentials(
                                        List.of(new UserScramCredentialUpsertion(prefix, scram, "secret")))
                                .all()),
                hidden(
                        "describeUserScramCredentials",
                        admin -> admin.describeUserScramCredentials().all()),
                hidden(
                        "alterUserScramCredentials",
                        admin -> admin.alterUserScramCredentials(
                                        List.of(new UserScramCredentialDeletion(prefix, ScramMechanism.SCRAM_SHA_256)))
                                .all()));
    }

    private List<Operation> wholeCluster() {
        ClientQuotaEntity user = new ClientQuotaEntity(Map.of(ClientQuotaEntity.USER, prefix));
        ClientQuotaAlteration quota = new ClientQuotaAlteration(
                user, List.of(new ClientQuotaAlteration.Op("producer_byte_rate", 1_000_000d)));
        TopicPartitionReplica replica = new TopicPartitionReplica(prefix, 0, 1);
        Uuid directory = Uuid.randomUuid();
        Class<? extends Exception> notOffered = UnsupportedVersionException.class;
        return List.of(
                works("describeCluster", admin -> admin.describeCluster().nodes()),
                works("describeFeatures", admin -> admin.describeFeatures().featureMetadata()),
                hidden(
                        "updateFeatures",
                        admin -> admin.updateFeatures(
                                        Map.of(
                                                "transaction.version",
                                                new FeatureUpdate((short) 1, FeatureUpdate.UpgradeType.SAFE_DOWNGRADE)),
                                        new UpdateFeaturesOptions().validateOnly(true))
                                .all()),
                hidden(
                        "describeLogDirs",
                        admin -> admin.describeLogDirs(List.of(1, 2, 3)).allDescriptions()),
                hidden(
                        "describeReplicaLogDirs",
                        admin -> admin.describeReplicaLogDirs(List.of(replica)).all()),
                hidden(
                        "alterReplicaLogDirs",
                        admin -> admin.alterReplicaLogDirs(Map.of(replica, logDir(admin)))
                                .all()),
                row(
                        "electLeaders",
                        "",
                        admin -> admin.electLeaders(ElectionType.PREFERRED, Set.of(partition))
                                .all(),
                        ElectionNotNeededException.class,
                        notOffered),
                hidden(
                        "alterPartitionReassignments",
                        admin -> admin.alterPartitionReassignments(
                                        Map.of(partition, Optional.of(new NewPartitionReassignment(List.of(1, 2, 3)))))
                                .all()),
                hidden(
                        "listPartitionReassignments",
                        admin -> admin.listPartitionReassignments().reassignments()),
                hidden(
                        "alterClientQuotas",
                        admin -> admin.alterClientQuotas(List.of(quota)).all()),
                hidden(
                        "describeClientQuotas",
                        admin -> admin.describeClientQuotas(ClientQuotaFilter.all())
                                .entities()),
                hidden(
                        "describeMetadataQuorum",
                        admin -> admin.describeMetadataQuorum().quorumInfo()),
                row(
                        "unregisterBroker",
                        "",
                        admin -> admin.unregisterBroker(77).all(),
                        BrokerIdNotRegisteredException.class,
                        notOffered),
                row(
                        "unregisterController",
                        "",
                        admin -> admin.unregisterController(78).all(),
                        ControllerIdNotRegisteredException.class,
                        notOffered),
                row(
                        "addRaftVoter",
                        "",
                        admin -> admin.addRaftVoter(
                                        79, directory, Set.of(new RaftVoterEndpoint("CONTROLLER", "localhost", 1)))
                                .all(),
                        // The controller does not reach it.
                        TimeoutException.class,
                        notOffered),
                row(
                        "removeRaftVoter",
                        "",
                        admin -> admin.removeRaftVoter(79, directory).all(),
                        VoterNotFoundException.class,
                        notOffered));
    }

    /** What never leaves the client, or ends it. */
    private List<Operation> client() {
        return List.of(
                works("metrics", admin -> KafkaFuture.completedFuture(admin.metrics())),
                works("registerMetricForSubscription", admin -> {
                    admin.registerMetricForSubscription(anyMetric(admin));
                    return KafkaFuture.completedFuture(null);
                }),
                works("unregisterMetricFromSubscription", admin -> {
                    admin.unregisterMetricFromSubscription(anyMetric(admin));
                    return KafkaFuture.completedFuture(null);
                }),
                fails(
                        "clientInstanceId",
                        admin -> KafkaFuture.completedFuture(admin.clientInstanceId(Duration.ofMillis(300))),
                        IllegalStateException.class));
    }

    private List<Operation> deletions() {
        return List.of(
                works(
                        "deleteTopics",
                        admin -> admin.deleteTopics(List.of(prefix)).all()),
                works("close", admin -> {
                    admin.close();
                    return KafkaFuture.completedFuture(null);
                }));
    }

    private static KafkaMetric anyMetric(Admin admin) {
        return (KafkaMetric) admin.metrics().values().iterator().next();
    }

    @SuppressWarnings("deprecation")
    private static Future<?> consumerGroups(Admin admin) {
        return admin.listConsumerGroups().all();
    }

    @SuppressWarnings("deprecation")
    private static Future<?> clientMetrics(Admin admin) {
        return admin.listClientMetricsResources().all();
    }

    private static String logDir(Admin admin) throws Exception {
        return admin.describeLogDirs(List.of(1))
                .allDescriptions()
                .get()
                .get(1)
                .keySet()
                .iterator()
                .next();
    }

    private static Future<?> set(Admin admin, ConfigResource resource, String name, String value) {
        return admin.incrementalAlterConfigs(Map.of(resource, List.of(change(name, value))))
                .all();
    }

    private static AlterConfigOp change(String name, String value) {
        return new AlterConfigOp(new ConfigEntry(name, value), AlterConfigOp.OpType.SET);
    }

    private static Operation row(
            String method,
            String variant,
            Call call,
            @Nullable Class<? extends Exception> passthroughError,
            @Nullable Class<? extends Exception> virtualClusterError) {
        return new Operation(method, variant, call, passthroughError, virtualClusterError);
    }

    private static Operation works(String method, Call call) {
        return row(method, "", call, null, null);
    }

    private static Operation fails(String method, Call call, Class<? extends Exception> error) {
        return row(method, "", call, error, error);
    }

    /** Acts on the whole cluster: not offered in a virtual one. */
    private static Operation hidden(String method, Call call) {
        return row(method, "", call, null, UnsupportedVersionException.class);
    }
}
