/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code gatehouse apply}: makes the gateway have what files say, all of it or nothing. */
@Command(
        name = "apply",
        description = {
            "Create and update the resources of files, all of them or none. The same files work in the resources folder."
        })
final class ApplyCommand extends ApiCommand {

    @Option(
            names = {"-f", "--file"},
            required = true,
            description = "A file or a folder of YAML; - for the standard input. May be given several times.")
    @SuppressWarnings("NullAway.Init")
    private List<String> files;

    @Option(names = "--dry-run", description = "Check everything and write nothing.")
    private boolean dryRun;

    @Option(
            names = "--prune",
            description = "Delete what the selector chooses and the files do not have; needs --selector.")
    private boolean prune;

    @Option(
            names = {"-l", "--selector"},
            description = "With --prune: the labels of what belongs to these files, such as owner=team-a.")
    @Nullable
    private String selector;

    @Option(names = "--allow-pending", description = "Take types that no loaded plugin offers yet.")
    private boolean allowPending;

    @Override
    public Integer call() {
        if (prune != (selector != null)) {
            throw new CommandException(
                    CommandException.REFUSED, "--prune and --selector (expected: both, or none of them)");
        }
        ApiClient client = client();
        List<Documents.Resource> resources = Documents.read(files);
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("put", resources.stream().map(Documents.Resource::tree).toList());
        body.put("delete", prune ? surplus(client, resources) : List.of());
        JsonNode answer = client.post("apply?dryRun=" + dryRun + "&allowPending=" + allowPending, body);
        for (JsonNode outcome : answer.path("items")) {
            out().println(outcome.path("kind").asText() + "/"
                    + outcome.path("name").asText() + " "
                    + outcome.path("result").asText() + (dryRun ? " (dry run)" : ""));
            outcome.path("warnings").forEach(warning -> err().println("  warning: " + warning.asText()));
        }
        return 0;
    }

    /** What refers to others goes first. */
    private List<Map<String, String>> surplus(ApiClient client, List<Documents.Resource> resources) {
        Set<String> wanted =
                resources.stream().map(Documents.Resource::toString).collect(Collectors.toSet());
        List<Documents.Resource> found = new ArrayList<>();
        for (JsonNode kind : client.get("kinds").path("items")) {
            for (JsonNode item :
                    client.list(kind.path("name").asText(), Map.of("selector", String.valueOf(selector)))) {
                found.add(new Documents.Resource("", item));
            }
        }
        found.removeIf(resource -> wanted.contains(resource.toString()));
        found.sort(Collections.reverseOrder(
                java.util.Comparator.comparingInt(resource -> Documents.rank(resource.kind()))));
        return found.stream()
                .map(resource -> Map.of("kind", resource.kind(), "name", resource.name()))
                .toList();
    }
}
