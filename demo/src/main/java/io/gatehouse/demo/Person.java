/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.demo;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.CreateTopicsOptions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.errors.SaslAuthenticationException;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;

/** Somebody with a producer, a consumer and an admin client, which stay connected from the first use to the end. */
final class Person implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final String name;
    private final String password;
    private final Map<String, Object> properties;
    private final KafkaProducer<String, String> producer;
    private final KafkaConsumer<String, String> consumer;
    private final Admin admin;

    Person(String name, String password, String bootstrapServers) {
        this.name = name;
        this.password = password;
        this.properties = properties(bootstrapServers, name, password);
        this.producer = new KafkaProducer<>(properties, new StringSerializer(), new StringSerializer());
        Map<String, Object> reading = new HashMap<>(properties);
        reading.put("group.id", name + "-reads");
        reading.put("auto.offset.reset", "earliest");
        this.consumer = new KafkaConsumer<>(reading, new StringDeserializer(), new StringDeserializer());
        this.admin = Admin.create(properties);
    }

    private static Map<String, Object> properties(String bootstrapServers, String name, String password) {
        return Map.of(
                "bootstrap.servers",
                bootstrapServers,
                "security.protocol",
                "SASL_PLAINTEXT",
                "sasl.mechanism",
                "PLAIN",
                "sasl.jaas.config",
                "org.apache.kafka.common.security.plain.PlainLoginModule required username=\"" + name + "\" password=\""
                        + password + "\";");
    }

    /** Whether somebody with these credentials is let in. */
    static boolean isLetIn(String bootstrapServers, String name, String password) throws Exception {
        try (Admin admin = Admin.create(properties(bootstrapServers, name, password))) {
            admin.describeCluster().nodes().get();
            return true;
        } catch (ExecutionException e) {
            if (e.getCause() instanceof SaslAuthenticationException) {
                return false;
            }
            throw e;
        }
    }

    String name() {
        return name;
    }

    String password() {
        return password;
    }

    /** What any Kafka client needs to connect as this person. */
    Map<String, Object> properties() {
        return properties;
    }

    void createTopic(String topic, boolean dryRun) throws Exception {
        get(() -> admin.createTopics(
                        List.of(new NewTopic(topic, 1, (short) 1)), new CreateTopicsOptions().validateOnly(dryRun))
                .all()
                .get());
    }

    /** Sends one record and waits until the broker has it. */
    void send(String topic, String value, Map<String, String> headers) throws Exception {
        ProducerRecord<String, String> sent = new ProducerRecord<>(topic, name, value);
        headers.forEach((key, text) -> sent.headers().add(key, text.getBytes(StandardCharsets.UTF_8)));
        get(() -> producer.send(sent).get());
    }

    /** Throws what a client call failed with, without its wrapping. */
    private static <T> T get(Callable<T> call) throws Exception {
        try {
            return call.call();
        } catch (ExecutionException e) {
            throw e.getCause() instanceof Exception cause ? cause : e;
        }
    }

    void subscribe(String topic) {
        consumer.subscribe(List.of(topic));
    }

    /** Reads that many records on. */
    List<Seen> read(int count) {
        List<Seen> seen = new ArrayList<>();
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (seen.size() < count) {
            for (ConsumerRecord<String, String> record : consumer.poll(Duration.ofMillis(100))) {
                seen.add(Seen.of(record));
            }
            if (System.nanoTime() > deadline) {
                throw new QuickstartException("expected: " + name + " reads " + count + " records; saw: " + seen);
            }
        }
        consumer.commitSync();
        return seen;
    }

    /** A record as a consumer sees it. */
    record Seen(String from, String value, Map<String, String> headers) {

        static Seen of(ConsumerRecord<String, String> record) {
            Map<String, String> headers = StreamSupport.stream(record.headers().spliterator(), false)
                    .collect(Collectors.toMap(
                            header -> header.key(), header -> new String(header.value(), StandardCharsets.UTF_8)));
            return new Seen(record.key(), record.value(), headers);
        }
    }

    /** Every address that this person's clients were told: of nodes, leaders, replicas and coordinators. */
    Set<String> knownAddresses(String topic) throws Exception {
        List<Node> nodes = new ArrayList<>(admin.describeCluster().nodes().get());
        admin.describeTopics(List.of(topic)).allTopicNames().get().values().stream()
                .flatMap(description -> description.partitions().stream())
                .forEach(partition -> {
                    nodes.add(partition.leader());
                    nodes.addAll(partition.replicas());
                });
        String group = consumer.groupMetadata().groupId();
        nodes.add(admin.describeConsumerGroups(List.of(group))
                .describedGroups()
                .get(group)
                .get()
                .coordinator());
        return nodes.stream()
                .map(node -> node.host() + ":" + node.port())
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /** How many connections this person's producer and consumer have closed or lost so far. */
    double closedConnections() {
        return Stream.of(producer.metrics(), consumer.metrics())
                .flatMap(metrics -> metrics.entrySet().stream())
                .filter(metric -> metric.getKey().name().equals("connection-close-total"))
                .mapToDouble(metric -> (Double) metric.getValue().metricValue())
                .sum();
    }

    @Override
    public void close() {
        producer.close(Duration.ofSeconds(5));
        consumer.close(CloseOptions.timeout(Duration.ofSeconds(5)));
        admin.close(Duration.ofSeconds(5));
    }
}
