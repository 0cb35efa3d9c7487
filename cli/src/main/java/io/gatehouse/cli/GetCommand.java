/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code gatehouse get}: resources as they are. */
@Command(
        name = "get",
        description =
                "Show the resources of a kind, or one. What -o yaml shows can be applied again; secrets stay what they are.")
final class GetCommand extends ApiCommand {

    @Parameters(index = "0", paramLabel = "KIND", description = "Such as UserMapping, in any case.")
    @SuppressWarnings("NullAway.Init")
    private String kind;

    @Parameters(index = "1", paramLabel = "NAME", arity = "0..1", description = "One of them; all when left out.")
    @Nullable
    private String name;

    @Option(names = "-o", defaultValue = "table", description = "table, yaml or json (default: ${DEFAULT-VALUE}).")
    @SuppressWarnings("NullAway.Init")
    private Output.Format format;

    @Option(
            names = {"-l", "--selector"},
            description = "Labels, such as owner=team-a.")
    @Nullable
    private String selector;

    @Override
    public Integer call() {
        if (name != null && selector != null) {
            throw new CommandException(
                    CommandException.REFUSED, "a name together with --selector (expected: one of both)");
        }
        ApiClient client = client();
        String known = client.kind(kind);
        List<JsonNode> items = name == null
                ? client.list(known, selector == null ? Map.of() : Map.of("selector", selector))
                : List.of(client.get(known + "/" + ApiClient.encoded(name)));
        switch (format) {
            case yaml -> items.forEach(item -> Output.yaml(item, out()));
            case json -> Output.json(name == null ? Output.array(items) : items.get(0), out());
            case table -> Output.table(rows(items), out());
        }
        return 0;
    }

    private static List<List<String>> rows(List<JsonNode> items) {
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of("NAME", "VERSION", "ORIGIN", "PROBLEMS"));
        for (JsonNode item : items) {
            List<String> problems = new ArrayList<>();
            item.at("/status/problems").forEach(problem -> problems.add(problem.asText()));
            rows.add(List.of(
                    item.at("/metadata/name").asText(),
                    item.at("/status/version").asText(),
                    item.at("/status/origin").asText(),
                    String.join("; ", problems)));
        }
        return rows;
    }
}
