/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.it;

import com.sun.management.UnixOperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import javax.management.JMException;
import javax.management.ObjectName;

/** What this JVM holds. */
final class Heap {

    private Heap() {}

    /** How many objects of a class are reachable: collects, walks the heap, and counts. */
    static int reachable(String className) {
        try {
            String histogram = (String) ManagementFactory.getPlatformMBeanServer()
                    .invoke(
                            new ObjectName("com.sun.management:type=DiagnosticCommand"),
                            "gcClassHistogram",
                            new Object[] {new String[0]},
                            new String[] {String[].class.getName()});
            return histogram
                    .lines()
                    .map(String::strip)
                    .map(line -> line.split("\\s+"))
                    .filter(columns -> columns.length >= 4 && columns[3].equals(className))
                    .mapToInt(columns -> Integer.parseInt(columns[1]))
                    .sum();
        } catch (JMException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Threads, metaspace and file descriptors. */
    record Usage(int threads, long metaspaceBytes, long fileDescriptors) {

        static Usage now() {
            long metaspace = ManagementFactory.getMemoryPoolMXBeans().stream()
                    .filter(pool -> pool.getName().equals("Metaspace"))
                    .map(MemoryPoolMXBean::getUsage)
                    .mapToLong(usage -> usage.getUsed())
                    .sum();
            UnixOperatingSystemMXBean system = (UnixOperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
            return new Usage(
                    ManagementFactory.getThreadMXBean().getThreadCount(),
                    metaspace,
                    system.getOpenFileDescriptorCount());
        }

        @Override
        public String toString() {
            return "%d threads, %.1f MB of metaspace, %d file descriptors"
                    .formatted(threads, metaspaceBytes / 1e6, fileDescriptors);
        }
    }
}
