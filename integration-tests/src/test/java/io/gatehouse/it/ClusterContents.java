/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.it;

import io.gatehouse.kafka.junit.KafkaExtension;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.GroupListing;
import org.apache.kafka.clients.admin.TopicListing;

/** What is on a cluster under a prefix: topics, groups with their offsets, transactions, and the records of one topic. */
final class ClusterContents {

    private ClusterContents() {}

    static Map<String, Object> under(String prefix, KafkaExtension kafka) throws Exception {
        Map<String, Object> effects = new TreeMap<>();
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()))) {
            List<String> topics = admin.listTopics().listings().get().stream()
                    .map(TopicListing::name)
                    .filter(name -> name.startsWith(prefix))
                    .toList();
            admin.describeTopics(topics)
                    .allTopicNames()
                    .get()
                    .forEach((name, topic) -> effects.put(
                            "topic " + name.substring(prefix.length()),
                            topic.partitions().size()));
            List<String> groups = admin.listGroups().all().get().stream()
                    .map(GroupListing::groupId)
                    .filter(name -> name.startsWith(prefix))
                    .toList();
            for (String group : groups) {
                effects.put("group " + group.substring(prefix.length()), offsets(admin, group, prefix));
            }
            admin.listTransactions().all().get().stream()
                    .filter(transaction -> transaction.transactionalId().startsWith(prefix))
                    .forEach(transaction -> effects.put(
                            "transaction " + transaction.transactionalId().substring(prefix.length()),
                            transaction.state().toString().replace("Prepare", "Complete")));
        }
        effects.put(
                "records",
                Clients.readAll(kafka.bootstrapServers(), prefix + DifferentialCases.BASE).stream()
                        .map(record -> record.offset() + " " + record.value())
                        .toList());
        return effects;
    }

    private static Map<String, Long> offsets(Admin admin, String group, String prefix) throws Exception {
        Map<String, Long> offsets = new TreeMap<>();
        try {
            admin.listConsumerGroupOffsets(group)
                    .partitionsToOffsetAndMetadata()
                    .get()
                    .forEach((partition, offset) ->
                            offsets.put(partition.toString().substring(prefix.length()), offset.offset()));
        } catch (ExecutionException e) {
            offsets.put(e.getCause().getClass().getSimpleName(), 0L);
        }
        return offsets;
    }
}
