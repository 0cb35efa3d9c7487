/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel.plugins;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What became of each jar, as a JSON file for the command line and other processes: written beside its place and moved there, so that
 * nobody ever reads half of it. Used by one thread at a time.
 */
final class PluginDocument {

    private static final Logger log = LoggerFactory.getLogger(PluginDocument.class);
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Path file;
    private @Nullable ObjectNode written;
    private boolean writable = true;

    PluginDocument(Path file) {
        this.file = file;
    }

    /**
     * Writes what has changed.
     *
     * @param leaked how many generations have leaked
     * @param rescan of which request for a rescan this is the outcome: the time at which {@code .rescan} was touched
     * @param always also when nothing has changed
     */
    void write(List<PluginStatus> plugins, int leaked, @Nullable FileTime rescan, boolean always) {
        ObjectNode content = JSON.createObjectNode();
        content.put("process", ProcessHandle.current().pid());
        content.put("rescan", rescan == null ? null : rescan.toString());
        content.put("leakedGenerations", leaked);
        ArrayNode list = content.putArray("plugins");
        plugins.forEach(plugin -> list.add(node(plugin)));
        if (!always && content.equals(written)) {
            return;
        }
        ObjectNode dated = content.deepCopy().put("written", Instant.now().toString());
        try {
            Files.createDirectories(file.toAbsolutePath().getParent());
            Path beside = file.resolveSibling("." + file.getFileName() + ".tmp");
            Files.write(beside, JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(dated));
            Files.move(beside, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            written = content;
            writable = true;
        } catch (IOException e) {
            if (writable) {
                log.error("{} cannot be written, so the command line shows what was before: {}", file, e.toString());
            }
            writable = false;
        }
    }

    private static ObjectNode node(PluginStatus plugin) {
        ObjectNode node = JSON.createObjectNode();
        node.put("id", plugin.id());
        node.put("version", plugin.version());
        node.put("state", plugin.state().name());
        node.put("file", plugin.file());
        node.put("hash", plugin.hash());
        node.put("code", plugin.code() == null ? null : plugin.code().name());
        node.put("message", plugin.message());
        plugin.extensions().forEach(node.putArray("extensions")::add);
        plugin.warnings().forEach(node.putArray("warnings")::add);
        node.put("since", plugin.since().toString());
        node.put("leases", plugin.leases());
        return node;
    }

    /** Nobody runs these plugins any more. */
    void delete() {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            log.warn("{} cannot be deleted: {}", file, e.toString());
        }
    }
}
