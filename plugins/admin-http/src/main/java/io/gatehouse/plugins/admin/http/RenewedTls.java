/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.plugins.admin.http;

import io.gatehouse.plugins.admin.http.AdminHttpConfig.Tls;
import java.nio.file.Path;
import java.util.Map;
import org.eclipse.jetty.util.Scanner;
import org.eclipse.jetty.util.ssl.SslContextFactory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** TLS of the API, which follows the files of its key and trust stores: what cannot be read changes nothing. Thread-safe. */
final class RenewedTls {

    private static final Logger log = LoggerFactory.getLogger(RenewedTls.class);
    private static final int LOOK_SECONDS = 2;

    private final Tls config;
    private final SslContextFactory.Server factory;

    RenewedTls(Tls config) {
        this.config = config;
        this.factory = factory(config);
    }

    SslContextFactory.Server factory() {
        return factory;
    }

    /** Looks at the files, and tells of one only when it was the same in two looks. */
    Scanner scanner() {
        Scanner scanner = new Scanner();
        scanner.setScanInterval(LOOK_SECONDS);
        scanner.setReportExistingFilesOnStartup(false);
        scanner.addFile(config.keystore().toAbsolutePath());
        config.truststore().ifPresent(path -> scanner.addFile(path.toAbsolutePath()));
        scanner.addListener(new Scanner.BulkListener() {
            @Override
            public void pathsChanged(Map<Path, Scanner.Notification> changed) {
                renew();
            }
        });
        return scanner;
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
