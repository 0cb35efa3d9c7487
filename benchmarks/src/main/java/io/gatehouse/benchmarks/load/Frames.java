/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.benchmarks.load;

import io.gatehouse.kafka.raw.RawKafkaClient;
import java.util.List;
import java.util.Random;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.message.ApiVersionsRequestData;
import org.apache.kafka.common.message.FetchRequestData;
import org.apache.kafka.common.message.MetadataRequestData;
import org.apache.kafka.common.message.ProduceRequestData;
import org.apache.kafka.common.message.SaslAuthenticateRequestData;
import org.apache.kafka.common.message.SaslHandshakeRequestData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.SimpleRecord;

/** Requests as bytes: as the newest Java clients send them, with topic ids and flexible headers, or as kafkajs does, with names and without. */
public final class Frames {

    /** All requests have it: brokers and proxies answer in order, so that nobody needs to tell them apart. */
    public static final int CORRELATION_ID = 7;

    public static final int SMALL_RECORD = 1024;
    public static final int LARGE_RECORD = 100 * 1024;

    /** So that a batch has 64 KiB. */
    public static final int SMALL_RECORDS_PER_BATCH = 62;

    /** So that a batch has 500 KiB. */
    public static final int LARGE_RECORDS_PER_BATCH = 5;

    static final short PRODUCE_VERSION = 13;
    static final short FETCH_VERSION = 17;
    static final short PRODUCE_BY_NAME_VERSION = 7;
    static final short FETCH_BY_NAME_VERSION = 11;
    private static final short API_VERSIONS_VERSION = 4;
    private static final String CLIENT_ID = "bench";
    private static final int TIMEOUT_MILLIS = 30_000;

    /** What consumers ask for at the most. */
    public static final int FETCH_BYTES = 1024 * 1024;

    private Frames() {}

    /** A Produce request of one batch. */
    public static byte[] produce(Topic topic, int recordBytes, int records, int acks) {
        return produce(PRODUCE_VERSION, topic, recordBytes, records, acks);
    }

    /** As {@link #produce}, by a client that knows no topic ids. */
    public static byte[] produceByName(Topic topic, int recordBytes, int records, int acks) {
        return produce(PRODUCE_BY_NAME_VERSION, topic, recordBytes, records, acks);
    }

    private static byte[] produce(short version, Topic topic, int recordBytes, int records, int acks) {
        Random random = new Random(recordBytes);
        SimpleRecord[] batch = new SimpleRecord[records];
        for (int i = 0; i < records; i++) {
            byte[] value = new byte[recordBytes];
            random.nextBytes(value);
            batch[i] = new SimpleRecord(System.currentTimeMillis(), value);
        }
        ProduceRequestData.TopicProduceData data = new ProduceRequestData.TopicProduceData()
                .setPartitionData(List.of(new ProduceRequestData.PartitionProduceData()
                        .setIndex(0)
                        .setRecords(MemoryRecords.withRecords(Compression.NONE, batch))));
        if (version == PRODUCE_VERSION) {
            data.setTopicId(topic.id());
        } else {
            data.setName(topic.name());
        }
        ProduceRequestData.TopicProduceDataCollection topics = new ProduceRequestData.TopicProduceDataCollection();
        topics.add(data);
        ProduceRequestData request = new ProduceRequestData()
                .setAcks((short) acks)
                .setTimeoutMs(TIMEOUT_MILLIS)
                .setTopicData(topics);
        return RawKafkaClient.frame(ApiKeys.PRODUCE, version, request, CORRELATION_ID, CLIENT_ID);
    }

    /** A Fetch request, without a fetch session, from the topic's beginning. */
    public static byte[] fetch(Topic topic, int bytes) {
        return fetch(FETCH_VERSION, topic, bytes);
    }

    /** As {@link #fetch}, by a client that knows no topic ids. */
    public static byte[] fetchByName(Topic topic, int bytes) {
        return fetch(FETCH_BY_NAME_VERSION, topic, bytes);
    }

    private static byte[] fetch(short version, Topic topic, int bytes) {
        FetchRequestData.FetchTopic data = new FetchRequestData.FetchTopic()
                .setPartitions(List.of(new FetchRequestData.FetchPartition()
                        .setPartition(0)
                        .setFetchOffset(0)
                        .setPartitionMaxBytes(bytes)));
        if (version == FETCH_VERSION) {
            data.setTopicId(topic.id());
        } else {
            data.setTopic(topic.name());
        }
        FetchRequestData request = new FetchRequestData()
                .setMaxWaitMs(500)
                .setMinBytes(1)
                .setMaxBytes(bytes)
                .setSessionId(0)
                .setSessionEpoch(-1)
                .setTopics(List.of(data));
        return RawKafkaClient.frame(ApiKeys.FETCH, version, request, CORRELATION_ID, CLIENT_ID);
    }

    static byte[] apiVersions() {
        ApiVersionsRequestData request =
                new ApiVersionsRequestData().setClientSoftwareName("bench").setClientSoftwareVersion("1");
        return RawKafkaClient.frame(ApiKeys.API_VERSIONS, API_VERSIONS_VERSION, request, CORRELATION_ID, CLIENT_ID);
    }

    /** For the brokers only. */
    static byte[] metadata() {
        return RawKafkaClient.frame(
                ApiKeys.METADATA, 12, new MetadataRequestData().setTopics(List.of()), CORRELATION_ID, CLIENT_ID);
    }

    static byte[] saslHandshake() {
        return RawKafkaClient.frame(
                ApiKeys.SASL_HANDSHAKE,
                1,
                new SaslHandshakeRequestData().setMechanism("PLAIN"),
                CORRELATION_ID,
                CLIENT_ID);
    }

    static byte[] saslAuthenticate(String user, String password) {
        byte[] token = ("\0" + user + "\0" + password).getBytes(java.nio.charset.StandardCharsets.UTF_8);
        return RawKafkaClient.frame(
                ApiKeys.SASL_AUTHENTICATE,
                2,
                new SaslAuthenticateRequestData().setAuthBytes(token),
                CORRELATION_ID,
                CLIENT_ID);
    }
}
