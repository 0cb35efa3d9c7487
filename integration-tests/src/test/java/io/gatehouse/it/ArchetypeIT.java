/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.kafka.junit.KafkaExtension;
import io.gatehouse.kernel.plugins.PluginStatus;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * The first five minutes of a plugin author: a project from the archetype, built and tested as it is, its jar in a gateway. In a local
 * repository of its own, with this build's artifacts in it; what else Maven needs comes from the one that this build has filled.
 */
class ArchetypeIT {

    @RegisterExtension
    static final KafkaExtension kafka = KafkaExtension.shared(3);

    private static final Path ROOT = Path.of(System.getProperty("gatehouse.root", ".."));
    private static final String VERSION = System.getProperty("gatehouse.version", "0.1.0-SNAPSHOT");

    @TempDir
    Path folder;

    @Test
    @Tag("full")
    void aGeneratedProjectBuildsItsTestsPassAndItsJarLoads() throws Exception {
        Path repository = Files.createDirectories(folder.resolve("repository"));
        install(repository, "gatehouse-parent", Path.of("pom.xml"), null);
        install(repository, "gatehouse-spi", Path.of("spi/pom.xml"), "spi");
        install(repository, "gatehouse-kernel", Path.of("kernel/pom.xml"), "kernel");
        install(repository, "gatehouse-spi-testkit", Path.of("spi-testkit/pom.xml"), "spi-testkit");
        install(repository, "gatehouse-plugin-archetype", Path.of("archetype/pom.xml"), "archetype");
        Path settings = settings();

        maven(
                folder,
                repository,
                settings,
                "org.apache.maven.plugins:maven-archetype-plugin:3.4.1:generate",
                "-DarchetypeGroupId=io.gatehouse",
                "-DarchetypeArtifactId=gatehouse-plugin-archetype",
                "-DarchetypeVersion=" + VERSION,
                "-DarchetypeCatalog=local",
                "-DgroupId=com.acme",
                "-DartifactId=acme-policy",
                "-Dversion=1.2.3",
                "-Dpackage=com.acme.policy");
        Path project = folder.resolve("acme-policy");
        assertThat(project.resolve("src/main/java/com/acme/policy/StarterInterceptor.java"))
                .content()
                .contains("package com.acme.policy;");
        maven(project, repository, settings, "package");

        assertThat(project.resolve("target/surefire-reports")).isNotEmptyDirectory();
        try (TestGateway gateway = TestGateway.inFrontOf(kafka.bootstrapServers())
                .anonymous()
                .plugin(project.resolve("target/acme-policy-1.2.3.jar"))
                .start()) {
            assertThat(gateway.gatehouse().pluginStatuses()).singleElement().satisfies(status -> {
                assertThat(status.id()).isEqualTo("acme-policy");
                assertThat(status.state()).isEqualTo(PluginStatus.State.STARTED);
            });
        }
    }

    /** As `mvn install` would, into the repository of this test. */
    private static void install(Path repository, String artifactId, Path pom, String module) throws IOException {
        Path target = Files.createDirectories(
                repository.resolve("io/gatehouse").resolve(artifactId).resolve(VERSION));
        Files.copy(ROOT.resolve(pom), target.resolve(artifactId + "-" + VERSION + ".pom"));
        if (module != null) {
            Files.copy(TestGateway.jarOf(module), target.resolve(artifactId + "-" + VERSION + ".jar"));
        }
    }

    private Path settings() throws IOException {
        Path settings = folder.resolve("settings.xml");
        String filled =
                Path.of(System.getProperty("maven.local.repository")).toUri().toString();
        return Files.writeString(settings, """
                <settings>
                  <mirrors>
                    <mirror><id>filled</id><mirrorOf>*</mirrorOf><url>%s</url></mirror>
                  </mirrors>
                </settings>
                """.formatted(filled));
    }

    private void maven(Path directory, Path repository, Path settings, String... arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("maven.home"), "bin", "mvn").toString(),
                "-B",
                "-ntp",
                "-s",
                settings.toString(),
                "-Dmaven.repo.local=" + repository));
        command.addAll(List.of(arguments));
        Path output = Files.createTempFile(folder, "maven", ".log");
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile());
        Map<String, String> environment = builder.environment();
        environment.remove("MAVEN_OPTS");
        environment.put("JAVA_HOME", System.getProperty("java.home"));
        Process process = builder.start();
        boolean ended = process.waitFor(5, TimeUnit.MINUTES);
        process.destroy();

        assertThat(ended && process.exitValue() == 0)
                .as("%s\n%s", command, Files.readString(output))
                .isTrue();
    }
}
