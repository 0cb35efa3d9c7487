/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.plugins.namespace;

import io.gatehouse.plugins.namespace.NamespaceConfig.Overlap;
import io.gatehouse.spi.interception.Interceptor;
import io.gatehouse.spi.interception.InterceptorContext;
import io.gatehouse.spi.interception.InterceptorFactory;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Optional;
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

    /** A registry keeps the first gauge of a name, which would go on about the interceptor as it was configured before. */
    private static void forgetGauge(String interceptor, MeterRegistry meters) {
        meters.find("gatehouse.namespace.conflicts")
                .tag("interceptor", interceptor)
                .meters()
                .forEach(meters::remove);
    }

    /** Kafka takes {@code .} and {@code _} for one in the names of metrics, and so for a collision of topics. */
    @Override
    public Optional<String> conflict(NamespaceConfig config, NamespaceConfig other) {
        if (config.overlap() == Overlap.ALLOW && other.overlap() == Overlap.ALLOW) {
            return Optional.empty();
        }
        String one = config.prefix().replace('.', '_');
        String another = other.prefix().replace('.', '_');
        if (!one.startsWith(another) && !another.startsWith(one)) {
            return Optional.empty();
        }
        return Optional.of("prefix: \"" + config.prefix() + "\" overlaps with \"" + other.prefix()
                + "\" of another virtual cluster of the same cluster (expected: prefixes of which none begins another, "
                + "'.' and '_' being one, or overlap: allow in both)");
    }

    @Override
    public Interceptor create(NamespaceConfig config, InterceptorContext context) {
        forgetGauge(context.name(), context.plugin().meters());
        Namespace namespace = new Namespace(config);
        ConflictReports conflicts = new ConflictReports(namespace.prefix(), System::nanoTime);
        Twins twins = new Twins(namespace, conflicts, System::nanoTime);
        Gauge.builder("gatehouse.namespace.conflicts", conflicts, ConflictReports::count)
                .description("Topics and groups that are additional and the namespace's own as well.")
                .tag("interceptor", context.name())
                .register(context.plugin().meters());
        return new NamespaceInterceptor(Shapes.OF_KAFKA, namespace, twins, new GroupTwins(namespace, conflicts));
    }
}
