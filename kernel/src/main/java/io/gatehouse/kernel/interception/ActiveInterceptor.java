/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel.interception;

import io.gatehouse.spi.User;
import io.gatehouse.spi.interception.Interceptor;
import io.gatehouse.spi.interception.Question;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * One interceptor at work: instance, plugin, and how many chains use it. Closed when it has been retired and the last chain has let it
 * go. Thread-safe.
 */
final class ActiveInterceptor {

    private final String name;
    private final Interceptor interceptor;
    private final InterceptorTypes.@Nullable Type type;
    private final AtomicInteger users = new AtomicInteger(1);
    private volatile boolean retired;

    /** @param type null for an interceptor of the kernel's own */
    ActiveInterceptor(String name, Interceptor interceptor, InterceptorTypes.@Nullable Type type) {
        this.name = name;
        this.interceptor = interceptor;
        this.type = type;
    }

    String name() {
        return name;
    }

    Interceptor interceptor() {
        return interceptor;
    }

    boolean isOf(InterceptorTypes.Type other) {
        return other.equals(type);
    }

    boolean isOfGeneration(Object generation) {
        return type != null && type.generation() == generation;
    }

    /** Not for anything new any more. */
    void retire() {
        retired = true;
        release();
    }

    boolean isRetired() {
        return retired;
    }

    /** A chain begins to use it; false when it is closed already. */
    boolean acquire() {
        int now = users.get();
        while (now > 0) {
            if (users.compareAndSet(now, now + 1)) {
                return true;
            }
            now = users.get();
        }
        return false;
    }

    /** A chain lets it go. */
    void release() {
        if (users.decrementAndGet() == 0 && type != null) {
            Thread closing = new Thread(this::close, "gatehouse-close-" + name);
            closing.setDaemon(true);
            closing.start();
        }
    }

    private void close() {
        InterceptorTypes.Type plugin = type;
        if (plugin == null) {
            return;
        }
        ClassLoader before = enter();
        try {
            interceptor.close();
        } catch (Throwable e) {
            plugin.failed("close of interceptor " + name, e);
        } finally {
            exit(before);
            plugin.released();
        }
    }

    /** Sets the plugin's class loader as context class loader; returns the one that was. */
    ClassLoader enter() {
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        if (type != null) {
            thread.setContextClassLoader(type.classLoader());
        }
        return before;
    }

    /** Undoes {@link #enter}. */
    void exit(ClassLoader before) {
        if (type != null) {
            Thread.currentThread().setContextClassLoader(before);
        }
    }

    /** What it would say to a request. */
    Optional<String> explain(User user, Question question) {
        if (!acquire()) {
            return Optional.empty();
        }
        ClassLoader before = enter();
        try {
            return Objects.requireNonNull(interceptor.explain(user, question), "null (expected: an Optional)");
        } catch (Throwable e) {
            failed("explain", e);
            return Optional.of("it could not say: " + e);
        } finally {
            exit(before);
            release();
        }
    }

    /** A call into it threw. */
    void failed(String where, Throwable failure) {
        if (type != null) {
            type.failed(where + " of interceptor " + name, failure);
            return;
        }
        org.slf4j.LoggerFactory.getLogger(ActiveInterceptor.class).error("{} of the kernel's {}", where, name, failure);
    }

    /** A request to subscribe again; its place in the order stays when its interceptor has gone. */
    record Round(@Nullable ActiveInterceptor interceptor, Predicate<User> users) {

        /** Holds nothing of a plugin. */
        static final Round GONE = new Round(null, user -> false);

        boolean isFor(ActiveInterceptor other) {
            return interceptor == other;
        }

        /** A predicate that throws means everybody. */
        boolean includes(User user) {
            ActiveInterceptor asked = interceptor;
            if (asked == null) {
                return false;
            }
            ClassLoader before = asked.enter();
            try {
                return users.test(user);
            } catch (Throwable e) {
                asked.failed("resubscribe", e);
                return true;
            } finally {
                asked.exit(before);
            }
        }
    }
}
