/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel.plugins;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import java.lang.ref.WeakReference;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** How a generation ends: drained, overdue, with a stop that fails, and with something left behind. */
class PluginEndTest {

    private static final Duration LONG = Duration.ofMinutes(10);

    @TempDir
    Path root;

    private final ExecutorService gatewayThread = Executors.newSingleThreadExecutor();
    /** Only the text: an event would hold what it is about in memory. */
    private final List<String> logged = new CopyOnWriteArrayList<>();

    private final AppenderBase<ILoggingEvent> appender = new AppenderBase<>() {
        @Override
        protected void append(ILoggingEvent event) {
            logged.add(event.getFormattedMessage());
        }
    };
    private PluginHostFixture fixture;

    @BeforeEach
    void open() {
        fixture = new PluginHostFixture(root, LONG, Duration.ofMillis(1));
        appender.start();
        kernelLogger().addAppender(appender);
    }

    @AfterEach
    void close() {
        kernelLogger().detachAppender(appender);
        fixture.close();
        gatewayThread.shutdownNow();
    }

    private static Logger kernelLogger() {
        return (Logger) LoggerFactory.getLogger("io.gatehouse.kernel.plugins");
    }

    private static TestPluginJar greeter(String version) {
        return TestPluginJar.withInterceptor("greeter", "greet").version(version);
    }

    private void replaceBy(String version) {
        greeter(version).writeTo(fixture.folder, "greeter.jar");
        fixture.host.rescan();
    }

    private WeakReference<ClassLoader> start(TestPluginJar jar) {
        jar.writeTo(fixture.folder, "greeter.jar");
        fixture.start();
        return new WeakReference<>(fixture.generation("greeter").classLoader());
    }

    private List<String> warnings() {
        return logged;
    }

    private double leaked() {
        return fixture.meters
                .get("gatehouse.plugins.leaked.generations")
                .gauge()
                .value();
    }

    private static void awaitCollected(WeakReference<ClassLoader> loader) {
        await().atMost(Duration.ofSeconds(30)).until(() -> {
            System.gc();
            return loader.get() == null;
        });
    }

    private void awaitLeak() {
        await().atMost(Duration.ofSeconds(30)).until(() -> {
            System.gc();
            fixture.host.poll();
            return leaked() == 1;
        });
    }

    private List<PluginStatus> draining() {
        return fixture.host.statuses().stream()
                .filter(status -> status.state() == PluginStatus.State.DRAINING)
                .toList();
    }

    @Test
    void aReplacedGenerationThatIsHeldIsShownAsDraining() {
        start(greeter("1.0.0"));
        PluginGeneration old = fixture.generation("greeter");
        old.acquire();
        assertThat(fixture.status("greeter.jar").leases()).isEqualTo(1);

        replaceBy("1.1.0");

        assertThat(draining()).singleElement().satisfies(status -> {
            assertThat(status.version()).isEqualTo("1.0.0");
            assertThat(status.file()).isEqualTo("greeter.jar");
            assertThat(status.leases()).isEqualTo(1);
            assertThat(status.since()).isAfterOrEqualTo(old.since());
        });
        old.release();
        await().atMost(Duration.ofSeconds(10)).until(() -> draining().isEmpty());
    }

    @Test
    void aGenerationThatIsHeldTooLongIsLetGoByItsHolders() {
        fixture.close();
        fixture = new PluginHostFixture(root.resolve("second"), Duration.ofMillis(1), LONG);
        fixture.host.onOverdue(PluginGeneration::release);
        start(greeter("1.0.0"));
        fixture.generation("greeter").acquire();
        replaceBy("1.1.0");

        await().atMost(Duration.ofSeconds(10)).until(() -> {
            fixture.host.poll();
            return draining().isEmpty();
        });

        assertThat(warnings()).anyMatch(line -> line.contains("was replaced and is held still: 1 leases"));
        assertThat(warnings()).noneMatch(line -> line.contains("is ended although it is held"));
    }

    @Test
    void aGenerationThatNobodyLetsGoEndsAllTheSame() {
        fixture.close();
        fixture = new PluginHostFixture(root.resolve("second"), Duration.ofMillis(1), LONG);
        start(greeter("1.0.0"));
        PluginGeneration old = fixture.generation("greeter");
        old.acquire();
        replaceBy("1.1.0");

        await().atMost(Duration.ofSeconds(20)).until(() -> {
            fixture.host.poll();
            return draining().isEmpty();
        });

        assertThat(warnings()).anyMatch(line -> line.contains("is ended although it is held still: 1 leases"));
        assertThat(old.acquire()).isFalse();
    }

    @Test
    void atMostEightGenerationsOfAPluginDrain() {
        List<String> told = new CopyOnWriteArrayList<>();
        fixture.host.onOverdue(generation -> {
            told.add(generation.version());
            generation.release();
        });
        start(greeter("1.0.0"));
        for (int minor = 1; minor <= 10; minor++) {
            fixture.generation("greeter").acquire();
            replaceBy("1." + minor + ".0");
        }

        fixture.host.poll();

        assertThat(told).containsExactlyInAnyOrder("1.0.0", "1.1.0");
        await().atMost(Duration.ofSeconds(10)).until(() -> draining().size() == 8);
    }

    @Test
    void stopThatThrowsIsLoggedAndTheGenerationEnds() {
        WeakReference<ClassLoader> loader =
                start(greeter("1.0.0").mainClass("", "", "throw new StackOverflowError();"));

        replaceBy("1.1.0");

        awaitCollected(loader);
        assertThat(warnings()).anyMatch(line -> line.contains("stop failed; it is dropped all the same"));
        assertThat(fixture.interceptor("greet")).isPresent();
    }

    @Test
    void stopThatHangsIsGivenUpAndTheGenerationEnds() {
        WeakReference<ClassLoader> loader = start(
                greeter("1.0.0")
                        .mainClass(
                                "",
                                "",
                                "try { new java.util.concurrent.CountDownLatch(1).await(); } catch (InterruptedException e) {}"));

        replaceBy("1.1.0");

        await().atMost(Duration.ofSeconds(20))
                .until(() -> warnings().stream()
                        .anyMatch(line -> line.contains("stop was not done after 2 s; it is dropped all the same")));
        awaitCollected(loader);
        assertThat(fixture.interceptor("greet")).isPresent();
    }

    @Test
    void aThreadThatIsLeftBehindIsInterrupted() {
        WeakReference<ClassLoader> loader = start(greeter("1.0.0").mainClass("", """
                Thread thread = new Thread(() -> {
                    try { new java.util.concurrent.CountDownLatch(1).await(); } catch (InterruptedException e) {}
                }, "acme-forgotten");
                thread.start();
                """, ""));

        replaceBy("1.1.0");

        awaitCollected(loader);
        assertThat(warnings()).anyMatch(line -> line.contains("thread acme-forgotten goes on after stop"));
    }

    @Test
    void aThreadThatGoesOnIsReportedAsALeakUntilItEnds() {
        start(greeter("1.0.0").mainClass("", """
                System.clearProperty("acme.enough");
                Thread thread = new Thread(() -> {
                    while (System.getProperty("acme.enough") == null) {
                        java.util.concurrent.locks.LockSupport.parkNanos(10_000_000);
                    }
                }, "acme-stubborn");
                thread.setDaemon(true);
                thread.start();
                """, ""));

        replaceBy("1.1.0");

        awaitLeak();
        assertThat(warnings())
                .anyMatch(line -> line.contains("[greeter 1.0.0")
                        && line.contains("still in memory")
                        && line.contains("held by the threads acme-stubborn (expected: a plugin ends in stop"));
        System.setProperty("acme.enough", "yes");
        await().atMost(Duration.ofSeconds(20)).until(() -> {
            System.gc();
            return leaked() == 0;
        });
    }

    @Test
    void aTimerThatIsLeftBehindIsReportedAsALeak() {
        start(greeter("1.0.0").mainClass("", """
                java.util.Timer timer = new java.util.Timer("acme-timer", true);
                System.getProperties().put("acme.timer", timer);
                timer.schedule(new java.util.TimerTask() { public void run() {} }, 1, 1);
                """, ""));

        replaceBy("1.1.0");

        awaitLeak();
        assertThat(warnings()).anyMatch(line -> line.contains("held by the threads acme-timer"));
        ((java.util.Timer) System.getProperties().remove("acme.timer")).cancel();
    }

    @Test
    void aThreadLocalOnAThreadOfTheGatewayIsRemoved() throws Exception {
        fixture.host.onThreads(gatewayThread::execute);
        WeakReference<ClassLoader> loader =
                start(TestPluginJar.withId("greeter").interceptor("acme.Factory", "greet", """
                        static final ThreadLocal<Factory[]> SEEN = new ThreadLocal<>();
                        public void see() { SEEN.set(new Factory[] {this}); }
                        """));
        gatewayThread
                .submit(() -> {
                    Object factory = fixture.interceptor("greet").orElseThrow().extension();
                    return factory.getClass().getMethod("see").invoke(factory);
                })
                .get();

        replaceBy("1.1.0");

        awaitCollected(loader);
    }

    @Test
    void whatIsCollectedIsNoLeak() {
        WeakReference<ClassLoader> loader = start(greeter("1.0.0"));

        replaceBy("1.1.0");

        awaitCollected(loader);
        fixture.host.poll();
        assertThat(leaked()).isZero();
        assertThat(warnings()).noneMatch(line -> line.contains("still in memory"));
    }
}
