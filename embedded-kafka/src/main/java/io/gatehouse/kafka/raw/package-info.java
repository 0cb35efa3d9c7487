/**
 * A Kafka client without any behaviour of its own: a blocking socket, frames, and kafka-clients' message classes.
 *
 * <p>For black-box tests of the protocol, which must decide themselves what is sent and when.
 */
@NullMarked
package io.gatehouse.kafka.raw;

import org.jspecify.annotations.NullMarked;
