/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InvalidProducerEpochException;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Transactions: committed, aborted, read with both isolation levels, fenced, and with offsets of a group in them. */
class TransactionsIT {

    @RegisterExtension
    static final WatchedGateway gateway = WatchedGateway.passthrough();

    @Test
    void committedRecordsAreReadAndAbortedOnesOnlyByThoseWhoReadUncommitted() throws Exception {
        String topic = "transactions";
        gateway.kafka().createTopic(topic, 3, 3);

        try (KafkaProducer<String, String> producer = producer("transactions")) {
            producer.initTransactions();
            for (int round = 0; round < 6; round++) {
                producer.beginTransaction();
                for (int partition = 0; partition < 3; partition++) {
                    producer.send(
                            new ProducerRecord<>(topic, partition, null, (round % 2 == 0 ? "yes" : "no") + round));
                }
                if (round % 2 == 0) {
                    producer.commitTransaction();
                } else {
                    producer.flush();
                    producer.abortTransaction();
                }
            }
        }
        List<String> committed = read(topic, "read_committed", 9);
        List<String> all = read(topic, "read_uncommitted", 18);

        assertThat(committed).hasSize(9).allMatch(value -> value.startsWith("yes"));
        assertThat(all).hasSize(18);
    }

    @Test
    void aSecondProducerWithTheSameTransactionalIdFencesTheFirst() throws Exception {
        String topic = "transactions-fencing";
        gateway.kafka().createTopic(topic, 1, 3);

        try (KafkaProducer<String, String> fenced = producer("transactions-fencing");
                KafkaProducer<String, String> fencing = producer("transactions-fencing")) {
            fenced.initTransactions();
            fenced.beginTransaction();
            fenced.send(new ProducerRecord<>(topic, "of the fenced one")).get();
            fencing.initTransactions();
            fencing.beginTransaction();
            fencing.send(new ProducerRecord<>(topic, "of the fencing one"));
            fencing.commitTransaction();

            assertThatThrownBy(() -> {
                        fenced.send(new ProducerRecord<>(topic, "too late"));
                        fenced.commitTransaction();
                    })
                    .isInstanceOfAny(ProducerFencedException.class, InvalidProducerEpochException.class);
        }
        assertThat(read(topic, "read_committed", 1)).containsExactly("of the fencing one");
    }

    @Test
    void offsetsOfAGroupAreCommittedWithTheTransaction() throws Exception {
        String from = "transactions-from";
        String to = "transactions-to";
        gateway.kafka().createTopic(from, 1, 3);
        gateway.kafka().createTopic(to, 1, 3);
        TopicPartition partition = new TopicPartition(from, 0);
        try (KafkaProducer<String, String> producer =
                new KafkaProducer<>(gateway.config(), new StringSerializer(), new StringSerializer())) {
            for (int i = 0; i < 20; i++) {
                producer.send(new ProducerRecord<>(from, "value" + i));
            }
        }

        try (KafkaProducer<String, String> producer = producer("transactions-offsets");
                KafkaConsumer<String, String> consumer = new KafkaConsumer<>(
                        gateway.config(
                                "group.id", from, "auto.offset.reset", "earliest", "enable.auto.commit", "false"),
                        new StringDeserializer(),
                        new StringDeserializer())) {
            producer.initTransactions();
            consumer.subscribe(List.of(from));
            List<ConsumerRecord<String, String>> taken = new ArrayList<>();
            await().atMost(Duration.ofSeconds(30)).pollInterval(Duration.ZERO).until(() -> {
                ConsumerRecords<String, String> polled = consumer.poll(Duration.ofMillis(100));
                polled.forEach(taken::add);
                return taken.size() == 20;
            });
            producer.beginTransaction();
            taken.forEach(record -> producer.send(new ProducerRecord<>(to, record.value())));
            producer.sendOffsetsToTransaction(Map.of(partition, new OffsetAndMetadata(20)), consumer.groupMetadata());
            producer.commitTransaction();

            assertThat(consumer.committed(java.util.Set.of(partition))
                            .get(partition)
                            .offset())
                    .isEqualTo(20);
        }
        assertThat(read(to, "read_committed", 20)).hasSize(20).startsWith("value0", "value1");
    }

    private static KafkaProducer<String, String> producer(String transactionalId) {
        return new KafkaProducer<>(
                gateway.config("transactional.id", transactionalId), new StringSerializer(), new StringSerializer());
    }

    private static List<String> read(String topic, String isolation, int count) {
        try (KafkaConsumer<String, String> consumer = new KafkaConsumer<>(
                gateway.config("isolation.level", isolation, "auto.offset.reset", "earliest"),
                new StringDeserializer(),
                new StringDeserializer())) {
            List<TopicPartition> partitions = consumer.partitionsFor(topic).stream()
                    .map(info -> new TopicPartition(topic, info.partition()))
                    .toList();
            consumer.assign(partitions);
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            List<String> values = new ArrayList<>();
            await().atMost(Duration.ofSeconds(30)).pollInterval(Duration.ZERO).until(() -> {
                consumer.poll(Duration.ofMillis(100)).forEach(record -> values.add(record.value()));
                boolean ended =
                        ends.entrySet().stream().allMatch(end -> consumer.position(end.getKey()) >= end.getValue());
                return ended && values.size() >= count;
            });
            return values;
        }
    }
}
