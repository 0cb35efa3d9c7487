/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.spi.testkit.examples;

import io.gatehouse.spi.NoConfig;
import io.gatehouse.spi.PluginContext;
import io.gatehouse.spi.identity.PrincipalExtractor;
import io.gatehouse.spi.identity.PrincipalExtractorFactory;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import org.pf4j.Extension;

/** {@code Alice@ACME.ORG} is {@code alice}. */
@Extension
public final class DomainExtractor implements PrincipalExtractorFactory<NoConfig> {

    @Override
    public String name() {
        return "without-domain";
    }

    @Override
    public Class<NoConfig> configType() {
        return NoConfig.class;
    }

    @Override
    public PrincipalExtractor create(NoConfig config, PluginContext context) {
        return authentication -> CompletableFuture.completedFuture(
                authentication.identifier().split("@", 2)[0].toLowerCase(Locale.ROOT));
    }
}
