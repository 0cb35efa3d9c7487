/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel.resources;

import io.gatehouse.spi.resources.ResourceException;
import io.gatehouse.spi.resources.ResourceException.Reason;
import io.gatehouse.spi.resources.ResourceStore.Write;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The files that several changes of documents come to: worked out and checked whole before the first is stored. One use. */
final class FileChanges {

    /** Longest part of a resource's name in a file name that ends with a hash. */
    private static final int NAME_CHARACTERS = 200;

    private final Path folder;
    private final Map<Path, YamlText> files = new LinkedHashMap<>();
    private final Map<Path, List<Object>> expected = new LinkedHashMap<>();
    private final Set<Path> stored = new LinkedHashSet<>();

    /** @param texts of the files that hold one of the documents */
    FileChanges(Path folder, Map<Path, String> texts) {
        this.folder = folder;
        texts.forEach((file, text) -> {
            try {
                YamlText yaml = YamlText.of(text);
                files.put(file, yaml);
                expected.put(file, new ArrayList<>(yaml.trees()));
            } catch (IllegalArgumentException e) {
                throw new ResourceException(
                        Reason.UNAVAILABLE,
                        file.getFileName() + " cannot be changed: " + e.getMessage() + "; change it by hand");
            }
        });
    }

    void add(Write change) {
        Optional<Path> holder =
                files.keySet().stream().filter(file -> index(file, change) >= 0).findFirst();
        if (holder.isEmpty()) {
            change.tree().ifPresent(tree -> addFile(change, tree));
            return;
        }
        Path file = holder.get();
        int index = index(file, change);
        YamlText text = files.get(file);
        if (change.tree().isEmpty()) {
            files.put(file, text.remove(index));
            expected.get(file).remove(index);
            return;
        }
        files.put(file, text.replace(index, change.tree().get()));
        expected.get(file).set(index, change.tree().get());
    }

    private int index(Path file, Write change) {
        List<Object> trees = expected.get(file);
        for (int index = 0; index < trees.size(); index++) {
            if (FileResourceStore.isOf(trees.get(index), change)) {
                return index;
            }
        }
        return -1;
    }

    private void addFile(Write change, Map<String, Object> tree) {
        Path kind = folder.resolve(change.kind());
        Path file = kind.resolve(change.name() + ".yaml");
        // Another resource's, whose name differs in upper and lower case, or somebody's own.
        if (Files.exists(file, LinkOption.NOFOLLOW_LINKS) || files.containsKey(file)) {
            String name = change.name();
            String shortened = name.substring(0, Math.min(name.length(), NAME_CHARACTERS));
            file = kind.resolve(shortened + "-" + hash(name) + ".yaml");
        }
        files.put(file, YamlText.of(YamlText.write(tree)));
        expected.put(file, new ArrayList<>(List.of(tree)));
    }

    private static String hash(String name) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(name.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest, 0, 8);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Stores file by file. */
    void store() throws IOException {
        for (Map.Entry<Path, YamlText> entry : files.entrySet()) {
            Optional<String> text = entry.getValue().text();
            List<Object> trees = text.map(each -> YamlText.of(each).trees()).orElse(List.of());
            if (!trees.equals(expected.get(entry.getKey()))) {
                throw new ResourceException(
                        Reason.UNAVAILABLE,
                        entry.getKey().getFileName() + " cannot be changed without changing other documents in it;"
                                + " change it by hand");
            }
        }
        for (Map.Entry<Path, YamlText> entry : files.entrySet()) {
            Path file = entry.getKey();
            stored.add(file);
            Optional<String> text = entry.getValue().text();
            if (text.isEmpty()) {
                AtomicFiles.delete(file);
                continue;
            }
            AtomicFiles.makeFolder(file.getParent());
            AtomicFiles.write(file, text.get());
        }
    }

    /** The files of which at least the storing has begun, as paths relative to the folder. */
    List<String> stored() {
        return stored.stream()
                .map(file -> folder.relativize(file).toString().replace('\\', '/'))
                .toList();
    }
}
