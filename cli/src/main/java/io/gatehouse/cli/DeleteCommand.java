/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code gatehouse delete}: resources that nothing refers to. */
@Command(name = "delete", description = "Delete a resource, or those of files, all or none.")
final class DeleteCommand extends ApiCommand {

    @Parameters(index = "0", paramLabel = "KIND", arity = "0..1", description = "Such as UserMapping, in any case.")
    @Nullable
    private String kind;

    @Parameters(index = "1", paramLabel = "NAME", arity = "0..1", description = "Which one.")
    @Nullable
    private String name;

    @Option(
            names = {"-f", "--file"},
            description = "A file or a folder of YAML, instead of kind and name.")
    @Nullable
    private List<String> files;

    @Option(names = "--dry-run", description = "Check everything and delete nothing.")
    private boolean dryRun;

    @Override
    public Integer call() {
        if ((files == null) == (kind == null || name == null)) {
            throw new CommandException(CommandException.REFUSED, "delete (expected: KIND NAME, or -f)");
        }
        ApiClient client = client();
        if (files == null) {
            JsonNode outcome = client.delete(client.kind(String.valueOf(kind)) + "/"
                    + ApiClient.encoded(String.valueOf(name)) + "?dryRun=" + dryRun);
            show(outcome);
            return 0;
        }
        List<Documents.Resource> resources = new ArrayList<>(Documents.read(files));
        Collections.reverse(resources);
        List<Map<String, String>> deleted = resources.stream()
                .map(resource -> Map.of("kind", resource.kind(), "name", resource.name()))
                .toList();
        client.post("apply?dryRun=" + dryRun, Map.of("delete", deleted))
                .path("items")
                .forEach(this::show);
        return 0;
    }

    private void show(JsonNode outcome) {
        String result = outcome.path("result").asText();
        out().println(outcome.path("kind").asText() + "/"
                + outcome.path("name").asText() + " " + (result.equals("unchanged") ? "was not there" : result)
                + (dryRun ? " (dry run)" : ""));
    }
}
