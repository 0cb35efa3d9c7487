/**
 * Real Kafka brokers in this JVM: KRaft, the newest metadata version, share groups and streams groups enabled.
 *
 * <p>For tests, the quickstart and benchmarks; it is not part of the distribution. It imports Kafka's server classes,
 * which are no public API of Kafka's: only {@code KafkaNode}, {@code ListenerSockets} and {@code ClusterStorage} touch
 * them.
 */
@NullMarked
package io.gatehouse.kafka.embedded;

import org.jspecify.annotations.NullMarked;
