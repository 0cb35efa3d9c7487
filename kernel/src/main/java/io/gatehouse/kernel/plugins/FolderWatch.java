/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel.plugins;

import static java.nio.file.StandardWatchEventKinds.ENTRY_CREATE;
import static java.nio.file.StandardWatchEventKinds.ENTRY_DELETE;
import static java.nio.file.StandardWatchEventKinds.ENTRY_MODIFY;

import java.io.IOException;
import java.nio.file.ClosedWatchServiceException;
import java.nio.file.Path;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hints that something in a folder may have changed, sooner than a poll would see it. Only a hint: file systems that are mounted, and
 * folders that are swapped, tell nothing. When it cannot watch, or not any more, it is silent and polling goes on.
 */
final class FolderWatch implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(FolderWatch.class);

    private final Path folder;
    private final Runnable hint;
    private @Nullable WatchService service;

    /** @param hint called on a thread of its own; must not block */
    FolderWatch(Path folder, Runnable hint) {
        this.folder = folder;
        this.hint = hint;
        try {
            WatchService opened = folder.getFileSystem().newWatchService();
            service = opened;
            folder.register(opened, ENTRY_CREATE, ENTRY_MODIFY, ENTRY_DELETE);
            Thread thread = new Thread(() -> watch(opened), "plugins-watch");
            thread.setDaemon(true);
            thread.start();
        } catch (IOException | UnsupportedOperationException e) {
            log.info("Changes of {} are seen by polling only: {}", folder, e.toString());
        }
    }

    private void watch(WatchService opened) {
        try {
            boolean valid = true;
            while (valid) {
                WatchKey key = opened.take();
                key.pollEvents();
                hint.run();
                valid = key.reset();
            }
            log.info("Changes of {} are seen by polling only: it was removed or replaced", folder);
        } catch (ClosedWatchServiceException e) {
            log.debug("{} is not watched any more", folder);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        try {
            if (service != null) {
                service.close();
            }
        } catch (IOException e) {
            log.debug("The watch on {} cannot be closed", folder, e);
        }
    }
}
