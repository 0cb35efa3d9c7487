/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.gatehouse.kernel.config.Yaml;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Resources in files, as the file store reads them: what {@code apply -f} and {@code diff -f} are given. */
final class Documents {

    /** What others refer to comes first; kinds of plugins that refer to nothing stand between. */
    private static final List<String> FIRST = List.of("VirtualCluster", "Account");

    private static final List<String> LAST = List.of("UserMapping", "Group", "AclPolicy", "AclBinding", "Interceptor");

    private Documents() {}

    /**
     * One resource.
     *
     * @param origin where it stands, for messages
     */
    record Resource(String origin, JsonNode tree) {
        String kind() {
            return tree.path("kind").asText();
        }

        String name() {
            return tree.at("/metadata/name").asText();
        }

        @Override
        public String toString() {
            return kind() + "/" + name();
        }
    }

    /** Everything in files and folders, in the order in which it is to be applied; {@code -} is the standard input. */
    static List<Resource> read(List<String> files) {
        List<Resource> resources = new ArrayList<>();
        for (String file : files) {
            if (file.equals("-")) {
                parse("standard input", standardInput(), resources);
                continue;
            }
            for (Path path : expand(Path.of(file))) {
                parse(path.toString(), text(path), resources);
            }
        }
        if (resources.isEmpty()) {
            throw new CommandException(
                    CommandException.REFUSED, files + ": no resources (expected: YAML with kind, metadata and spec)");
        }
        resources.sort(Comparator.comparingInt((Resource resource) -> rank(resource.kind()))
                .thenComparing(Resource::kind)
                .thenComparing(Resource::name));
        return resources;
    }

    static int rank(String kind) {
        int first = FIRST.indexOf(kind);
        int last = LAST.indexOf(kind);
        return first >= 0 ? first : last >= 0 ? 100 + last : 50;
    }

    private static List<Path> expand(Path path) {
        if (!Files.isDirectory(path)) {
            return List.of(path);
        }
        try (Stream<Path> tree = Files.walk(path, 2)) {
            return tree.filter(Files::isRegularFile)
                    .filter(file ->
                            file.toString().endsWith(".yaml") || file.toString().endsWith(".yml"))
                    .filter(file -> !file.getFileName().toString().startsWith("."))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new CommandException(CommandException.REFUSED, path + ": cannot be read: " + e);
        }
    }

    private static String text(Path path) {
        try {
            return Files.readString(path);
        } catch (NoSuchFileException e) {
            throw new CommandException(CommandException.REFUSED, path + ": there is no such file");
        } catch (IOException e) {
            throw new CommandException(CommandException.REFUSED, path + ": cannot be read: " + e);
        }
    }

    private static String standardInput() {
        try (InputStream in = System.in) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new CommandException(CommandException.REFUSED, "standard input: cannot be read: " + e);
        }
    }

    private static void parse(String origin, String text, List<Resource> resources) {
        Yaml.Parsed parsed = Yaml.read(text);
        if (!parsed.problems().isEmpty()) {
            throw new CommandException(
                    CommandException.REFUSED, origin + ": " + parsed.problems().get(0));
        }
        int number = 0;
        for (Object tree : parsed.documents()) {
            number++;
            if (tree == null) {
                continue;
            }
            Resource resource = new Resource(origin + "#" + number, ApiClient.JSON.valueToTree(tree));
            if (!(tree instanceof Map)
                    || resource.kind().isEmpty()
                    || resource.name().isEmpty()) {
                throw new CommandException(
                        CommandException.REFUSED,
                        resource.origin()
                                + ": no resource (expected: an object with apiVersion, kind, metadata.name and spec)");
            }
            for (Resource other : resources) {
                if (other.toString().equals(resource.toString())) {
                    throw new CommandException(
                            CommandException.REFUSED,
                            resource + " stands in " + other.origin() + " and in " + resource.origin()
                                    + " (expected: once)");
                }
            }
            resources.add(resource);
        }
    }
}
