/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kafka.raw;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gatehouse.kafka.junit.KafkaExtension;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import org.apache.kafka.common.message.ApiVersionsRequestData;
import org.apache.kafka.common.message.ApiVersionsResponseData;
import org.apache.kafka.common.message.MetadataRequestData;
import org.apache.kafka.common.message.MetadataResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class RawKafkaClientTest {

    @RegisterExtension
    static final KafkaExtension kafka = KafkaExtension.shared(3);

    private RawKafkaClient client;

    @BeforeEach
    void connect() throws IOException {
        InetSocketAddress address = kafka.cluster().brokerAddress(1);
        client = RawKafkaClient.connect(address.getHostString(), address.getPort());
    }

    @AfterEach
    void close() throws IOException {
        client.close();
    }

    @Test
    void theOldestVersionsOfHeaderAndBodyAreUnderstood() throws IOException {
        ApiVersionsResponseData response =
                client.exchange(ApiKeys.API_VERSIONS, 0, new ApiVersionsRequestData(), 1, null);

        assertThat(Errors.forCode(response.errorCode())).isEqualTo(Errors.NONE);
        assertThat(response.apiKeys().find(ApiKeys.PRODUCE.id).minVersion()).isZero();
    }

    @Test
    void aFlexibleVersionIsUnderstoodThoughItsResponseHeaderIsNot() throws IOException {
        ApiVersionsResponseData response = client.exchange(ApiKeys.API_VERSIONS, 4, apiVersions(), 7, "raw");

        assertThat(Errors.forCode(response.errorCode())).isEqualTo(Errors.NONE);
        assertThat(response.apiKeys().find(ApiKeys.SHARE_FETCH.id)).isNotNull();
        assertThat(response.apiKeys().find(ApiKeys.STREAMS_GROUP_HEARTBEAT.id)).isNotNull();
        assertThat(response.finalizedFeatures().find("share.version").maxVersionLevel())
                .isEqualTo((short) 2);
    }

    @Test
    void anUnsupportedVersionIsAnsweredInVersionZero() throws IOException {
        client.send(ApiKeys.API_VERSIONS, 99, apiVersions(), 8, "raw");
        ApiVersionsResponseData response = client.receive(ApiKeys.API_VERSIONS, 0, 8);

        assertThat(response.errorCode()).isEqualTo((short) 35);
        assertThat(response.apiKeys().find(ApiKeys.API_VERSIONS.id).maxVersion())
                .isLessThan((short) 99);
    }

    @Test
    void aRequestMayBeSentInPiecesAndSeveralAtOnce() throws IOException {
        MetadataRequestData question = new MetadataRequestData().setTopics(null);
        byte[] first = RawKafkaClient.frame(ApiKeys.METADATA, 13, question, 1, "raw");
        byte[] second = RawKafkaClient.frame(ApiKeys.METADATA, 9, question, 2, null);
        byte[] both = ByteBuffer.allocate(first.length + second.length)
                .put(first)
                .put(second)
                .array();

        client.send(Arrays.copyOfRange(both, 0, 3));
        client.send(Arrays.copyOfRange(both, 3, both.length));
        MetadataResponseData answerToFirst = client.receive(ApiKeys.METADATA, 13, 1);
        MetadataResponseData answerToSecond = client.receive(ApiKeys.METADATA, 9, 2);

        assertThat(answerToFirst.brokers()).hasSize(3);
        assertThat(answerToSecond.clusterId()).isEqualTo(kafka.cluster().clusterId());
    }

    @Test
    void anotherCorrelationIdIsAnError() throws IOException {
        client.send(ApiKeys.API_VERSIONS, 0, new ApiVersionsRequestData(), 1, null);

        assertThatThrownBy(() -> client.receive(ApiKeys.API_VERSIONS, 0, 2))
                .isInstanceOf(IOException.class)
                .hasMessage("correlation id (API_VERSIONS response): 1 (expected: 2)");
    }

    @Test
    void silenceEndsWithATimeout() throws IOException {
        client.timeout(Duration.ofMillis(50));

        assertThatThrownBy(client::readFrame).isInstanceOf(SocketTimeoutException.class);
        assertThat(client.isClosedByPeer(Duration.ofMillis(50))).isFalse();
    }

    @Test
    void whatThePeerSendsIsNotTakenForACloseAndCanStillBeRead() throws IOException {
        client.send(ApiKeys.API_VERSIONS, 0, new ApiVersionsRequestData(), 1, null);

        assertThat(client.isClosedByPeer(Duration.ofSeconds(10))).isFalse();

        ApiVersionsResponseData response = client.receive(ApiKeys.API_VERSIONS, 0, 1);
        assertThat(Errors.forCode(response.errorCode())).isEqualTo(Errors.NONE);
    }

    @Test
    void aBrokerClosesAConnectionThatSendsANegativeSize() throws IOException {
        client.send(new byte[] {-1, -1, -1, -1});

        assertThat(client.isClosedByPeer(Duration.ofSeconds(10))).isTrue();
    }

    private static ApiVersionsRequestData apiVersions() {
        return new ApiVersionsRequestData().setClientSoftwareName("raw").setClientSoftwareVersion("1");
    }
}
