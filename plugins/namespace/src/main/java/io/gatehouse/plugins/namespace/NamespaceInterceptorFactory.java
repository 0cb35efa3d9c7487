/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.plugins.namespace;

import io.gatehouse.spi.interception.Interceptor;
import io.gatehouse.spi.interception.InterceptorContext;
import io.gatehouse.spi.interception.InterceptorFactory;
import io.micrometer.core.instrument.Gauge;
import org.pf4j.Extension;

/** The extension: {@code type: namespace}. */
@Extension
public final class NamespaceInterceptorFactory implements InterceptorFactory<NamespaceConfig> {

    @Override
    public String name() {
        return "namespace";
    }

    @Override
    public Class<NamespaceConfig> configType() {
        return NamespaceConfig.class;
    }

    @Override
    public Interceptor create(NamespaceConfig config, InterceptorContext context) {
        Namespace namespace = new Namespace(config);
        Twins twins = new Twins(namespace, System::nanoTime);
        Gauge.builder("gatehouse.namespace.conflicts", twins, Twins::conflicts)
                .description("Topics that are additional and the namespace's own as well.")
                .tag("interceptor", context.name())
                .register(context.plugin().meters());
        return new NamespaceInterceptor(Shapes.OF_KAFKA, namespace, twins);
    }
}
