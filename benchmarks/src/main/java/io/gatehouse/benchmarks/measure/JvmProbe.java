/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.benchmarks.measure;

import com.sun.management.ThreadMXBean;
import com.sun.tools.attach.AttachNotSupportedException;
import com.sun.tools.attach.VirtualMachine;
import java.io.IOException;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import javax.management.MBeanServerConnection;
import javax.management.remote.JMXConnector;
import javax.management.remote.JMXConnectorFactory;
import javax.management.remote.JMXServiceURL;
import jdk.management.jfr.FlightRecorderMXBean;

/**
 * Asks another JVM of the same user, over local JMX, what its threads have allocated and how long it has collected garbage. Asking costs that JVM some CPU:
 * ask outside of the window in which CPU is measured. Not thread-safe.
 */
public final class JvmProbe implements AutoCloseable {

    private final JMXConnector connector;
    private final ThreadMXBean threads;
    private final List<GarbageCollectorMXBean> collectors;
    private final FlightRecorderMXBean recorder;

    /** Where the CPU goes, and what is collected; nothing of what was sent. */
    private static final Map<String, String> PROFILE = Map.of(
            "jdk.ExecutionSample#enabled", "true",
            "jdk.ExecutionSample#period", "10 ms",
            "jdk.NativeMethodSample#enabled", "true",
            "jdk.NativeMethodSample#period", "10 ms",
            "jdk.GarbageCollection#enabled", "true",
            "jdk.CPULoad#enabled", "true");

    private JvmProbe(JMXConnector connector) throws IOException {
        this.connector = connector;
        MBeanServerConnection connection = connector.getMBeanServerConnection();
        threads = ManagementFactory.newPlatformMXBeanProxy(
                connection, ManagementFactory.THREAD_MXBEAN_NAME, ThreadMXBean.class);
        collectors = List.copyOf(ManagementFactory.getPlatformMXBeans(connection, GarbageCollectorMXBean.class));
        recorder = ManagementFactory.newPlatformMXBeanProxy(
                connection, FlightRecorderMXBean.MXBEAN_NAME, FlightRecorderMXBean.class);
    }

    /** Attaches to a process. */
    public static JvmProbe attach(long pid) throws IOException {
        try {
            VirtualMachine machine = VirtualMachine.attach(Long.toString(pid));
            try {
                return new JvmProbe(
                        JMXConnectorFactory.connect(new JMXServiceURL(machine.startLocalManagementAgent())));
            } finally {
                machine.detach();
            }
        } catch (AttachNotSupportedException e) {
            throw new IOException("process " + pid + " (expected: a JVM of this user)", e);
        }
    }

    /**
     * What there was at one moment, counted from the JVM's start.
     *
     * @param allocatedBytes by all threads that live, but for those that serve this probe
     * @param collections how many
     * @param collectionMillis how long they took together
     */
    public record Reading(long allocatedBytes, long collections, long collectionMillis) {}

    public Reading read() {
        long[] ids = threads.getAllThreadIds();
        long[] allocated = threads.getThreadAllocatedBytes(ids);
        ThreadInfo[] infos = threads.getThreadInfo(ids);
        long bytes = 0;
        for (int i = 0; i < ids.length; i++) {
            if (infos[i] != null && allocated[i] > 0 && !isOfProbe(infos[i].getThreadName())) {
                bytes += allocated[i];
            }
        }
        long collections = 0;
        long millis = 0;
        for (GarbageCollectorMXBean collector : collectors) {
            collections += collector.getCollectionCount();
            millis += collector.getCollectionTime();
        }
        return new Reading(bytes, collections, millis);
    }

    /** Begins a profile by Flight Recorder; returns its number. What is measured meanwhile has the profiler's cost in it. */
    public long beginProfile() {
        long recording = recorder.newRecording();
        recorder.setRecordingSettings(recording, PROFILE);
        recorder.startRecording(recording);
        return recording;
    }

    /** Ends a profile, and has that JVM write it to a file of this machine. */
    public void endProfile(long recording, Path file) throws IOException {
        recorder.stopRecording(recording);
        recorder.copyTo(recording, file.toAbsolutePath().toString());
        recorder.closeRecording(recording);
    }

    private static boolean isOfProbe(String thread) {
        return thread.startsWith("RMI ") || thread.startsWith("JMX ") || thread.startsWith("Attach ");
    }

    @Override
    public void close() {
        try {
            connector.close();
        } catch (IOException gone) {
            // The JVM has ended before.
        }
    }
}
