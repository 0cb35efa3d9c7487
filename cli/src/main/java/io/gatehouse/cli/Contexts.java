/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.cli;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The gateways that an operator works with: {@code contexts.yaml} in {@code $XDG_CONFIG_HOME/gatehouse} or {@code ~/.config/gatehouse}, or
 * where {@code $GATEHOUSE_CONTEXTS} says. It may hold passwords, so it has to be its owner's alone.
 */
final class Contexts {

    private static final ObjectMapper YAML = new ObjectMapper(new YAMLFactory())
            .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .setDefaultPropertyInclusion(com.fasterxml.jackson.annotation.JsonInclude.Include.NON_NULL);

    private Contexts() {}

    /** The file. */
    record Content(@Nullable String current, @Nullable List<Context> contexts) {
        List<Context> all() {
            return contexts == null ? List.of() : contexts;
        }

        Optional<Context> named(String name) {
            return all().stream().filter(each -> each.name().equals(name)).findFirst();
        }
    }

    /**
     * One gateway.
     *
     * @param passwordFile instead of {@code password}; its first line, or its line {@code password=...}
     * @param token a bearer token
     * @param ca PEM certificates that the gateway's is trusted by, instead of those of Java
     * @param keystore a PKCS12 file with the operator's certificate, instead of a password or token
     */
    record Context(
            String name,
            String url,
            @Nullable String username,
            @Nullable String password,
            @Nullable String passwordFile,
            @Nullable String token,
            @Nullable String tokenFile,
            @Nullable String ca,
            @Nullable String keystore,
            @Nullable String keystorePasswordFile) {}

    static Path file(Map<String, String> environment) {
        String said = environment.get("GATEHOUSE_CONTEXTS");
        if (said != null) {
            return Path.of(said);
        }
        String config = environment.get("XDG_CONFIG_HOME");
        Path base = config == null ? Path.of(System.getProperty("user.home"), ".config") : Path.of(config);
        return base.resolve("gatehouse").resolve("contexts.yaml");
    }

    static Content read(Path file) {
        if (Files.notExists(file)) {
            return new Content(null, List.of());
        }
        try {
            if (Files.getFileStore(file).supportsFileAttributeView("posix")
                    && Files.getPosixFilePermissions(file).stream().anyMatch(Contexts::isForOthers)) {
                throw new CommandException(
                        CommandException.REFUSED,
                        file + ": others can read or write it (expected: a file of its owner's alone: chmod 600)");
            }
            return YAML.readValue(file.toFile(), Content.class);
        } catch (IOException e) {
            throw new CommandException(
                    CommandException.REFUSED,
                    file + ": cannot be read (expected: YAML with current and contexts): "
                            + String.valueOf(e.getMessage()).lines().findFirst().orElse(""));
        }
    }

    private static boolean isForOthers(PosixFilePermission permission) {
        return !permission.name().startsWith("OWNER_");
    }

    static void write(Path file, Content content) {
        try {
            Path folder = file.toAbsolutePath().getParent();
            Files.createDirectories(folder);
            Path beside = folder.resolve("." + file.getFileName() + ".tmp");
            Files.deleteIfExists(beside);
            if (Files.getFileStore(folder).supportsFileAttributeView("posix")) {
                Files.createFile(
                        beside, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            }
            YAML.writeValue(beside.toFile(), content);
            Files.move(beside, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new CommandException(CommandException.REFUSED, file + ": cannot be written: " + e.getMessage());
        }
    }

    /** With one context added or replaced, and made the current one. */
    static Content with(Content before, Context added) {
        List<Context> contexts = new ArrayList<>(before.all());
        contexts.removeIf(each -> each.name().equals(added.name()));
        contexts.add(added);
        return new Content(added.name(), contexts);
    }

    /** A password or token that stands in a file. */
    static String secret(Path file) {
        try {
            List<String> lines = Files.readAllLines(file);
            return lines.stream()
                    .filter(line -> line.startsWith("password="))
                    .map(line -> line.substring("password=".length()))
                    .findFirst()
                    .or(() -> lines.stream().findFirst())
                    .filter(line -> !line.isEmpty())
                    .orElseThrow(() -> new CommandException(
                            CommandException.REFUSED, file + ": empty (expected: a password or token)"));
        } catch (NoSuchFileException e) {
            throw new CommandException(CommandException.REFUSED, file + ": there is no such file");
        } catch (IOException e) {
            throw new CommandException(CommandException.REFUSED, file + ": cannot be read: " + e);
        }
    }
}
