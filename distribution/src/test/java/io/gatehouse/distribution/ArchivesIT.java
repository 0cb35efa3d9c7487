/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.distribution;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ArchivesIT {

    @TempDir
    static Path temporary;

    private static Installation installation;

    @BeforeAll
    static void unzip() {
        installation = Installation.unzipInto(temporary);
    }

    @Test
    void theTopFolderIsNamedAfterTheVersion() {
        assertThat(installation.folder().getFileName())
                .hasToString(Installation.archive("").getFileName().toString());
    }

    @Test
    void whatAUserLooksForIsThere() {
        assertThat(List.of(
                        "bin/gatehouse",
                        "conf/gatehouse.yaml",
                        "conf/logback.xml",
                        "resources/example.yaml",
                        "systemd/gatehouse.service",
                        "docker/Dockerfile",
                        "licenses/THIRD-PARTY.txt",
                        "LICENSE",
                        "NOTICE"))
                .allSatisfy(file -> assertThat(installation.folder().resolve(file))
                        .isRegularFile()
                        .isNotEmptyFile());
    }

    @Test
    void nobodyButTheOwnerMayWriteAndOnlyTheScriptRuns() throws IOException {
        try (Stream<Path> tree = Files.walk(installation.folder())) {
            for (Path path : tree.toList()) {
                boolean runs = Files.isDirectory(path) || path.equals(installation.script());
                assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path)))
                        .as(path.toString())
                        .isEqualTo(runs ? "rwxr-xr-x" : "rw-r--r--");
            }
        }
    }

    @Test
    void libHoldsNoTestLibrariesAndNothingTwice() throws IOException {
        List<String> artifacts = names("lib").stream()
                .map(jar -> jar.replaceFirst("-\\d[^/]*?(-linux-\\w+)?\\.jar$", "$1"))
                .toList();

        assertThat(artifacts)
                .doesNotHaveDuplicates()
                .contains("gatehouse-kernel", "gatehouse-spi", "kafka-clients")
                .noneMatch(jar -> jar.matches("(junit|assertj|awaitility|mockito|bcrypt|nimbus|kafka_2|scala).*"));
    }

    @Test
    void pluginsHoldsOneJarForEachPlugin() throws IOException {
        assertThat(names("plugins"))
                .filteredOn(name -> name.endsWith(".jar"))
                .map(name -> name.replaceFirst("-\\d.*", ""))
                .containsExactlyInAnyOrder(
                        "gatehouse-acl",
                        "gatehouse-admin-http",
                        "gatehouse-auth-mtls",
                        "gatehouse-auth-oauth",
                        "gatehouse-auth-plain",
                        "gatehouse-namespace",
                        "gatehouse-records",
                        "gatehouse-store-kafka",
                        "gatehouse-user-mapping-redis");
    }

    /** What comes by mistake, through the scope of a dependency of tests, is loaded again by each plugin's class loader. */
    @Test
    void noPluginBundlesNetty() throws IOException {
        for (String jar : names("plugins")) {
            if (jar.endsWith(".jar")) {
                try (ZipFile plugin = new ZipFile(
                        installation.folder().resolve("plugins").resolve(jar).toFile())) {
                    assertThat(plugin.getEntry("io/netty/buffer/ByteBuf.class"))
                            .as(jar)
                            .isNull();
                }
            }
        }
    }

    @Test
    void bothArchivesStayBelow60MiB() throws IOException {
        assertThat(Files.size(Installation.archive(".zip"))).isLessThan(60 << 20);
        assertThat(Files.size(Installation.archive(".tar.gz"))).isLessThan(60 << 20);
    }

    @Test
    void theBillOfMaterialsNamesEveryLibrary() throws IOException {
        Path bill = installation.folder().resolve("licenses/sbom.cdx.json");
        assumeTrue(Files.exists(bill), "built offline, where the CycloneDX plugin does nothing");
        String components = Files.readString(bill);

        assertThat(names("lib"))
                .allSatisfy(jar -> assertThat(components).contains("\"" + jar.replaceFirst("-\\d.*", "") + "\""));
    }

    @Test
    void theListOfLicencesNamesEveryLibrary() throws IOException {
        String licences = Files.readString(installation.folder().resolve("licenses/THIRD-PARTY.txt"));

        assertThat(names("lib"))
                .filteredOn(jar -> !jar.startsWith("gatehouse-"))
                .allSatisfy(jar -> assertThat(licences).contains(":" + jar.replaceFirst("-\\d.*", "") + ":"));
    }

    private static List<String> names(String folder) throws IOException {
        try (Stream<Path> files = Files.list(installation.folder().resolve(folder))) {
            return files.map(file -> file.getFileName().toString()).toList();
        }
    }
}
