/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel.plugins;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PluginChangesTest {

    @TempDir
    Path root;

    private PluginHostFixture fixture;

    @BeforeEach
    void open() {
        fixture = new PluginHostFixture(root);
    }

    @AfterEach
    void close() {
        fixture.close();
    }

    private static TestPluginJar greeter(String version) {
        return TestPluginJar.withInterceptor("greeter", "greet").version(version);
    }

    private String versionInUse() {
        return fixture.interceptor("greet")
                .map(extension -> extension.generation().version())
                .orElse("none");
    }

    @Test
    void aNewJarCountsOnceItIsTheSameInTwoPolls() {
        fixture.start();
        greeter("1.0.0").writeTo(fixture.folder, "greeter.jar");

        fixture.host.poll();
        assertThat(versionInUse()).isEqualTo("none");

        fixture.host.poll();
        assertThat(versionInUse()).isEqualTo("1.0.0");
    }

    @Test
    void ofManyJarsThatComeAtOnceEachCountsOnce() {
        for (int number = 10; number < 22; number++) {
            TestPluginJar.withInterceptor("plugin" + number, "interceptor" + number)
                    .writeTo(fixture.folder, number + ".jar");
        }
        TestPluginJar.withInterceptor("plugin10", "interceptor10").writeTo(fixture.folder, "the-same-as-10.jar");

        fixture.start();

        for (int number = 11; number < 22; number++) {
            assertThat(fixture.interceptor("interceptor" + number)).isPresent();
            assertThat(fixture.status(number + ".jar").state()).isEqualTo(PluginStatus.State.STARTED);
        }
        assertThat(fixture.status("10.jar").code()).isEqualTo(RejectionCode.DUPLICATE_ID);
        assertThat(fixture.status("the-same-as-10.jar").code()).isEqualTo(RejectionCode.DUPLICATE_ID);
    }

    @Test
    void aJarThatIsDroppedInWhileRunningCountsByItself() {
        fixture.host.start();
        greeter("1.0.0").writeTo(fixture.folder, "greeter.jar");

        await().atMost(Duration.ofSeconds(10)).until(() -> versionInUse().equals("1.0.0"));
    }

    @Test
    void aJarThatStillGrowsIsLeftAlone() throws Exception {
        fixture.start();
        byte[] whole = greeter("1.0.0").bytes();
        Path jar = fixture.folder.resolve("greeter.jar");

        for (int part = 1; part < 4; part++) {
            Files.write(jar, Arrays.copyOf(whole, whole.length * part / 4));
            fixture.host.poll();
            assertThat(fixture.host.snapshot().plugins()).isEmpty();
        }
        Files.write(jar, whole);
        fixture.host.poll();
        fixture.host.poll();

        assertThat(versionInUse()).isEqualTo("1.0.0");
    }

    @Test
    void aHigherVersionReplacesTheOldOneWhichEndsWithItsLastLease() {
        greeter("1.0.0")
                .mainClass("", "", "System.setProperty(\"greeter.stopped\", \"1.0.0\");")
                .writeTo(fixture.folder, "greeter.jar");
        fixture.start();
        System.clearProperty("greeter.stopped");
        PluginGeneration old = fixture.generation("greeter");
        assertThat(old.acquire()).isTrue();

        greeter("1.1.0").writeTo(fixture.folder, "greeter.jar");
        fixture.host.rescan();

        assertThat(versionInUse()).isEqualTo("1.1.0");
        assertThat(old.leases()).isEqualTo(1);
        assertThat(System.getProperty("greeter.stopped")).isNull();
        old.release();
        await().atMost(Duration.ofSeconds(5)).until(() -> "1.0.0".equals(System.getProperty("greeter.stopped")));
        assertThat(old.acquire()).isFalse();
    }

    @Test
    void aRefusedNewVersionLeavesTheOldOneRunning() {
        greeter("1.0.0").writeTo(fixture.folder, "greeter.jar");
        fixture.start();

        greeter("1.1.0")
                .mainClass("", "throw new IllegalStateException(\"no luck\");", "")
                .writeTo(fixture.folder, "greeter.jar");
        fixture.host.rescan();

        assertThat(versionInUse()).isEqualTo("1.0.0");
        assertThat(fixture.statuses("greeter.jar"))
                .extracting(PluginStatus::state)
                .containsExactly(PluginStatus.State.STARTED, PluginStatus.State.REJECTED);
    }

    @Test
    void aCorruptOverwriteLeavesTheOldOneRunningAndARepairIsTaken() throws Exception {
        Path jar = greeter("1.0.0").writeTo(fixture.folder, "greeter.jar");
        fixture.start();

        Files.write(jar, new byte[100]);
        fixture.host.rescan();
        assertThat(versionInUse()).isEqualTo("1.0.0");
        assertThat(fixture.statuses("greeter.jar").get(1).code()).isEqualTo(RejectionCode.CORRUPT);

        greeter("1.2.0").writeTo(fixture.folder, "greeter.jar");
        fixture.host.rescan();
        assertThat(versionInUse()).isEqualTo("1.2.0");
        assertThat(fixture.statuses("greeter.jar")).hasSize(1);
    }

    @Test
    void theSameVersionWithOtherBytesIsRefused() {
        greeter("1.0.0").writeTo(fixture.folder, "greeter.jar");
        fixture.start();

        greeter("1.0.0").entry("more.txt", new byte[1]).writeTo(fixture.folder, "greeter.jar");
        fixture.host.rescan();

        assertThat(fixture.statuses("greeter.jar").get(1).code()).isEqualTo(RejectionCode.SAME_VERSION_OTHER_BYTES);
    }

    @Test
    void removingTheJarRemovesItsExtensionsAndPuttingItBackHeals() throws Exception {
        Path jar = greeter("1.0.0").writeTo(fixture.folder, "greeter.jar");
        fixture.start();

        fixture.host.poll();
        Files.delete(jar);
        fixture.host.poll();
        assertThat(versionInUse()).isEqualTo("1.0.0");
        fixture.host.poll();
        assertThat(versionInUse()).isEqualTo("none");
        assertThat(fixture.host.snapshot().plugins()).isEmpty();

        greeter("1.0.0").writeTo(fixture.folder, "greeter.jar");
        fixture.host.rescan();
        assertThat(versionInUse()).isEqualTo("1.0.0");
    }

    @Test
    void aJarThatIsReplacedByOneOfAnotherNameIsAnUpgradeWithoutAGap() throws Exception {
        Path first = greeter("1.0.0").writeTo(fixture.folder, "greeter-1.0.0.jar");
        fixture.start();
        fixture.host.poll();
        Set<String> seenByClients = new HashSet<>();
        fixture.host.onChange(() -> seenByClients.add(versionInUse()));

        Files.delete(first);
        greeter("1.1.0").writeTo(fixture.folder, "greeter-1.1.0.jar");
        fixture.host.poll();
        fixture.host.poll();

        assertThat(versionInUse()).isEqualTo("1.1.0");
        assertThat(seenByClients).containsOnly("1.1.0");
    }

    @Test
    void aSecondFileWithTheIdIsRefusedAndTakesOverWhenTheFirstIsGone() throws Exception {
        Path first = greeter("1.0.0").writeTo(fixture.folder, "greeter-1.0.0.jar");
        fixture.start();
        greeter("1.1.0").writeTo(fixture.folder, "greeter-1.1.0.jar");
        fixture.host.rescan();
        assertThat(versionInUse()).isEqualTo("1.0.0");
        assertThat(fixture.status("greeter-1.1.0.jar").code()).isEqualTo(RejectionCode.DUPLICATE_ID);

        Files.delete(first);
        fixture.host.rescan();

        assertThat(versionInUse()).isEqualTo("1.1.0");
        assertThat(fixture.status("greeter-1.1.0.jar").state()).isEqualTo(PluginStatus.State.STARTED);
    }

    @Test
    void aRenamedJarGoesOnAsTheSameGeneration() throws Exception {
        Path jar = greeter("1.0.0").writeTo(fixture.folder, "a.jar");
        fixture.start();
        PluginGeneration before = fixture.generation("greeter");

        Files.move(jar, fixture.folder.resolve("b.jar"));
        fixture.host.rescan();

        assertThat(fixture.generation("greeter")).isSameAs(before);
        assertThat(fixture.status("b.jar").state()).isEqualTo(PluginStatus.State.STARTED);
    }

    @Test
    void aFolderThatIsAwayForAMomentTakesNothingDown() throws Exception {
        greeter("1.0.0").writeTo(fixture.folder, "greeter.jar");
        fixture.start();

        Path away = Files.move(fixture.folder, root.resolve("away"));
        fixture.host.rescan();
        assertThat(versionInUse()).isEqualTo("1.0.0");

        Files.move(away, fixture.folder);
        fixture.host.rescan();
        assertThat(versionInUse()).isEqualTo("1.0.0");
    }

    @Test
    void listenersAreToldOfEverySnapshotAndOfNothingElse() {
        List<String> seen = new ArrayList<>();
        fixture.host.onChange(() -> seen.add(versionInUse()));
        fixture.start();

        greeter("1.0.0").writeTo(fixture.folder, "greeter.jar");
        fixture.host.rescan();
        fixture.host.rescan();
        fixture.host.poll();

        assertThat(seen).containsExactly("1.0.0");
    }

    @Test
    void copiesThatNobodyUsesAreDeleted() throws Exception {
        greeter("1.0.0").writeTo(fixture.folder, "greeter.jar");
        fixture.start();
        for (int minor = 1; minor <= 5; minor++) {
            greeter("1." + minor + ".0").writeTo(fixture.folder, "greeter.jar");
            fixture.host.rescan();
        }

        fixture.close();

        assertThat(fixture.staging).doesNotExist();
    }

    @Test
    void everyLeaseIsEitherGivenBeforeTheEndOrRefused() throws Exception {
        greeter("1.0.0").source("acme.Late", "package acme; class Late {}").writeTo(fixture.folder, "greeter.jar");
        fixture.start();
        ExecutorService threads = Executors.newFixedThreadPool(4);
        CountDownLatch running = new CountDownLatch(4);
        List<Future<?>> users = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            users.add(threads.submit(() -> {
                running.countDown();
                String seen = "";
                while (!seen.equals("1.20.0")) {
                    LoadedExtension<?> extension = fixture.interceptor("greet").orElseThrow();
                    if (extension.generation().acquire()) {
                        try {
                            seen = extension.generation().version();
                            // A class that was not loaded yet: only an open loader finds it.
                            Class.forName(
                                    "acme.Late",
                                    true,
                                    extension.extension().getClass().getClassLoader());
                        } finally {
                            extension.generation().release();
                        }
                    }
                }
                return null;
            }));
        }
        running.await();

        for (int minor = 1; minor <= 20; minor++) {
            greeter("1." + minor + ".0")
                    .source("acme.Late", "package acme; class Late {}")
                    .writeTo(fixture.folder, "greeter.jar");
            fixture.host.rescan();
        }

        for (Future<?> user : users) {
            user.get(20, TimeUnit.SECONDS);
        }
        threads.shutdownNow();
    }
}
