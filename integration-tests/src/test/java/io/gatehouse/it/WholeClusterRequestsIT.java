/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.kafka.raw.RawKafkaClient;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.kafka.common.message.AddRaftVoterRequestData;
import org.apache.kafka.common.message.AlterClientQuotasRequestData;
import org.apache.kafka.common.message.AlterPartitionReassignmentsRequestData;
import org.apache.kafka.common.message.AlterReplicaLogDirsRequestData;
import org.apache.kafka.common.message.AlterReplicaLogDirsRequestData.AlterReplicaLogDir;
import org.apache.kafka.common.message.AlterReplicaLogDirsRequestData.AlterReplicaLogDirCollection;
import org.apache.kafka.common.message.AlterReplicaLogDirsRequestData.AlterReplicaLogDirTopic;
import org.apache.kafka.common.message.AlterReplicaLogDirsRequestData.AlterReplicaLogDirTopicCollection;
import org.apache.kafka.common.message.AlterUserScramCredentialsRequestData;
import org.apache.kafka.common.message.AlterUserScramCredentialsRequestData.ScramCredentialDeletion;
import org.apache.kafka.common.message.ApiVersionsRequestData;
import org.apache.kafka.common.message.ApiVersionsResponseData;
import org.apache.kafka.common.message.CreateDelegationTokenRequestData;
import org.apache.kafka.common.message.DescribeClientQuotasRequestData;
import org.apache.kafka.common.message.DescribeDelegationTokenRequestData;
import org.apache.kafka.common.message.DescribeLogDirsRequestData;
import org.apache.kafka.common.message.DescribeQuorumRequestData;
import org.apache.kafka.common.message.DescribeUserScramCredentialsRequestData;
import org.apache.kafka.common.message.DescribeUserScramCredentialsRequestData.UserName;
import org.apache.kafka.common.message.DescribeUserScramCredentialsResponseData;
import org.apache.kafka.common.message.ElectLeadersRequestData;
import org.apache.kafka.common.message.ExpireDelegationTokenRequestData;
import org.apache.kafka.common.message.ListPartitionReassignmentsRequestData;
import org.apache.kafka.common.message.RemoveRaftVoterRequestData;
import org.apache.kafka.common.message.RenewDelegationTokenRequestData;
import org.apache.kafka.common.message.UnregisterBrokerRequestData;
import org.apache.kafka.common.message.UnregisterControllerRequestData;
import org.apache.kafka.common.message.UpdateFeaturesRequestData;
import org.apache.kafka.common.message.WriteTxnMarkersRequestData;
import org.apache.kafka.common.message.WriteTxnMarkersRequestData.WritableTxnMarker;
import org.apache.kafka.common.message.WriteTxnMarkersRequestData.WritableTxnMarkerTopic;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.AbstractResponse;
import org.apache.kafka.common.requests.ResponseHeader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What acts on the whole cluster, sent to a virtual cluster although it is not offered. */
class WholeClusterRequestsIT {

    @RegisterExtension
    static final WatchedGateway gateway = WatchedGateway.virtualCluster("refuse");

    static Stream<Arguments> wholeCluster() {
        WriteTxnMarkersRequestData markers = new WriteTxnMarkersRequestData()
                .setMarkers(List.of(new WritableTxnMarker()
                        .setTopics(List.of(
                                new WritableTxnMarkerTopic().setName("topic").setPartitionIndexes(List.of(0))))));
        AlterReplicaLogDirTopicCollection topics = new AlterReplicaLogDirTopicCollection();
        topics.add(new AlterReplicaLogDirTopic().setName("topic").setPartitions(List.of(0)));
        AlterReplicaLogDirCollection dirs = new AlterReplicaLogDirCollection();
        dirs.add(new AlterReplicaLogDir().setPath("/nowhere").setTopics(topics));
        AlterClientQuotasRequestData quotas =
                new AlterClientQuotasRequestData().setEntries(List.of(new AlterClientQuotasRequestData.EntryData()));
        AlterUserScramCredentialsRequestData scram = new AlterUserScramCredentialsRequestData()
                .setDeletions(
                        List.of(new ScramCredentialDeletion().setName("alice").setMechanism((byte) 1)));
        return Stream.of(
                Arguments.of(ApiKeys.WRITE_TXN_MARKERS, markers),
                Arguments.of(ApiKeys.ALTER_REPLICA_LOG_DIRS, new AlterReplicaLogDirsRequestData().setDirs(dirs)),
                Arguments.of(ApiKeys.DESCRIBE_LOG_DIRS, new DescribeLogDirsRequestData().setTopics(null)),
                Arguments.of(ApiKeys.ELECT_LEADERS, new ElectLeadersRequestData().setTopicPartitions(null)),
                Arguments.of(ApiKeys.ALTER_PARTITION_REASSIGNMENTS, new AlterPartitionReassignmentsRequestData()),
                Arguments.of(
                        ApiKeys.LIST_PARTITION_REASSIGNMENTS,
                        new ListPartitionReassignmentsRequestData().setTopics(null)),
                Arguments.of(ApiKeys.DESCRIBE_CLIENT_QUOTAS, new DescribeClientQuotasRequestData()),
                Arguments.of(ApiKeys.ALTER_CLIENT_QUOTAS, quotas),
                Arguments.of(
                        ApiKeys.DESCRIBE_USER_SCRAM_CREDENTIALS,
                        new DescribeUserScramCredentialsRequestData()
                                .setUsers(List.of(new UserName().setName("alice")))),
                Arguments.of(ApiKeys.ALTER_USER_SCRAM_CREDENTIALS, scram),
                Arguments.of(ApiKeys.DESCRIBE_QUORUM, new DescribeQuorumRequestData()),
                Arguments.of(ApiKeys.UPDATE_FEATURES, new UpdateFeaturesRequestData()),
                Arguments.of(ApiKeys.UNREGISTER_BROKER, new UnregisterBrokerRequestData()),
                Arguments.of(ApiKeys.UNREGISTER_CONTROLLER, new UnregisterControllerRequestData()),
                Arguments.of(ApiKeys.ADD_RAFT_VOTER, new AddRaftVoterRequestData()),
                Arguments.of(ApiKeys.REMOVE_RAFT_VOTER, new RemoveRaftVoterRequestData()));
    }

    @ParameterizedTest
    @MethodSource("wholeCluster")
    void isNotOfferedAndIsRefusedInItsOwnErrorForm(ApiKeys api, ApiMessage request) throws Exception {
        assertThat(offered().apiKeys().find(api.id)).isNull();
        assertThat(errors(api, request)).containsExactly(Errors.CLUSTER_AUTHORIZATION_FAILED);
    }

    /** Kafka's own error form does not expect the null that stands for everybody. */
    @Test
    void aListOfAllScramUsersIsRefused() throws Exception {
        try (RawKafkaClient client = RawKafkaClient.connect("localhost", gateway.bootstrapPort())) {
            DescribeUserScramCredentialsResponseData response = client.exchange(
                    ApiKeys.DESCRIBE_USER_SCRAM_CREDENTIALS,
                    0,
                    new DescribeUserScramCredentialsRequestData().setUsers(null),
                    7,
                    "raw");

            assertThat(Errors.forCode(response.errorCode())).isEqualTo(Errors.CLUSTER_AUTHORIZATION_FAILED);
            assertThat(response.results()).isEmpty();
        }
    }

    static Stream<Arguments> delegationTokens() {
        return Stream.of(
                Arguments.of(ApiKeys.CREATE_DELEGATION_TOKEN, new CreateDelegationTokenRequestData()),
                Arguments.of(ApiKeys.RENEW_DELEGATION_TOKEN, new RenewDelegationTokenRequestData()),
                Arguments.of(ApiKeys.EXPIRE_DELEGATION_TOKEN, new ExpireDelegationTokenRequestData()),
                Arguments.of(ApiKeys.DESCRIBE_DELEGATION_TOKEN, new DescribeDelegationTokenRequestData()));
    }

    @ParameterizedTest
    @MethodSource("delegationTokens")
    void delegationTokensAreNotOfferedAndRefused(ApiKeys api, ApiMessage request) throws Exception {
        assertThat(offered().apiKeys().find(api.id)).isNull();
        assertThat(errors(api, request))
                .isSubsetOf(Errors.UNSUPPORTED_VERSION, Errors.CLUSTER_AUTHORIZATION_FAILED)
                .hasSize(1);
    }

    private static ApiVersionsResponseData offered() throws IOException {
        try (RawKafkaClient client = RawKafkaClient.connect("localhost", gateway.bootstrapPort())) {
            return client.exchange(
                    ApiKeys.API_VERSIONS,
                    3,
                    new ApiVersionsRequestData().setClientSoftwareName("raw").setClientSoftwareVersion("1"),
                    1,
                    "raw");
        }
    }

    private static Set<Errors> errors(ApiKeys api, ApiMessage request) throws IOException {
        short version = api.latestVersion();
        try (RawKafkaClient client = RawKafkaClient.connect("localhost", gateway.bootstrapPort())) {
            client.send(api, version, request, 7, "raw");
            ByteBuffer frame = ByteBuffer.wrap(client.readFrame());
            assertThat(ResponseHeader.parse(frame, api.responseHeaderVersion(version))
                            .correlationId())
                    .isEqualTo(7);
            return AbstractResponse.parseResponse(api, new ByteBufferAccessor(frame), version)
                    .errorCounts()
                    .keySet();
        }
    }
}
