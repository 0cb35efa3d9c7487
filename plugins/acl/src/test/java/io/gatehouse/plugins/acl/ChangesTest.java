/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.plugins.acl;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.plugins.acl.policy.BindingSpec;
import io.gatehouse.spi.PluginContext;
import io.gatehouse.spi.User;
import io.gatehouse.spi.interception.InterceptorContext;
import io.gatehouse.spi.interception.Question;
import io.gatehouse.spi.resources.Resource;
import io.gatehouse.spi.resources.ResourceView;
import io.gatehouse.spi.testkit.InMemoryPluginContext;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.net.InetAddress;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourceType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What two event loops see while the rules change. */
class ChangesTest {

    private static final User ALICE = User.named("alice").build();

    private final InMemoryPluginContext plugin = new InMemoryPluginContext();
    private final SlowBindings bindings = new SlowBindings(plugin.resources(AclBindingKind.class));

    /** It would decide by the old rules, and by what it was told that would be for ever. */
    @Test
    @Timeout(30)
    void whoAsksWhileTheNewRulesAreMadeDoesNotGoOnWithTheOldOnes() throws Exception {
        plugin.writableResources(AclBindingKind.class)
                .put(
                        "read-orders",
                        new BindingSpec(
                                User.PASSTHROUGH,
                                "User:alice",
                                "*",
                                AclOperation.READ,
                                AclPermissionType.ALLOW,
                                ResourceType.TOPIC,
                                "orders",
                                PatternType.LITERAL));
        try (AclInterceptor interceptor = new AclInterceptor(
                new AclConfig(AclConfig.Mode.ENFORCE, List.of(), true), new Context(plugin, bindings))) {
            String before = mayRead(interceptor);
            plugin.writableResources(AclBindingKind.class).remove("read-orders");
            bindings.slow = true;

            CompletableFuture<String> first = CompletableFuture.supplyAsync(() -> mayRead(interceptor));
            bindings.asked.await();
            CompletableFuture<String> second = new CompletableFuture<>();
            Thread other = new Thread(() -> second.complete(mayRead(interceptor)));
            other.start();
            while (other.getState() != Thread.State.BLOCKED && !second.isDone()) {
                Thread.onSpinWait();
            }
            bindings.answer.countDown();

            assertThat(before).startsWith("ALLOWED");
            assertThat(first.get(10, TimeUnit.SECONDS)).startsWith("DENIED");
            assertThat(second.get(10, TimeUnit.SECONDS)).startsWith("DENIED");
        }
    }

    private static String mayRead(AclInterceptor interceptor) {
        return interceptor
                .explain(
                        ALICE,
                        new Question(
                                ApiKeys.FETCH,
                                Optional.of(new Question.Resource(ResourceType.TOPIC, "orders")),
                                InetAddress.getLoopbackAddress()))
                .orElseThrow();
    }

    /** Bindings that take as long as a test wants. */
    private static final class SlowBindings implements ResourceView<BindingSpec> {
        private final ResourceView<BindingSpec> real;
        private final CountDownLatch asked = new CountDownLatch(1);
        private final CountDownLatch answer = new CountDownLatch(1);
        private volatile boolean slow;

        SlowBindings(ResourceView<BindingSpec> real) {
            this.real = real;
        }

        @Override
        public Optional<Resource<BindingSpec>> get(String name) {
            return real.get(name);
        }

        @Override
        public Collection<Resource<BindingSpec>> list() {
            if (slow) {
                asked.countDown();
                try {
                    answer.await();
                } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                }
            }
            return real.list();
        }

        @Override
        public AutoCloseable watch(Consumer<String> listener) {
            return real.watch(listener);
        }
    }

    private record Context(InMemoryPluginContext real, SlowBindings bindings) implements InterceptorContext {

        @Override
        public String name() {
            return "acl";
        }

        @Override
        public PluginContext plugin() {
            return (PluginContext) Proxy.newProxyInstance(
                    ChangesTest.class.getClassLoader(),
                    new Class<?>[] {PluginContext.class},
                    (proxy, method, given) -> {
                        if (method.getName().equals("resources") && given[0] == AclBindingKind.class) {
                            return bindings;
                        }
                        try {
                            return method.invoke(real, given);
                        } catch (InvocationTargetException e) {
                            throw e.getCause();
                        }
                    });
        }

        @Override
        public void resubscribe(Predicate<User> users) {}
    }
}
