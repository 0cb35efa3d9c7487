/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.benchmarks;

import io.gatehouse.benchmarks.load.Frames;
import io.gatehouse.benchmarks.load.Topic;
import io.gatehouse.benchmarks.load.Topics;
import io.gatehouse.benchmarks.measure.Figure;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.Function;

/** What clients do to a target. */
sealed interface Workload {

    /** How the names end of those that are done by clients without topic ids. */
    String BY_NAME = "-names";

    String name();

    /** In one line. */
    String title();

    /** The figure by which targets are compared. */
    Figure main();

    /** Whether it is measured once per gateway rather than in rounds against every target. */
    default boolean isOnce() {
        return false;
    }

    /**
     * As many requests as the other side takes.
     *
     * @param frame from the topics
     * @param fetches whether responses are what is large
     * @param depth requests in flight on each connection
     * @param producers connections that produce 64 KiB batches meanwhile
     */
    record Flood(
            String name,
            String title,
            Figure main,
            Function<Topics, byte[]> frame,
            boolean fetches,
            int connections,
            int depth,
            int producers)
            implements Workload {}

    /** Single records of 1 KiB at a fixed rate. */
    record Paced(String name, String title, int perSecond) implements Workload {
        @Override
        public Figure main() {
            return Figure.LATENCY_P99;
        }
    }

    /** Clients that connect, log in and leave. */
    record Storm(String name, String title, int threads) implements Workload {
        @Override
        public Figure main() {
            return Figure.CPU_PER_CONNECTION;
        }
    }

    /** Connections that do nothing. */
    record Idle(String name, String title, int few, int many) implements Workload {
        @Override
        public Figure main() {
            return Figure.RESIDENT_PER_CONNECTION;
        }

        @Override
        public boolean isOnce() {
            return true;
        }
    }

    /** Clients that ask for much and do not take it. */
    record SlowReaders(String name, String title, int clients, int fetchBytes) implements Workload {
        @Override
        public Figure main() {
            return Figure.RESIDENT_PER_CONNECTION;
        }

        @Override
        public boolean isOnce() {
            return true;
        }
    }

    /** From nothing to ready. */
    record Starting(String name, String title, int times) implements Workload {
        @Override
        public Figure main() {
            return Figure.START;
        }

        @Override
        public boolean isOnce() {
            return true;
        }
    }

    /** All there are; {@code quick} has fewer idle connections. */
    static List<Workload> all(boolean quick) {
        return List.of(
                flood(
                        "produce-1k",
                        "produce, 1 KiB records in 64 KiB batches, 5 in flight",
                        Figure.CPU_PER_MIB,
                        1,
                        5,
                        smallBatch()),
                flood(
                        "produce-100k",
                        "produce, 100 KiB records in 500 KiB batches, 5 in flight",
                        Figure.CPU_PER_MIB,
                        1,
                        5,
                        largeBatch()),
                fetch(
                        "consume-1k",
                        "consume, 1 KiB records, 1 MiB a fetch, 2 in flight",
                        1,
                        2,
                        Topics::smallRecords,
                        Frames::fetch),
                fetch(
                        "consume-100k",
                        "consume, 100 KiB records, 1 MiB a fetch, 2 in flight",
                        1,
                        2,
                        Topics::largeRecords,
                        Frames::fetch),
                flood(
                        "small",
                        "produce, one 100 B record a request, 5 in flight",
                        Figure.CPU_PER_REQUEST,
                        1,
                        5,
                        tiny()),
                flood(
                        "round-trips",
                        "produce, one 100 B record a request, one at a time",
                        Figure.CPU_PER_REQUEST,
                        1,
                        1,
                        tiny()),
                new Paced("latency", "produce, single 1 KiB records, 500 a second", 500),
                flood(
                        "connections-10",
                        "small requests, 10 connections, 1 in flight each",
                        Figure.CPU_PER_REQUEST,
                        10,
                        1,
                        tiny()),
                flood(
                        "connections-50",
                        "small requests, 50 connections, 1 in flight each",
                        Figure.CPU_PER_REQUEST,
                        50,
                        1,
                        tiny()),
                flood(
                        "connections-1000",
                        "small requests, 1,000 connections, 1 in flight each",
                        Figure.CPU_PER_REQUEST,
                        1_000,
                        1,
                        tiny()),
                new Flood(
                        "fan-out",
                        "20 consumers of the same 1 MiB, 1 producer of 64 KiB batches",
                        Figure.CPU_PER_MIB,
                        topics -> Frames.fetch(topics.smallRecords(), Frames.FETCH_BYTES),
                        true,
                        20,
                        1,
                        1),
                flood(
                        "produce-names",
                        "as produce-1k, by a client without topic ids (Produce v7)",
                        Figure.CPU_PER_MIB,
                        1,
                        5,
                        topics -> Frames.produceByName(
                                topics.written(), Frames.SMALL_RECORD, Frames.SMALL_RECORDS_PER_BATCH, 1)),
                fetch(
                        "consume-names",
                        "as consume-1k, by a client without topic ids (Fetch v11)",
                        1,
                        2,
                        Topics::smallRecords,
                        Frames::fetchByName),
                flood(
                        "small-names",
                        "as small, by a client without topic ids (Produce v7)",
                        Figure.CPU_PER_REQUEST,
                        1,
                        5,
                        topics -> Frames.produceByName(topics.written(), 100, 1, 1)),
                new Storm("storm", "connect, log in, ask for metadata, disconnect; 8 clients", 8),
                quick
                        ? new Idle("idle", "idle connections: slope between 250 and 1,000", 250, 1_000)
                        : new Idle("idle", "idle connections: slope between 2,000 and 8,000", 2_000, 8_000),
                new SlowReaders(
                        "slow-readers",
                        "500 clients that fetch 10 MiB and hardly read",
                        quick ? 100 : 500,
                        10 * 1024 * 1024),
                new Starting("start", "process start to ready", quick ? 3 : 5));
    }

    private static Flood flood(
            String name, String title, Figure main, int connections, int depth, Function<Topics, byte[]> frame) {
        return new Flood(name, title, main, frame, false, connections, depth, 0);
    }

    private static Flood fetch(
            String name,
            String title,
            int connections,
            int depth,
            Function<Topics, Topic> topic,
            BiFunction<Topic, Integer, byte[]> frame) {
        return new Flood(
                name,
                title,
                Figure.CPU_PER_MIB,
                topics -> frame.apply(topic.apply(topics), Frames.FETCH_BYTES),
                true,
                connections,
                depth,
                0);
    }

    /** A batch of 64 KiB of 1 KiB records. */
    static Function<Topics, byte[]> smallBatch() {
        return topics -> Frames.produce(topics.written(), Frames.SMALL_RECORD, Frames.SMALL_RECORDS_PER_BATCH, 1);
    }

    private static Function<Topics, byte[]> largeBatch() {
        return topics -> Frames.produce(topics.written(), Frames.LARGE_RECORD, Frames.LARGE_RECORDS_PER_BATCH, 1);
    }

    private static Function<Topics, byte[]> tiny() {
        return topics -> Frames.produce(topics.written(), 100, 1, 1);
    }

    /** One record of 1 KiB. */
    static byte[] single(Topics topics) {
        return Frames.produce(topics.written(), Frames.SMALL_RECORD, 1, 1);
    }
}
