/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel.client;

import io.gatehouse.benchmarks.micro.NettyThreads;
import io.gatehouse.benchmarks.micro.Samples;
import io.gatehouse.plugins.acl.AclBindingKind;
import io.gatehouse.plugins.acl.AclConfig;
import io.gatehouse.plugins.acl.AclInterceptorFactory;
import io.gatehouse.plugins.acl.policy.BindingSpec;
import io.gatehouse.plugins.namespace.NamespaceConfig;
import io.gatehouse.plugins.namespace.NamespaceInterceptorFactory;
import io.gatehouse.spi.PluginContext;
import io.gatehouse.spi.User;
import io.gatehouse.spi.interception.Interceptor;
import io.gatehouse.spi.interception.InterceptorContext;
import io.gatehouse.spi.testkit.InMemoryPluginContext;
import io.gatehouse.spi.testkit.InMemoryResources;
import io.netty.buffer.ByteBuf;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourceType;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What the policies that ship cost a small Produce request that names its topic, with its response, through the kernel's whole connection: decoding,
 * the decision, or the names both ways and encoding.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(
        value = 1,
        jvmArgsAppend = {NettyThreads.CUSTOM_EXECUTOR, NettyThreads.EXECUTOR_CLASS})
@Warmup(iterations = 5, time = 4)
@Measurement(iterations = 5, time = 2)
@State(Scope.Thread)
public class PoliciesBenchmark {

    private static final int BINDINGS = 100;
    private static final int BINDINGS_OF_USER = 10;

    /** {@code none}, {@code acl} with 100 bindings of which 10 are the user's, {@code namespace} with a hidden prefix. */
    @Param({"none", "acl", "namespace"})
    public String policy;

    private final InMemoryPluginContext plugin = new InMemoryPluginContext();
    private BenchmarkedConnection connection;
    private ByteBuf request;
    private ByteBuf response;

    private record Context(PluginContext plugin) implements InterceptorContext {
        @Override
        public String name() {
            return "benchmark";
        }

        @Override
        public void resubscribe(Predicate<User> users) {
            // Nothing changes.
        }
    }

    @Setup
    public void setUp() {
        connection = new BenchmarkedConnection(
                switch (policy) {
                    case "acl" -> Optional.of(acl());
                    case "namespace" -> Optional.of(namespace());
                    default -> Optional.empty();
                });
        Samples samples = Samples.producedByName(policy.equals("namespace") ? "team-" : "");
        request = samples.requests(1);
        response = samples.responses(1);
    }

    private Interceptor acl() {
        InMemoryResources<BindingSpec> bindings = plugin.writableResources(AclBindingKind.class);
        for (int i = 0; i < BINDINGS; i++) {
            String topic = i == 0 ? Samples.TOPIC.name() : "topic-" + i;
            bindings.put("binding-" + i, binding(i < BINDINGS_OF_USER ? User.ANONYMOUS : "other-" + i, topic));
        }
        AclConfig config = new AclConfig(AclConfig.Mode.ENFORCE, List.of(), true);
        return new AclInterceptorFactory().create(config, new Context(plugin));
    }

    private static BindingSpec binding(String user, String topic) {
        return new BindingSpec(
                User.PASSTHROUGH,
                "User:" + user,
                "*",
                AclOperation.WRITE,
                AclPermissionType.ALLOW,
                ResourceType.TOPIC,
                topic,
                PatternType.LITERAL);
    }

    private Interceptor namespace() {
        NamespaceConfig config = new NamespaceConfig(
                "team-",
                NamespaceConfig.Mode.HIDE,
                new NamespaceConfig.Additional(List.of(), List.of()),
                NamespaceConfig.Overlap.REFUSE);
        return new NamespaceInterceptorFactory().create(config, new Context(plugin));
    }

    @TearDown
    public void tearDown() {
        if (!connection.isOpen()) {
            throw new IllegalStateException("the connection was closed on the way");
        }
        connection.close();
        List.of(request, response).forEach(ByteBuf::release);
        plugin.close();
    }

    @Benchmark
    public void requestAndResponse() {
        connection.readFromClient(request);
        connection.readFromBroker(response);
    }
}
