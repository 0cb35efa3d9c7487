/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel.plugins;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which jars this same gateway, on the same Java, has read through before and found nothing wrong with, by the SHA-256 of their content: reading
 * thousands of class files is most of a start. A file in the gateway's data folder:
 *
 * <pre>
 * Java 17; gatehouse-kernel.jar 812345 2026-11-29T10:00:00Z; ...
 * 9f86d081884c...
 * 60303ae22b99...   a warning   another warning
 * </pre>
 *
 * <p>What it says is used only when its first line is that of now. A file that cannot be read or written is none.
 */
final class VerifiedJars {

    private static final Logger log = LoggerFactory.getLogger(VerifiedJars.class);
    private static final String SEPARATOR = "\t";

    private final @Nullable Path file;
    private final String gateway;
    private final Map<String, List<String>> warningsByHash;

    /**
     * @param file null for none
     * @param gateway what jars are verified against; when it changes, nothing counts as verified
     */
    VerifiedJars(@Nullable Path file, String gateway) {
        this.file = file;
        this.gateway = gateway;
        this.warningsByHash = file == null ? new HashMap<>() : read(file, gateway);
    }

    /**
     * For the gateway that runs here, kept beside its other data.
     *
     * @param folder null for none
     */
    static VerifiedJars ofThisGateway(@Nullable Path folder) {
        Optional<String> gateway = classPath();
        return new VerifiedJars(
                folder == null || gateway.isEmpty() ? null : folder.resolve("plugins-verified.txt"),
                gateway.orElse(""));
    }

    /** Java and every jar of the class path, by name, size and time; empty when there are folders, in which anything may change unseen. */
    private static Optional<String> classPath() {
        StringBuilder text = new StringBuilder("Java " + Runtime.version());
        try {
            for (String entry : System.getProperty("java.class.path").split(File.pathSeparator)) {
                Path jar = Path.of(entry);
                if (!Files.isRegularFile(jar)) {
                    return Optional.empty();
                }
                text.append("; ")
                        .append(jar.getFileName())
                        .append(' ')
                        .append(Files.size(jar))
                        .append(' ')
                        .append(Files.getLastModifiedTime(jar));
            }
        } catch (IOException e) {
            return Optional.empty();
        }
        return Optional.of(text.toString());
    }

    private static Map<String, List<String>> read(Path file, String gateway) {
        Map<String, List<String>> verified = new HashMap<>();
        try {
            List<String> lines = Files.readAllLines(file);
            if (!lines.isEmpty() && lines.get(0).equals(gateway)) {
                for (String line : lines.subList(1, lines.size())) {
                    List<String> columns = List.of(line.split(SEPARATOR));
                    verified.put(columns.get(0), columns.subList(1, columns.size()));
                }
            }
        } catch (NoSuchFileException e) {
            // The first start.
        } catch (IOException e) {
            log.debug("{} cannot be read, so plugins are read through: {}", file, e.toString());
        }
        return verified;
    }

    /** The warnings about a jar that has been verified; empty when it has to be verified. */
    synchronized Optional<List<String>> warnings(String hash) {
        return Optional.ofNullable(warningsByHash.get(hash));
    }

    /** A jar has been verified. */
    synchronized void add(String hash, List<String> warnings) {
        warningsByHash.put(
                hash,
                warnings.stream()
                        .map(warning -> warning.replaceAll("\\s+", " "))
                        .toList());
        if (file == null) {
            return;
        }
        List<String> lines = new ArrayList<>(List.of(gateway));
        warningsByHash.forEach((known, about) -> {
            List<String> columns = new ArrayList<>(List.of(known));
            columns.addAll(about);
            lines.add(String.join(SEPARATOR, columns));
        });
        try {
            Files.createDirectories(file.toAbsolutePath().getParent());
            Path beside = file.resolveSibling("." + file.getFileName() + ".tmp");
            Files.write(beside, lines, StandardCharsets.UTF_8);
            Files.move(beside, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            log.debug("{} cannot be written, so the next start reads plugins through: {}", file, e.toString());
        }
    }
}
