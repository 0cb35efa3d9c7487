/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel.plugins;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class VerifiedJarsTest {

    private static final String HASH = "0123456789";

    @TempDir
    Path folder;

    private final Path jars = Path.of("jars.txt");

    private VerifiedJars verified(String gateway) {
        return new VerifiedJars(folder.resolve(jars), gateway);
    }

    @Test
    void whatWasVerifiedIsKnownAfterARestartWithItsWarnings() {
        verified("Java 17; kernel 1").add(HASH, List.of("one\nwarning", "another"));
        verified("Java 17; kernel 1").add("abc", List.of());

        VerifiedJars restarted = verified("Java 17; kernel 1");

        assertThat(restarted.warnings(HASH)).contains(List.of("one warning", "another"));
        assertThat(restarted.warnings("abc")).contains(List.of());
        assertThat(restarted.warnings("def")).isEmpty();
    }

    @Test
    void nothingIsKnownToAnotherGatewayOrJava() {
        verified("Java 17; kernel 1").add(HASH, List.of());

        assertThat(verified("Java 17; kernel 2").warnings(HASH)).isEmpty();
        assertThat(verified("Java 21; kernel 1").warnings(HASH)).isEmpty();
    }

    @Test
    void aFileThatIsNoListKnowsNothing() throws IOException {
        Files.write(folder.resolve(jars), new byte[] {(byte) 0xff, 0, 10});

        assertThat(verified("Java 17").warnings(HASH)).isEmpty();
    }

    @Test
    void aFolderThatCannotBeWrittenHindersNothing() throws IOException {
        Path file = Files.createFile(folder.resolve("file"));
        VerifiedJars jars = new VerifiedJars(file.resolve("jars.txt"), "Java 17");

        jars.add(HASH, List.of());

        assertThat(jars.warnings(HASH)).contains(List.of());
    }

    @Test
    void aJarIsReadThroughUntilItIsVerified() throws Exception {
        Path jar = TestPluginJar.withId("acme")
                .interceptor(
                        "acme.Factory",
                        "acme",
                        "void missing() { org.apache.kafka.common.utils.Utils.noSuchMethod(); }")
                .compiledWith(
                        "org.apache.kafka.common.utils.Utils",
                        "package org.apache.kafka.common.utils; public class Utils { public static void noSuchMethod() {} }")
                .writeTo(folder, "acme.jar");

        assertThatThrownBy(() -> validate(jar, verified("Java 17"))).isInstanceOf(PluginRejectedException.class);
        assertThat(verified("Java 17").warnings(HASH)).isEmpty();

        verified("Java 17").add(HASH, List.of("seen"));

        assertThat(validate(jar, verified("Java 17")).warnings()).containsExactly("seen");
    }

    private static PluginManifest validate(Path jar, VerifiedJars verified) throws PluginRejectedException {
        SpiVersion spi = SpiVersion.ofThisGateway();
        LinkageCheck linkage = new LinkageCheck(VerifiedJarsTest.class.getClassLoader(), spi);
        return new PluginValidator(spi, Runtime.version().feature(), linkage, verified)
                .validate(new StagedJar("acme.jar", HASH, jar));
    }
}
