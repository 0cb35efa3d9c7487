/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.plugins.admin.http;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The password of the user {@code admin} where nobody has configured one: made at the first start, in a file that only its owner can read,
 * and the same from then on. Deleting the file makes the next start make another.
 */
final class GeneratedCredentials {

    static final String USER = "admin";
    static final String FILE = "admin-credentials";

    private static final Logger log = LoggerFactory.getLogger(GeneratedCredentials.class);
    private static final String PASSWORD = "password=";
    private static final int BYTES = 24;
    private static final int COST = 6;

    private GeneratedCredentials() {}

    /** The user, with the password that stands in the file. The password has 192 random bits, so a cheap hash of it is good enough. */
    static AdminHttpConfig.User user(Path dataFolder) {
        Path file = dataFolder.resolve(FILE);
        try {
            String password = Files.exists(file) ? read(file) : make(file);
            return new AdminHttpConfig.User(
                    USER,
                    java.util.Optional.of(Passwords.hash(password, COST)),
                    java.util.Optional.empty(),
                    AdminHttpConfig.Role.READ_WRITE);
        } catch (IOException e) {
            throw new UncheckedIOException(file + " cannot be read or written: " + e.getMessage(), e);
        }
    }

    private static String read(Path file) throws IOException {
        if (isPosix(file)) {
            Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(file);
            if (permissions.stream().anyMatch(each -> !each.name().startsWith("OWNER_"))) {
                throw new IllegalArgumentException(
                        file + ": others can read or write it (expected: a file of its owner's alone: chmod 600)");
            }
        }
        List<String> lines = Files.readAllLines(file, StandardCharsets.UTF_8);
        return lines.stream()
                .filter(line -> line.startsWith(PASSWORD) && line.length() > PASSWORD.length() + 15)
                .map(line -> line.substring(PASSWORD.length()))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(
                        file + ": no password of 16 or more characters (expected: a line password=..., or no file)"));
    }

    private static String make(Path file) throws IOException {
        byte[] random = new byte[BYTES];
        new SecureRandom().nextBytes(random);
        String password = Base64.getUrlEncoder().withoutPadding().encodeToString(random);
        Path folder = file.toAbsolutePath().getParent();
        Files.createDirectories(folder);
        FileAttribute<?>[] ownersAlone = isPosix(folder)
                ? new FileAttribute<?>[] {
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))
                }
                : new FileAttribute<?>[0];
        Files.createFile(file, ownersAlone);
        Files.writeString(file, "username=" + USER + "\n" + PASSWORD + password + "\n", StandardOpenOption.WRITE);
        log.info(
                "A password for the HTTP API's user {} was generated; it is in {}, which only its owner can read",
                USER,
                file);
        return password;
    }

    private static boolean isPosix(Path path) throws IOException {
        return Files.getFileStore(path).supportsFileAttributeView("posix");
    }
}
