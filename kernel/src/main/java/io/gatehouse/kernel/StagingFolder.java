/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where this process keeps the copies of plugin jars that it has loaded: {@code data/plugins/<process id>}, so that two processes of one
 * home do not touch each other's. What a process left that was killed is removed by the next.
 */
final class StagingFolder {

    private static final Logger log = LoggerFactory.getLogger(StagingFolder.class);

    private StagingFolder() {}

    static Path of(Path home) {
        Path all = home.resolve("data").resolve("plugins");
        try {
            Files.createDirectories(all);
            try (Stream<Path> folders = Files.list(all)) {
                folders.filter(StagingFolder::isOrphan).forEach(StagingFolder::delete);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(
                    all + ": cannot be used (expected: a folder that the gateway may write to)", e);
        }
        return all.resolve(Long.toString(ProcessHandle.current().pid()));
    }

    private static boolean isOrphan(Path folder) {
        String name = folder.getFileName().toString();
        return name.matches("\\d+")
                && ProcessHandle.of(Long.parseLong(name))
                        .filter(ProcessHandle::isAlive)
                        .isEmpty();
    }

    /** As far as it can be: what another process deletes at the same time, or another user has left, keeps nobody from starting. */
    private static void delete(Path folder) {
        try (Stream<Path> tree = Files.walk(folder)) {
            List<Path> deepestFirst = tree.sorted(Comparator.reverseOrder()).toList();
            for (Path path : deepestFirst) {
                Files.deleteIfExists(path);
            }
        } catch (IOException | UncheckedIOException e) {
            log.warn("{} of a process that is gone cannot be deleted: {}", folder, e.toString());
        }
    }
}
