/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.benchmarks.target;

import io.gatehouse.benchmarks.measure.JvmProbe;
import io.gatehouse.benchmarks.measure.ProcessStats;
import java.util.Optional;
import javax.net.ssl.SSLContext;

/**
 * Something that clients connect to on loopback.
 *
 * @param bootstrapPort for clients that follow metadata
 * @param nodePort leads to the one broker
 * @param process the proxy's; empty where there is none
 * @param jvm of the proxy, where it is one that the harness started
 * @param credentials what clients log in with, by SASL/PLAIN
 * @param tls what clients connect with; empty for plaintext
 * @param hiddenPrefix what names of topics lack for clients of this target; empty for nothing
 * @param startNanos how long it took from the start of its process until it was ready; 0 where nobody looked
 * @param end ends what was started for it
 */
public record Target(
        String name,
        int bootstrapPort,
        int nodePort,
        Optional<ProcessStats> process,
        Optional<JvmProbe> jvm,
        Optional<Credentials> credentials,
        Optional<SSLContext> tls,
        String hiddenPrefix,
        long startNanos,
        Runnable end)
        implements AutoCloseable {

    /** Of SASL/PLAIN. */
    public record Credentials(String user, String password) {}

    @Override
    public void close() {
        end.run();
    }
}
