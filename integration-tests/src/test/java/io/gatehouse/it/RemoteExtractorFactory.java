/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.it;

import io.gatehouse.spi.PluginContext;
import io.gatehouse.spi.identity.NotAdmittedException;
import io.gatehouse.spi.identity.PrincipalExtractor;
import io.gatehouse.spi.identity.PrincipalExtractorFactory;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;

/** Asks a service over HTTP for the principal of an identifier: 200 with the principal, or 404 for nobody. */
public final class RemoteExtractorFactory implements PrincipalExtractorFactory<RemoteExtractorFactory.Config> {

    /** @param url to which the identifier is appended */
    public record Config(String url) {}

    @Override
    public String name() {
        return "remote";
    }

    @Override
    public Class<Config> configType() {
        return Config.class;
    }

    @Override
    public PrincipalExtractor create(Config config, PluginContext context) {
        Executor calls = context.executor("calls", 4);
        return authentication ->
                CompletableFuture.supplyAsync(() -> ask(config.url() + authentication.identifier()), calls);
    }

    private static String ask(String url) {
        try {
            HttpURLConnection connection =
                    (HttpURLConnection) URI.create(url).toURL().openConnection();
            connection.setConnectTimeout(1_000);
            connection.setReadTimeout(1_000);
            if (connection.getResponseCode() == 404) {
                throw new NotAdmittedException("the service knows no such identifier");
            }
            try (InputStream body = connection.getInputStream()) {
                return new String(body.readAllBytes(), StandardCharsets.UTF_8);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
