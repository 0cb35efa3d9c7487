/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.it;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.DescribeClusterResult;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.Node;

/**
 * The process of {@link SniRoutingIT}: Kafka's own clients in a JVM of which {@code jdk.net.hosts.file} says where hosts are. Arguments: a trust
 * store, a topic of three partitions, a user, then bootstrap servers. For each it prints the cluster's id and nodes, writes to each
 * partition and prints how many of its records it has read.
 */
final class NamedHostsClient {

    private static final int PARTITIONS = 3;

    private NamedHostsClient() {}

    public static void main(String[] arguments) throws Exception {
        for (int i = 3; i < arguments.length; i++) {
            String bootstrap = arguments[i];
            Map<String, Object> config = new HashMap<>(Clients.as(bootstrap, arguments[2]));
            config.put("security.protocol", "SASL_SSL");
            config.put("ssl.truststore.location", arguments[0]);
            config.put("ssl.truststore.type", "PKCS12");
            config.put("ssl.truststore.password", TestCertificates.PASSWORD);
            try (Admin admin = Admin.create(config)) {
                DescribeClusterResult cluster = admin.describeCluster();
                System.out.println(
                        bootstrap + " is cluster " + cluster.clusterId().get(20, TimeUnit.SECONDS));
                for (Node node : cluster.nodes().get(20, TimeUnit.SECONDS)) {
                    System.out.println(bootstrap + " has node " + node.id() + " at " + node.host() + ":" + node.port());
                }
            }
            try (KafkaProducer<String, String> producer = Clients.producer(config)) {
                for (int partition = 0; partition < PARTITIONS; partition++) {
                    producer.send(new ProducerRecord<>(arguments[1], partition, null, bootstrap))
                            .get(20, TimeUnit.SECONDS);
                }
            }
            long read = Clients.readAll(config, arguments[1]).stream()
                    .filter(record -> record.value().equals(bootstrap))
                    .count();
            System.out.println(bootstrap + " has " + read + " records");
        }
    }
}
