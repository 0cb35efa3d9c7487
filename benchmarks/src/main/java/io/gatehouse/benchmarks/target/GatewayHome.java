/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.benchmarks.target;

import io.gatehouse.benchmarks.target.Target.Credentials;
import java.io.IOException;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/**
 * The home folder of one gateway: a copy of a folder under {@code benchmarks/targets}, with the jars that its {@code target.properties}
 * names. The gateway is run from the distribution zip when that has been built, else from the kernel's class path.
 */
final class GatewayHome {

    private static final String MAIN = "io.gatehouse.kernel.GatehouseMain";

    private final Path home;
    private final Properties properties;
    private final Optional<Path> program;

    private GatewayHome(Path home, Properties properties, Optional<Path> program) {
        this.home = home;
        this.properties = properties;
        this.program = program;
    }

    /** Makes it; one that has been made before is used again, with what earlier runs have left in it. */
    static GatewayHome create(Path root, Path source, Path home) {
        try {
            if (Files.exists(home)) {
                return new GatewayHome(home, properties(source), programIn(home.resolve("dist")));
            }
            copy(source, home);
            Path plugins = Files.createDirectories(home.resolve("plugins"));
            Files.createDirectories(home.resolve("resources"));
            Properties properties = properties(source);
            for (String module : properties.getProperty("plugins", "").split(",")) {
                if (!module.isBlank()) {
                    Path copy = plugins.resolve(module.strip().replace('/', '-') + ".jar");
                    Files.copy(jarOf(root.resolve(module.strip()).resolve("target")), copy);
                    Files.setPosixFilePermissions(copy, PosixFilePermissions.fromString("rw-r--r--"));
                }
            }
            String bindings = properties.getProperty("bindings", "");
            if (!bindings.isBlank()) {
                new AclBindings(
                                properties.getProperty("virtualCluster"),
                                properties.getProperty("user"),
                                properties.getProperty("hiddenPrefix", ""))
                        .write(
                                home.resolve("resources"),
                                Integer.parseInt(bindings),
                                Integer.parseInt(properties.getProperty("bindingsOfUser", "0")));
            }
            return new GatewayHome(home, properties, unzip(root.resolve("distribution/target"), home.resolve("dist")));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Optional<Credentials> credentials() {
        return Optional.ofNullable(properties.getProperty("user"))
                .map(user -> new Credentials(user, properties.getProperty("password", "")));
    }

    /** Whether its listener wants TLS. */
    boolean tls() {
        return Boolean.parseBoolean(properties.getProperty("tls", "false"));
    }

    /** What names of topics lack for its clients. */
    String hiddenPrefix() {
        return properties.getProperty("hiddenPrefix", "");
    }

    Map<String, String> environment(Map<String, String> more) {
        Map<String, String> environment = new HashMap<>(more);
        String options = properties.getProperty("jvm", "");
        environment.put("GATEHOUSE_HOME", home.toString());
        if (program.isPresent() && !options.isBlank()) {
            environment.put("GATEHOUSE_OPTS", options);
        }
        return environment;
    }

    List<String> command(String java, String classPath) {
        List<String> command = new ArrayList<>();
        if (program.isPresent()) {
            command.add(program.get().toString());
        } else {
            command.add(java);
            Stream.of(properties.getProperty("jvm", "").split(" "))
                    .filter(option -> !option.isBlank())
                    .forEach(command::add);
            command.add("-Dlogback.configurationFile=io/gatehouse/kafka/embedded/logback-standalone.xml");
            command.addAll(List.of("-cp", classPath, MAIN));
        }
        command.addAll(List.of(
                "run",
                "--home",
                home.toString(),
                "--config",
                home.resolve("gatehouse.yaml").toString()));
        return command;
    }

    private static Properties properties(Path source) throws IOException {
        Properties properties = new Properties();
        try (Reader reader = Files.newBufferedReader(source.resolve("target.properties"))) {
            properties.load(reader);
        }
        return properties;
    }

    private static void copy(Path source, Path home) throws IOException {
        try (Stream<Path> files = Files.walk(source)) {
            for (Path file : files.toList()) {
                Path copy = home.resolve(source.relativize(file).toString());
                if (Files.isDirectory(file)) {
                    Files.createDirectories(copy);
                } else {
                    Files.copy(file, copy);
                }
            }
        }
    }

    private static Path jarOf(Path target) throws IOException {
        try (Stream<Path> files = Files.list(target)) {
            return files.filter(
                            file -> file.getFileName().toString().matches("(?!original-).*(?<!-sources|-tests)\\.jar"))
                    .findFirst()
                    .orElseThrow(() -> new IOException(target + ": no jar (expected: a module that is packaged)"));
        }
    }

    /** Unzips the distribution, if there is one; returns its {@code bin/gatehouse}. */
    private static Optional<Path> unzip(Path target, Path folder) throws IOException {
        Optional<Path> zip = Optional.empty();
        if (Files.isDirectory(target)) {
            try (Stream<Path> files = Files.list(target)) {
                zip = files.filter(file -> file.toString().endsWith(".zip")).max(Comparator.naturalOrder());
            }
        }
        if (zip.isEmpty()) {
            return Optional.empty();
        }
        try (ZipFile file = new ZipFile(zip.get().toFile())) {
            for (ZipEntry entry : file.stream().toList()) {
                Path path = folder.resolve(entry.getName()).normalize();
                if (entry.isDirectory()) {
                    Files.createDirectories(path);
                    continue;
                }
                Files.createDirectories(path.getParent());
                Files.copy(file.getInputStream(entry), path);
            }
        }
        Optional<Path> program = programIn(folder);
        Files.setPosixFilePermissions(program.orElseThrow(), PosixFilePermissions.fromString("rwxr-xr-x"));
        return program;
    }

    private static Optional<Path> programIn(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            return Optional.empty();
        }
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(file -> file.endsWith("bin/gatehouse")).findFirst();
        }
    }
}
