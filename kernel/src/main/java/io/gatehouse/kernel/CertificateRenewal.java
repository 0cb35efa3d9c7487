/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel;

import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Certificates are renewed while the gateway runs: those of listeners and those towards brokers are looked at again and again. */
final class CertificateRenewal implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(CertificateRenewal.class);
    private static final long SECONDS = 2;

    private final ScheduledExecutorService watch = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "gatehouse-certificates");
        thread.setDaemon(true);
        return thread;
    });

    CertificateRenewal(ListenerSet listeners, Clusters clusters) {
        watch.scheduleWithFixedDelay(
                () -> {
                    listeners.all().forEach(listener -> renewing(listener::reloadTlsIfChanged));
                    renewing(clusters::reloadTlsIfChanged);
                },
                SECONDS,
                SECONDS,
                TimeUnit.SECONDS);
    }

    /** One that fails must not end the renewal of the others. */
    private static void renewing(Runnable renewal) {
        try {
            renewal.run();
        } catch (RuntimeException e) {
            log.error("Certificates that have changed cannot be used; what was read before stays", e);
        }
    }

    @Override
    public void close() {
        watch.shutdownNow();
    }
}
