/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.plugins.admin.http;

import io.gatehouse.plugins.admin.http.AdminHttpConfig.Tls;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.eclipse.jetty.util.component.LifeCycle;
import org.eclipse.jetty.util.ssl.SslContextFactory;
import org.eclipse.jetty.util.thread.ScheduledExecutorScheduler;
import org.eclipse.jetty.util.thread.Scheduler;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** TLS of the API, which follows the files of its key and trust stores: what cannot be read changes nothing. One thread at a time looks at them. */
final class RenewedTls {

    private static final Logger log = LoggerFactory.getLogger(RenewedTls.class);
    private static final int LOOK_SECONDS = 2;

    private final Tls config;
    private final SslContextFactory.Server factory;
    private Map<Path, String> read;
    private Map<Path, String> seen;

    RenewedTls(Tls config) {
        this.config = config;
        this.read = stamps();
        this.seen = read;
        this.factory = factory(config);
    }

    SslContextFactory.Server factory() {
        return factory;
    }

    /** Looks at the files for as long as it runs. Links are followed at each look: what they point to changes when a certificate is renewed. */
    LifeCycle watch() {
        ScheduledExecutorScheduler scheduler = new ScheduledExecutorScheduler("admin-http-certificates", true);
        scheduler.addEventListener(new LifeCycle.Listener() {
            @Override
            public void lifeCycleStarted(LifeCycle started) {
                lookLater(scheduler);
            }
        });
        return scheduler;
    }

    private void lookLater(Scheduler scheduler) {
        scheduler.schedule(
                () -> {
                    look();
                    lookLater(scheduler);
                },
                LOOK_SECONDS,
                TimeUnit.SECONDS);
    }

    /** Renews when the files are others than those that were read, and the same in two looks, so that nobody is in the middle of writing them. */
    private void look() {
        Map<Path, String> now = stamps();
        boolean settled = now.equals(seen);
        seen = now;
        if (settled && !now.equals(read)) {
            read = now;
            renew();
        }
    }

    private Map<Path, String> stamps() {
        Map<Path, String> stamps = new HashMap<>();
        Stream.concat(Stream.of(config.keystore()), config.truststore().stream())
                .forEach(file -> stamps.put(file, stamp(file)));
        return stamps;
    }

    private static String stamp(Path file) {
        try {
            BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
            return attributes.size() + " " + attributes.lastModifiedTime() + " " + attributes.fileKey();
        } catch (IOException e) {
            return "missing";
        }
    }

    private void renew() {
        try {
            // Jetty drops what it has before it reads anew, so that is tried first.
            SslContextFactory.Server trial = factory(config);
            trial.start();
            trial.stop();
            factory.reload(same -> {});
            log.info("The key and trust stores of the HTTP API are read again");
        } catch (Exception e) {
            log.error(
                    "The key or trust store of the HTTP API has changed and cannot be used; what was read before stays: {}",
                    e.getMessage());
        }
    }

    private static SslContextFactory.Server factory(Tls config) {
        SslContextFactory.Server tls = new SslContextFactory.Server();
        tls.setKeyStorePath(config.keystore().toAbsolutePath().toString());
        tls.setKeyStorePassword(config.keystorePassword());
        config.truststore()
                .ifPresent(path -> tls.setTrustStorePath(path.toAbsolutePath().toString()));
        config.truststorePassword().ifPresent(tls::setTrustStorePassword);
        tls.setIncludeProtocols("TLSv1.3", "TLSv1.2");
        switch (config.clientAuth()) {
            case NONE -> {}
            case REQUESTED -> tls.setWantClientAuth(true);
            case REQUIRED -> tls.setNeedClientAuth(true);
        }
        return tls;
    }
}
