/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.benchmarks;

import io.gatehouse.benchmarks.measure.Figure;
import io.gatehouse.benchmarks.measure.JvmProbe;
import io.gatehouse.benchmarks.measure.ProcessStats;
import io.gatehouse.benchmarks.target.Target;
import java.util.EnumMap;
import java.util.Map;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/** Reads what a target's process has used, before and after; JVMs are asked outside of the time in which CPU counts. */
final class Meter {

    private static final double MIB = 1024 * 1024;
    private static final double NANOS_PER_SECOND = 1e9;

    /** The processes of the benchmark that are not the target's: the broker, and this one. */
    record Others(ProcessStats broker) {
        long cpuNanos() {
            return broker.userNanos() + broker.systemNanos() + harnessNanos();
        }

        /** Without its children, which are the broker and the targets. */
        private static long harnessNanos() {
            return ProcessHandle.current()
                    .info()
                    .totalCpuDuration()
                    .orElseThrow()
                    .toNanos();
        }
    }

    private final Target target;
    private final Others others;
    private final JvmProbe.@Nullable Reading jvmBefore;
    private final long machineBefore;
    private final long othersBefore;
    private final long systemBefore;
    private final long userBefore;
    private final long cpuBefore;
    private final long begin;

    private long end;
    private long cpu;
    private double allocated = Double.NaN;

    private Meter(Target target, Others others) {
        this.target = target;
        this.others = others;
        jvmBefore = target.jvm().map(JvmProbe::read).orElse(null);
        machineBefore = ProcessStats.machineBusyNanos();
        othersBefore = others.cpuNanos();
        systemBefore = target.process().map(ProcessStats::systemNanos).orElse(0L);
        userBefore = target.process().map(ProcessStats::userNanos).orElse(0L);
        begin = System.nanoTime();
        cpuBefore = target.process().map(ProcessStats::cpuNanos).orElse(0L);
    }

    static Meter begin(Target target, Others others) {
        return new Meter(target, others);
    }

    /** Ends the window; returns what can be said without knowing what was done in it. */
    Map<Figure, Double> end() {
        cpu = target.process().map(ProcessStats::cpuNanos).orElse(0L) - cpuBefore;
        end = System.nanoTime();
        Map<Figure, Double> values = new EnumMap<>(Figure.class);
        double system = target.process().map(ProcessStats::systemNanos).orElse(0L) - systemBefore;
        double user = target.process().map(ProcessStats::userNanos).orElse(0L) - userBefore;
        double ours = others.cpuNanos() - othersBefore + system + user;
        double machine = ProcessStats.machineBusyNanos() - machineBefore;
        double capacity = (end - begin) * (double) Runtime.getRuntime().availableProcessors();
        values.put(Figure.OTHERS_SHARE, Math.max(0, 100 * (machine - ours) / capacity));
        target.process().ifPresent(process -> {
            values.put(Figure.RESIDENT, process.residentBytes() / MIB);
            if (system + user > 0) {
                values.put(Figure.SYSTEM_SHARE, 100 * system / (system + user));
            }
        });
        if (jvmBefore != null) {
            JvmProbe.Reading after = target.jvm().orElseThrow().read();
            allocated = after.allocatedBytes() - jvmBefore.allocatedBytes();
            values.put(Figure.ALLOCATION_RATE, allocated / MIB / seconds());
            values.put(Figure.COLLECTIONS, (double) after.collections() - jvmBefore.collections());
            values.put(Figure.COLLECTION_TIME, (double) after.collectionMillis() - jvmBefore.collectionMillis());
        }
        return values;
    }

    /** How long the window was. */
    double seconds() {
        return (end - begin) / NANOS_PER_SECOND;
    }

    /** CPU of the target's process; empty where it has none. */
    OptionalDouble cpuNanos() {
        return target.process().isPresent() ? OptionalDouble.of(cpu) : OptionalDouble.empty();
    }

    /** Allocated by the target's JVM; empty where it is none. */
    OptionalDouble allocatedBytes() {
        return Double.isNaN(allocated) ? OptionalDouble.empty() : OptionalDouble.of(allocated);
    }
}
