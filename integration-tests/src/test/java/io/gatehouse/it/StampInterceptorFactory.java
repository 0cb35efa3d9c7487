/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.it;

import io.gatehouse.spi.config.Default;
import io.gatehouse.spi.interception.Interceptor;
import io.gatehouse.spi.interception.InterceptorContext;
import io.gatehouse.spi.interception.InterceptorFactory;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/** Leaves its text on every produced record, so that a record says which interceptors it met, and in what order. */
public final class StampInterceptorFactory implements InterceptorFactory<StampInterceptorFactory.Config> {

    /** The header that it adds: the text, a colon and the version of the jar. */
    static final String HEADER = "met";

    static final String VERSION_ENTRY = "version.txt";

    /**
     * What operators write.
     *
     * @param breaks whether subscribing fails
     */
    public record Config(String text, @Default("false") boolean breaks) {

        public Config {
            if (text.isBlank()) {
                throw new IllegalArgumentException("text: empty (expected: something to leave on records)");
            }
        }
    }

    @Override
    public String name() {
        return "stamp";
    }

    @Override
    public Class<Config> configType() {
        return Config.class;
    }

    @Override
    public Interceptor create(Config config, InterceptorContext context) {
        byte[] value = (config.text() + ":" + version()).getBytes(StandardCharsets.UTF_8);
        return (user, on) -> {
            if (config.breaks()) {
                throw new IllegalStateException("cannot subscribe");
            }
            on.producedRecords((batch, batchContext) -> batch.forEach(record -> record.addHeader(HEADER, value)));
        };
    }

    private static String version() {
        try (InputStream in = StampInterceptorFactory.class.getResourceAsStream("/" + VERSION_ENTRY)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
