/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel.plugins;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Plugins that were compiled with another version of the shared packages, as after an upgrade or a downgrade of the gateway. */
class LinkageCheckTest {

    /** Kafka's class as it never was. */
    private static final String OTHER_UTILS = """
            package org.apache.kafka.common.utils;
            public class Utils {
                public static final int LIMIT = Integer.getInteger("limit", 1);
                public static int murmur2(byte[] data) { return 0; }
                public static int murmur3(byte[] data) { return 0; }
                public static long getHost(String address) { return 0; }
            }
            """;

    @TempDir
    Path folder;

    private static TestPluginJar plugin(String body) {
        return TestPluginJar.withId("acme")
                .interceptor("acme.Factory", "acme", body)
                .compiledWith("org.apache.kafka.common.utils.Utils", OTHER_UTILS);
    }

    private PluginManifest validate(TestPluginJar jar) throws PluginRejectedException {
        Path path = jar.writeTo(folder, "acme.jar");
        SpiVersion spi = SpiVersion.ofThisGateway();
        LinkageCheck linkage = new LinkageCheck(getClass().getClassLoader(), spi);
        return new PluginValidator(spi, Runtime.version().feature(), linkage, new VerifiedJars(null, ""))
                .validate(new StagedJar("acme.jar", "0123456789", path));
    }

    private void assertMissing(TestPluginJar jar, String... words) {
        assertThatThrownBy(() -> validate(jar))
                .isInstanceOfSatisfying(
                        PluginRejectedException.class,
                        e -> assertThat(e.code()).isEqualTo(RejectionCode.MISSING_CLASS_OR_MEMBER))
                .hasMessageContainingAll(words);
    }

    @Test
    void whatIsThereIsNotReported() throws Exception {
        TestPluginJar jar = plugin(
                        "int hash(byte[] data) { return org.apache.kafka.common.utils.Utils.murmur2(data); }")
                .mainClass("", "context().executor(\"a\", 1);", "")
                .source("acme.Errors", """
                        package acme;
                        class Errors extends org.apache.kafka.common.errors.InvalidTopicException {
                            String both(org.apache.kafka.common.protocol.ApiKeys[] keys) {
                                return getMessage() + invalidTopics() + keys.clone()[0].messageType.apiKey() + hashCode();
                            }
                        }
                        """);

        assertThat(validate(jar).warnings()).isEmpty();
    }

    @Test
    void aMissingMethodIsRefusedWithItsNameAndItsUser() {
        assertMissing(
                plugin("int hash(byte[] data) { return org.apache.kafka.common.utils.Utils.murmur3(data); }"),
                "org.apache.kafka.common.utils.Utils.murmur3([B)I (in acme.Factory)",
                "with kafka-clients 4.4.0");
    }

    @Test
    void aMethodThatReturnsSomethingElseIsMissing() {
        assertMissing(
                plugin("long host() { return org.apache.kafka.common.utils.Utils.getHost(\"a:1\"); }"),
                "org.apache.kafka.common.utils.Utils.getHost(Ljava.lang.String;)J");
    }

    @Test
    void aMissingFieldIsRefused() {
        assertMissing(
                plugin("int limit() { return org.apache.kafka.common.utils.Utils.LIMIT; }"),
                "org.apache.kafka.common.utils.Utils.LIMIT (in acme.Factory)");
    }

    @Test
    void aMissingClassIsRefused() {
        assertMissing(
                plugin("Object gone() { return new org.apache.kafka.common.Gone(); }")
                        .compiledWith(
                                "org.apache.kafka.common.Gone",
                                "package org.apache.kafka.common; public class Gone {}"),
                "org.apache.kafka.common.Gone (in acme.Factory)");
    }

    @Test
    void aMethodThatBecamePrivateIsMissing() {
        assertMissing(
                plugin("Object log() { return org.apache.kafka.common.utils.Utils.log; }")
                        .compiledWith("org.apache.kafka.common.utils.Utils", """
                                package org.apache.kafka.common.utils;
                                public class Utils { public static org.slf4j.Logger log; }
                                """),
                "org.apache.kafka.common.utils.Utils.log");
    }

    @Test
    void aMemberThatAClassOfTheJarInheritsIsLookedForAboveIt() {
        assertMissing(
                plugin("Object base() { return new acme.Own().inherited(); }")
                        .source("acme.Own", "package acme; class Own extends acme.Middle {}")
                        .source(
                                "acme.Middle",
                                "package acme; class Middle extends org.apache.kafka.common.KafkaException {}")
                        .compiledWith("org.apache.kafka.common.KafkaException", """
                                package org.apache.kafka.common;
                                public class KafkaException extends RuntimeException {
                                    public int inherited() { return 0; }
                                }
                                """),
                "acme.Own.inherited()I (in acme.Factory)");
    }

    @Test
    void whatAnExtensionReachesThroughOtherClassesIsRefused() {
        assertMissing(
                plugin("Object far() { return acme.Near.far(); }")
                        .source("acme.Near", "package acme; class Near { static Object far() { return new Far(); } }")
                        .source("acme.Far", """
                                package acme;
                                class Far { int hash = org.apache.kafka.common.utils.Utils.murmur3(null); }
                                """),
                "murmur3([B)I (in acme.Far)");
    }

    @Test
    void whatThePluginClassReachesIsRefused() {
        assertMissing(
                plugin("").mainClass("", "org.apache.kafka.common.utils.Utils.murmur3(null);", ""),
                "murmur3([B)I (in acme.Main)");
    }

    @Test
    void whatNoExtensionReachesIsAWarning() throws Exception {
        TestPluginJar jar = plugin("").source("acme.Optional", """
                        package acme;
                        class Optional { int hash = org.apache.kafka.common.utils.Utils.murmur3(null); }
                        """);

        assertThat(validate(jar).warnings())
                .containsExactly("classes that no extension reaches need what this gateway does not have:"
                        + " org.apache.kafka.common.utils.Utils.murmur3([B)I (in acme.Optional)");
    }

    @Test
    void onlyTheFirstFewAreNamed() {
        String uses = "";
        TestPluginJar jar = plugin("");
        for (int i = 1; i <= 7; i++) {
            String gone = "org.apache.kafka.common.Gone" + i;
            jar.compiledWith(gone, "package org.apache.kafka.common; public class Gone" + i + " {}");
            uses += "Object gone" + i + "() { return " + gone + ".class; }";
        }
        jar.source("acme.Factory", TestPluginJar.interceptorSource("acme.Factory", "acme", uses));

        assertMissing(jar, "common.Gone1", "common.Gone2", "common.Gone3", "and 4 more");
    }

    @Test
    void aLibraryThatIsNotInTheJarIsAWarning() throws Exception {
        TestPluginJar jar = plugin("Object buffer() { return io.netty.buffer.Unpooled.EMPTY_BUFFER; }");

        assertThat(validate(jar).warnings())
                .singleElement()
                .asString()
                .contains("neither in the jar nor shared by the gateway:"
                        + " io.netty.buffer.Unpooled (in acme.Factory)");
    }

    @Test
    void theClassOfANewerJavaCountsInAMultiReleaseJar() {
        Map<String, byte[]> newer = TestPluginJar.compile(Map.of(
                "acme.Near",
                "package acme; class Near { int hash = org.apache.kafka.common.utils.Utils.murmur3(null); }",
                "org.apache.kafka.common.utils.Utils",
                OTHER_UTILS));
        TestPluginJar jar = plugin("Object near() { return new acme.Near(); }")
                .source("acme.Near", "package acme; class Near {}")
                .manifest("Multi-Release", "true")
                .entry("META-INF/versions/17/acme/Near.class", newer.get("acme/Near.class"));

        assertMissing(jar, "murmur3([B)I (in acme.Near)");
    }

    @Test
    void aClassFileThatIsCutShortIsRefused() {
        byte[] whole = TestPluginJar.compile(Map.of("acme.Cut", "package acme; class Cut { String a = \"text\"; }"))
                .get("acme/Cut.class");
        TestPluginJar jar = plugin("").entry("acme/Cut.class", java.util.Arrays.copyOf(whole, 40));

        assertThatThrownBy(() -> validate(jar))
                .isInstanceOfSatisfying(
                        PluginRejectedException.class, e -> assertThat(e.code()).isEqualTo(RejectionCode.CORRUPT))
                .hasMessageContaining("acme/Cut.class: not a readable class file");
    }

    @Test
    void aLargeJarIsCheckedInWellUnderASecond() throws Exception {
        TestPluginJar jar = plugin("");
        long bytes = 0;
        for (Path library : libraries()) {
            if (bytes < 26_000_000) {
                jar.entriesOf(library);
                bytes += library.toFile().length();
            }
        }
        Path path = jar.writeTo(folder, "acme.jar");
        StagedJar staged = new StagedJar("acme.jar", "0123456789", path);
        LinkageCheck linkage = new LinkageCheck(getClass().getClassLoader(), SpiVersion.ofThisGateway());
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        List<Long> millis = new ArrayList<>();

        for (int round = 0; round < 5; round++) {
            // Of the processor: the machine of a build does other things meanwhile.
            long start = threads.getCurrentThreadCpuTime();
            linkage.check(staged, List.of("acme.Factory"));
            millis.add(
                    Duration.ofNanos(threads.getCurrentThreadCpuTime() - start).toMillis());
        }

        System.out.printf("linkage check of %.1f MB: %s ms%n", path.toFile().length() / 1e6, millis);
        assertThat(path.toFile().length()).isGreaterThan(10_000_000);
        assertThat(millis.stream().sorted().toList().get(2)).isLessThan(1_000);
    }

    /** The jars of the test's class path that a plugin could have shaded in. */
    private static List<Path> libraries() throws IOException {
        return java.util.Arrays.stream(System.getProperty("java.class.path").split(java.io.File.pathSeparator))
                .map(Path::of)
                .filter(path -> path.toString().endsWith(".jar"))
                .toList();
    }
}
