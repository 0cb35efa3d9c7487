/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel.plugins;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.gatehouse.spi.GatewayPlugin;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PluginRefusalTest {

    @TempDir
    Path root;

    private PluginHostFixture fixture;

    @BeforeEach
    void open() {
        fixture = new PluginHostFixture(root);
        TestPluginJar.withInterceptor("good", "good").writeTo(fixture.folder, "good.jar");
    }

    @AfterEach
    void close() {
        fixture.close();
    }

    private static TestPluginJar plugin() {
        return TestPluginJar.withInterceptor("bad", "bad");
    }

    private void assertRefused(TestPluginJar jar, RejectionCode code, String... words) {
        jar.writeTo(fixture.folder, "bad.jar");

        fixture.start();

        assertRefused("bad.jar", code, words);
    }

    private void assertRefused(String file, RejectionCode code, String... words) {
        PluginStatus status = fixture.status(file);
        assertThat(status.state()).isEqualTo(PluginStatus.State.REJECTED);
        assertThat(status.code()).as(status.message()).isEqualTo(code);
        for (String word : words) {
            assertThat(status.message()).contains(word);
        }
        assertThat(fixture.interceptor("bad")).isEmpty();
        assertThat(fixture.interceptor("good")).as("everything else goes on").isPresent();
    }

    @Test
    void aHalfCopiedJarIsRefused() throws Exception {
        byte[] whole = plugin().bytes();
        Files.write(fixture.folder.resolve("bad.jar"), Arrays.copyOf(whole, whole.length / 2));

        fixture.start();

        assertRefused("bad.jar", RejectionCode.CORRUPT, "half copied");
    }

    @Test
    void anEntryWithWrongBytesIsRefused() throws Exception {
        byte[] bytes = plugin().bytes();
        bytes[bytes.length / 3] ^= 0x55;
        Files.write(fixture.folder.resolve("bad.jar"), bytes);

        fixture.start();

        assertRefused("bad.jar", RejectionCode.CORRUPT);
    }

    @Test
    void aJarWithoutManifestIsRefused() {
        assertRefused(plugin().withoutManifest(), RejectionCode.NO_DESCRIPTOR, "META-INF/MANIFEST.MF: missing");
    }

    @Test
    void aLibraryThatIsNoPluginIsRefused() {
        TestPluginJar library = plugin().withoutManifest().manifest("Created-By", "Acme");

        assertRefused(library, RejectionCode.NO_DESCRIPTOR, "no Plugin- entries");
    }

    @Test
    void aMissingIdIsRefused() {
        assertRefused(plugin().withoutManifest("Plugin-Id"), RejectionCode.BAD_ID, "Plugin-Id: \"\"");
    }

    @Test
    void anIdThatIsNoNameIsRefused() {
        assertRefused(plugin().manifest("Plugin-Id", "a/../b"), RejectionCode.BAD_ID, "a/../b");
    }

    @Test
    void aVersionThatIsNotSemverIsRefused() {
        assertRefused(plugin().version("latest"), RejectionCode.BAD_VERSION, "\"latest\" (expected: semver");
    }

    @Test
    void aMissingProviderIsRefused() {
        assertRefused(plugin().withoutManifest("Plugin-Provider"), RejectionCode.NO_PROVIDER);
    }

    @Test
    void aMissingRangeOfSpiVersionsIsRefused() {
        assertRefused(plugin().withoutManifest("Plugin-Requires"), RejectionCode.BAD_REQUIRES, "missing");
    }

    @Test
    void aRangeThatCannotBeReadIsRefused() {
        assertRefused(plugin().manifest("Plugin-Requires", "soon"), RejectionCode.BAD_REQUIRES, "soon is not");
    }

    @Test
    void aRangeWithoutUpperBoundIsRefused() {
        assertRefused(
                plugin().manifest("Plugin-Requires", ">=0.1.0"), RejectionCode.REQUIRES_UNBOUNDED, "no upper bound");
    }

    @Test
    void aRangeThatExcludesThisSpiIsRefused() {
        assertRefused(
                plugin().manifest("Plugin-Requires", ">=7.0.0 & <8.0.0"),
                RejectionCode.REQUIRES_OTHER_SPI,
                SpiVersion.ofThisGateway().version());
    }

    @Test
    void aPluginThatDependsOnAnotherIsRefused() {
        assertRefused(
                plugin().manifest("Plugin-Dependencies", "good@1.0.0"), RejectionCode.HAS_DEPENDENCIES, "good@1.0.0");
    }

    @Test
    void classFilesForANewerJavaAreRefused() {
        byte[] future = {(byte) 0xCA, (byte) 0xFE, (byte) 0xBA, (byte) 0xBE, 0, 0, 0, (byte) 150};

        assertRefused(plugin().entry("acme/Future.class", future), RejectionCode.CLASS_FILES_TOO_NEW, "needs Java 106");
    }

    @Test
    void classFilesForANewerJavaInAVersionedFolderAreNotLookedAt() {
        byte[] future = {(byte) 0xCA, (byte) 0xFE, (byte) 0xBA, (byte) 0xBE, 0, 0, 0, (byte) 150};
        plugin().entry("META-INF/versions/106/acme/Future.class", future).writeTo(fixture.folder, "bad.jar");

        fixture.start();

        assertThat(fixture.status("bad.jar").state()).isEqualTo(PluginStatus.State.STARTED);
    }

    @Test
    void aJarThatBundlesTheSpiIsRefused() throws Exception {
        byte[] spiClass;
        try (InputStream in = GatewayPlugin.class.getResourceAsStream("GatewayPlugin.class")) {
            spiClass = in.readAllBytes();
        }

        assertRefused(
                plugin().entry("io/gatehouse/spi/GatewayPlugin.class", spiClass),
                RejectionCode.BUNDLES_SHARED_PACKAGE,
                "io.gatehouse.spi.GatewayPlugin",
                "set scope provided");
    }

    @Test
    void aMissingExtensionIndexIsRefused() {
        assertRefused(plugin().withoutIndex(), RejectionCode.NO_EXTENSION_INDEX, "missing");
    }

    @Test
    void anEmptyExtensionIndexIsRefused() {
        assertRefused(TestPluginJar.withId("bad"), RejectionCode.NO_EXTENSION_INDEX, "empty");
    }

    @Test
    void anIndexedClassThatIsMissingIsRefused() {
        assertRefused(plugin().extension("acme.Gone"), RejectionCode.EXTENSION_FAILED, "acme.Gone");
    }

    @Test
    void anExtensionWhoseConstructorThrowsIsRefused() {
        assertRefused(
                TestPluginJar.withId("bad")
                        .interceptor(
                                "acme.Bad", "bad", "public Bad() { throw new IllegalStateException(\"no luck\"); }"),
                RejectionCode.EXTENSION_FAILED,
                "no luck");
    }

    @Test
    void anExtensionWithAStaticInitialiserThatFailsIsRefused() {
        assertRefused(
                TestPluginJar.withId("bad").interceptor("acme.Bad", "bad", "static int x = Integer.parseInt(\"x\");"),
                RejectionCode.EXTENSION_FAILED,
                "NumberFormatException");
    }

    @Test
    void anExtensionThatNeedsAMissingClassIsRefused() {
        assertRefused(
                TestPluginJar.withId("bad")
                        .interceptor(
                                "acme.Bad",
                                "bad",
                                "com.fasterxml.jackson.databind.ObjectMapper mapper = new"
                                        + " com.fasterxml.jackson.databind.ObjectMapper();"),
                RejectionCode.EXTENSION_FAILED,
                "com.fasterxml.jackson.databind.ObjectMapper");
    }

    @Test
    void anExtensionWithoutPublicConstructorIsRefused() {
        assertRefused(
                TestPluginJar.withId("bad").interceptor("acme.Bad", "bad", "public Bad(int x) {}"),
                RejectionCode.EXTENSION_FAILED,
                "acme.Bad");
    }

    @Test
    void anIndexedClassThatIsNoExtensionIsRefused() {
        assertRefused(
                plugin().extension("acme.Other").source("acme.Other", "package acme; public class Other {}"),
                RejectionCode.EXTENSION_INVALID,
                "acme.Other");
    }

    @Test
    void anExtensionWithABadNameIsRefused() {
        assertRefused(
                TestPluginJar.withInterceptor("bad", "Not A Name"), RejectionCode.EXTENSION_INVALID, "Not A Name");
    }

    @Test
    void twoExtensionsOfOnePointWithOneNameAreRefused() {
        assertRefused(
                plugin().interceptor("acme.Second", "bad", ""), RejectionCode.DUPLICATE_EXTENSION, "offered twice");
    }

    @Test
    void aResourceKindWithANameOfTheGatewaysOwnIsRefused() {
        assertRefused(
                plugin().extension("acme.Kind").source("acme.Kind", """
                        package acme;
                        public class Kind implements io.gatehouse.spi.resources.ResourceKind<io.gatehouse.spi.NoConfig> {
                            public String kind() { return "Interceptor"; }
                            public Class<io.gatehouse.spi.NoConfig> specType() { return io.gatehouse.spi.NoConfig.class; }
                        }
                        """),
                RejectionCode.DUPLICATE_EXTENSION,
                "\"Interceptor\"",
                "the gateway's own");
    }

    @Test
    void anExtensionWhoseNameAnotherPluginHasIsRefusedNamingBoth() {
        TestPluginJar.withInterceptor("late", "good").writeTo(fixture.folder, "late.jar");

        fixture.start();

        assertRefused("late.jar", RejectionCode.DUPLICATE_EXTENSION, "late", "good");
        assertThat(fixture.interceptor("good").orElseThrow().generation().id()).isEqualTo("good");
    }

    @Test
    void oneIdInTwoFilesIsRefusedNamingBoth() {
        plugin().writeTo(fixture.folder, "bad-1.jar");
        plugin().version("2.0.0").writeTo(fixture.folder, "bad-2.jar");

        fixture.start();

        assertRefused("bad-1.jar", RejectionCode.DUPLICATE_ID, "bad-1.jar and bad-2.jar");
        assertRefused("bad-2.jar", RejectionCode.DUPLICATE_ID, "bad-1.jar and bad-2.jar");
    }

    @Test
    void aMainClassThatIsNoPluginIsRefused() {
        assertRefused(
                plugin().manifest("Plugin-Class", "acme.Factory"), RejectionCode.MAIN_CLASS_FAILED, "acme.Factory");
    }

    @Test
    void aMainClassWhoseConstructorThrowsIsRefused() {
        assertRefused(
                plugin().mainClass("if (true) throw new IllegalStateException(\"no luck\");", "", ""),
                RejectionCode.MAIN_CLASS_FAILED,
                "no luck");
    }

    @Test
    void startThatThrowsIsRefused() {
        assertRefused(
                plugin().mainClass("", "throw new IllegalStateException(\"no luck\");", ""),
                RejectionCode.START_FAILED,
                "no luck");
    }

    @Test
    void startThatThrowsAnErrorIsRefused() {
        assertRefused(plugin().mainClass("", "throw new StackOverflowError();", ""), RejectionCode.START_FAILED);
    }

    @Test
    void startThatHangsIsRefused() {
        assertRefused(
                plugin().mainClass(
                                "",
                                "try { new java.util.concurrent.CountDownLatch(1).await(); } catch (InterruptedException e) {}",
                                ""),
                RejectionCode.START_TIMED_OUT,
                "start was not done after 2 s");
    }

    @Test
    void aMissingMemberOfKafkasClientsIsRefused() {
        assertRefused(
                TestPluginJar.withId("bad")
                        .interceptor("acme.Bad", "bad", "int hash() { return org.apache.kafka.common.Uuid.hash(); }")
                        .compiledWith(
                                "org.apache.kafka.common.Uuid",
                                "package org.apache.kafka.common; public class Uuid { public static int hash() { return 1; } }"),
                RejectionCode.MISSING_CLASS_OR_MEMBER,
                "org.apache.kafka.common.Uuid.hash()I (in acme.Bad)");
    }

    @Test
    void aSelfCheckThatFailsIsRefusedAndThePluginStopped() {
        System.clearProperty("bad.stopped");

        assertRefused(
                plugin().mainClass(
                                "",
                                "",
                                "System.setProperty(\"bad.stopped\", \"yes\"); }"
                                        + " @Override public void selfCheck() throws Exception {"
                                        + " throw new java.io.IOException(\"redis: refused\");"),
                RejectionCode.SELF_CHECK_FAILED,
                "self-check failed",
                "redis: refused");
        assertThat(System.getProperty("bad.stopped")).isEqualTo("yes");
    }

    @Test
    void aSelfCheckThatHangsIsRefused() {
        assertRefused(
                plugin().mainClass(
                                "",
                                "",
                                "} @Override public void selfCheck() throws Exception {"
                                        + " new java.util.concurrent.CountDownLatch(1).await();"),
                RejectionCode.SELF_CHECK_FAILED,
                "self-check was not done after 2 s");
    }

    @Test
    void aJarThatTheGroupCanWriteIsRefused() throws Exception {
        Path jar = plugin().writeTo(fixture.folder, "bad.jar");
        Files.setPosixFilePermissions(jar, PosixFilePermissions.fromString("rw-rw-r--"));

        fixture.start();

        assertRefused("bad.jar", RejectionCode.INSECURE_FILE, "mode 664", "chmod go-w");
    }

    @Test
    void aJarOfAnotherAccountIsRefused() throws Exception {
        Path jar = plugin().writeTo(fixture.folder, "bad.jar");
        boolean mayGiveAway = Files.getAttribute(root, "unix:uid").equals(0);
        assumeTrue(mayGiveAway, "only root can give a file away");
        Files.setAttribute(jar, "unix:uid", 12345);

        fixture.start();

        assertRefused("bad.jar", RejectionCode.INSECURE_FILE, "user id 12345");
    }

    @Test
    void aFolderThatEveryoneCanWriteRefusesEveryJar() throws Exception {
        Files.setPosixFilePermissions(fixture.folder, PosixFilePermissions.fromString("rwxrwxrwx"));

        fixture.start();

        assertThat(fixture.status("good.jar").code()).isEqualTo(RejectionCode.INSECURE_FOLDER);
        assertThat(fixture.host.snapshot().all(ExtensionType.INTERCEPTOR)).isEmpty();
    }

    @Test
    void aPreReleaseOfTheSpiCountsAsTheReleaseThatItLeadsTo() throws Exception {
        new SpiVersion("0.1.0-SNAPSHOT").require(">=0.1.0 & <1.0.0");

        Map<String, RejectionCode> refused = Map.of(
                ">=0.2.0 & <1.0.0", RejectionCode.REQUIRES_OTHER_SPI, "<0.1.0", RejectionCode.REQUIRES_OTHER_SPI);
        refused.forEach((range, code) -> assertThatThrownBy(() -> new SpiVersion("0.1.0-SNAPSHOT").require(range))
                .isInstanceOfSatisfying(
                        PluginRejectedException.class, e -> assertThat(e.code()).isEqualTo(code)));
    }
}
