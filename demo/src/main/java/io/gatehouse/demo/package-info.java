/**
 * What {@code ./quickstart} plays: a broker and the unzipped gateway as processes of their own, and two users with real Kafka clients.
 * Uses the gateway only as a user does: its files, its ports, its script.
 */
@NullMarked
package io.gatehouse.demo;

import org.jspecify.annotations.NullMarked;
