/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.spi.testkit;

import io.gatehouse.kernel.interception.InterceptorTypes;
import io.gatehouse.spi.PluginContext;
import io.gatehouse.spi.User;
import io.gatehouse.spi.interception.Interceptor;
import io.gatehouse.spi.interception.InterceptorContext;
import io.gatehouse.spi.interception.InterceptorFactory;
import io.gatehouse.spi.interception.Question;
import io.gatehouse.spi.interception.Subscriptions;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** The one type that the chain of a harness knows: the factory under test. */
final class HarnessType implements InterceptorTypes, InterceptorTypes.Type {

    private final PluginContext plugin;
    private final Decisions.Note note;
    private final Function<InterceptorContext, Interceptor> create;
    private final ClassLoader classLoader;
    private final CountDownLatch released = new CountDownLatch(1);
    private volatile @Nullable Throwable creationFailure;

    <C extends Record> HarnessType(InterceptorFactory<C> factory, C config, PluginContext plugin, Decisions.Note note) {
        this.plugin = plugin;
        this.note = note;
        this.create = context -> factory.create(config, context);
        this.classLoader = factory.getClass().getClassLoader();
    }

    /** Throws what the factory threw. */
    void requireCreated() {
        Throwable failure = creationFailure;
        if (failure instanceof RuntimeException runtime) {
            throw runtime;
        }
        if (failure instanceof Error error) {
            throw error;
        }
    }

    /** Waits until the interceptor is closed. */
    void awaitReleased() {
        try {
            if (!released.await(10, TimeUnit.SECONDS)) {
                throw new AssertionError("the interceptor is not closed after 10 s");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public Optional<Type> find(String name) {
        return Optional.of(this);
    }

    @Override
    public String pluginId() {
        return plugin.pluginId();
    }

    @Override
    public ClassLoader classLoader() {
        return classLoader;
    }

    @Override
    public Interceptor create(String name, Map<String, Object> config, Resubscriber resubscriber) {
        Interceptor interceptor;
        try {
            interceptor = create.apply(new Context(name, resubscriber));
        } catch (RuntimeException | Error e) {
            creationFailure = e;
            throw e;
        }
        return new Interceptor() {
            @Override
            public void subscribe(User user, Subscriptions on) {
                interceptor.subscribe(user, new Decisions(on, note));
            }

            @Override
            public Optional<String> explain(User user, Question question) {
                return interceptor.explain(user, question);
            }

            @Override
            public void close() {
                interceptor.close();
            }
        };
    }

    @Override
    public void failed(String where, Throwable failure) {
        note.failed(failure);
    }

    @Override
    public void released() {
        released.countDown();
    }

    private final class Context implements InterceptorContext {
        private final String name;
        private final Resubscriber resubscriber;

        private Context(String name, Resubscriber resubscriber) {
            this.name = name;
            this.resubscriber = resubscriber;
        }

        @Override
        public String name() {
            return name;
        }

        @Override
        public PluginContext plugin() {
            return plugin;
        }

        @Override
        public void resubscribe(Predicate<User> users) {
            resubscriber.resubscribe(users);
        }
    }
}
