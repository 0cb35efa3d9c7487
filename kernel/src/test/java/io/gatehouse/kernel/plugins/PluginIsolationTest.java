/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel.plugins;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.lang.ref.WeakReference;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PluginIsolationTest {

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

    private ClassLoader loaderOf(String interceptor) {
        return fixture.interceptor(interceptor)
                .orElseThrow()
                .extension()
                .getClass()
                .getClassLoader();
    }

    private Object call(String interceptor, String method) throws Exception {
        Object extension = fixture.interceptor(interceptor).orElseThrow().extension();
        return extension.getClass().getMethod(method).invoke(extension);
    }

    @Test
    void aJarBecomesAnExtensionOfItsOwnLoader() {
        TestPluginJar.withInterceptor("greeter", "greet").version("1.2.0").writeTo(fixture.folder, "greeter.jar");

        fixture.start();

        PluginStatus status = fixture.status("greeter.jar");
        assertThat(status.state()).isEqualTo(PluginStatus.State.STARTED);
        assertThat(status.extensions()).containsExactly("interceptor greet");
        assertThat(loaderOf("greet"))
                .hasToString("PluginClassLoader[greeter 1.2.0 " + status.hash().substring(0, 8) + "]");
    }

    @Test
    void aJarIsLoadedFromAPrivateCopyUnderItsHash() throws Exception {
        Path jar = TestPluginJar.withInterceptor("greeter", "greet").writeTo(fixture.folder, "greeter.jar");

        fixture.start();

        try (Stream<Path> staged = Files.list(fixture.staging)) {
            assertThat(staged).singleElement().satisfies(copy -> {
                assertThat(copy).hasFileName(fixture.status("greeter.jar").hash() + ".jar");
                assertThat(copy).hasSameBinaryContentAs(jar);
            });
        }
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(fixture.staging)))
                .isEqualTo("rwx------");
    }

    @Test
    void aPluginWithoutAnythingIsNotRequired() {
        fixture.start();

        assertThat(fixture.host.snapshot().plugins()).isEmpty();
        assertThat(fixture.host.snapshot().all(ExtensionType.INTERCEPTOR)).isEmpty();
    }

    @Test
    void twoPluginsBringDifferentVersionsOfOneLibrary() throws Exception {
        for (String version : new String[] {"one", "two"}) {
            TestPluginJar.withId(version)
                    .source(
                            "lib.Version",
                            "package lib; public class Version { public static String it() { return \"" + version
                                    + "\"; } }")
                    .interceptor("acme.Factory", version, "public String library() { return lib.Version.it(); }")
                    .writeTo(fixture.folder, version + ".jar");
        }

        fixture.start();

        assertThat(call("one", "library")).isEqualTo("one");
        assertThat(call("two", "library")).isEqualTo("two");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "io.gatehouse.kernel.plugins.PluginHost",
                "com.fasterxml.jackson.databind.ObjectMapper",
                "io.netty.buffer.ByteBuf",
                "ch.qos.logback.classic.Logger",
                "org.junit.jupiter.api.Test"
            })
    void aPluginDoesNotSeeTheApplicationsClass(String className) {
        TestPluginJar.withInterceptor("greeter", "greet").writeTo(fixture.folder, "greeter.jar");

        fixture.start();

        assertThatThrownBy(() -> Class.forName(className, false, loaderOf("greet")))
                .isInstanceOf(ClassNotFoundException.class);
        assertThat(loaderOf("greet").getResource(className.replace('.', '/') + ".class"))
                .isNull();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "java.sql.Connection",
                "io.gatehouse.spi.GatewayPlugin",
                "org.pf4j.Extension",
                "org.slf4j.Logger",
                "io.micrometer.core.instrument.MeterRegistry",
                "org.apache.kafka.common.message.MetadataRequestData",
                "org.apache.kafka.clients.admin.Admin",
                "org.jspecify.annotations.Nullable"
            })
    void aPluginSharesTheGatewaysClass(String className) throws Exception {
        TestPluginJar.withInterceptor("greeter", "greet").writeTo(fixture.folder, "greeter.jar");

        fixture.start();

        assertThat(Class.forName(className, false, loaderOf("greet"))).isSameAs(Class.forName(className));
    }

    @Test
    void aPluginBringsAClassOfTheApplicationInItsOwnVersion() throws Exception {
        TestPluginJar.withId("greeter")
                .interceptor("acme.Factory", "greet", "public String own() { return io.netty.buffer.ByteBuf.OWN; }")
                .source(
                        "io.netty.buffer.ByteBuf",
                        "package io.netty.buffer; public class ByteBuf { public static final"
                                + " String OWN = new String(\"own\"); }")
                .writeTo(fixture.folder, "greeter.jar");

        fixture.start();

        assertThat(call("greet", "own")).isEqualTo("own");
    }

    @Test
    void servicesOfTheApplicationAreNotThePlugins() throws Exception {
        TestPluginJar.withInterceptor("greeter", "greet").writeTo(fixture.folder, "greeter.jar");

        fixture.start();

        assertThat(getClass().getClassLoader().getResource("META-INF/services/org.slf4j.spi.SLF4JServiceProvider"))
                .isNotNull();
        assertThat(loaderOf("greet").getResource("META-INF/services/org.slf4j.spi.SLF4JServiceProvider"))
                .isNull();
    }

    @Test
    void aLoaderIsCollectedAfterItsPluginHasEnded() {
        TestPluginJar.withInterceptor("greeter", "greet")
                .mainClass("", """
                        context().executor("work", 2).scheduleAtFixedRate(
                                () -> {}, 0, 1, java.util.concurrent.TimeUnit.MILLISECONDS);
                        context().meters().gauge("acme.size", this, Main::size);
                        } double size() { return 1;
                        """, "throw new IllegalStateException(\"stop fails\");")
                .writeTo(fixture.folder, "greeter.jar");
        fixture.start();
        WeakReference<ClassLoader> loader = new WeakReference<>(loaderOf("greet"));
        assertThat(fixture.meters.find("acme.size").tag("plugin", "greeter").gauge())
                .isNotNull();

        fixture.folder.resolve("greeter.jar").toFile().delete();
        fixture.host.rescan();

        await().atMost(Duration.ofSeconds(20)).until(() -> {
            System.gc();
            return loader.get() == null;
        });
        assertThat(fixture.meters.find("acme.size").gauge()).isNull();
        assertThat(Thread.getAllStackTraces().keySet())
                .noneMatch(thread -> thread.getName().startsWith("plugin-greeter"));
    }

    @Test
    void aLoaderOfARefusedPluginIsCollected() {
        TestPluginJar.withInterceptor("greeter", "greet").mainClass("", """
                        System.getProperties().put("greeter.loader",
                                new java.lang.ref.WeakReference<>(Main.class.getClassLoader()));
                        throw new IllegalStateException();
                        """, "").writeTo(fixture.folder, "greeter.jar");

        fixture.start();

        assertThat(fixture.status("greeter.jar").code()).isEqualTo(RejectionCode.START_FAILED);
        WeakReference<?> loader = (WeakReference<?>) System.getProperties().remove("greeter.loader");
        await().atMost(Duration.ofSeconds(20)).until(() -> {
            System.gc();
            return loader.get() == null;
        });
    }
}
