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

/** {@code gatehouse connections}: who is connected, and closing. */
@Command(name = "connections", description = "Show the clients that are connected, or close some.")
final class ConnectionsCommand extends ApiCommand {

    @Option(names = "--user", description = "Of this user only.")
    @Nullable
    private String username;

    @Option(names = "--close", description = "Close this connection after what is in flight is answered.")
    @Nullable
    private String close;

    @Option(names = "--close-all", description = "Close all of the user.")
    private boolean closeAll;

    @Option(names = "-o", defaultValue = "table", description = "table, yaml or json (default: ${DEFAULT-VALUE}).")
    @SuppressWarnings("NullAway.Init")
    private Output.Format format;

    @Override
    public Integer call() {
        ApiClient client = client();
        String user = username == null ? "" : "?username=" + ApiClient.encoded(username);
        if (close != null || closeAll) {
            if (closeAll == (username == null) || (close != null && closeAll)) {
                throw new CommandException(
                        CommandException.REFUSED, "connections (expected: --close ID, or --close-all with --user)");
            }
            JsonNode closed =
                    client.delete(close == null ? "connections" + user : "connections/" + ApiClient.encoded(close));
            out().println(closed.path("closed").asInt() + " closed");
            return 0;
        }
        List<JsonNode> items = client.list("connections", username == null ? Map.of() : Map.of("username", username));
        switch (format) {
            case yaml -> items.forEach(item -> Output.yaml(item, out()));
            case json -> Output.json(Output.array(items), out());
            case table -> Output.table(rows(items), out());
        }
        return 0;
    }

    private static List<List<String>> rows(List<JsonNode> items) {
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of(
                "ID",
                "USERNAME",
                "PRINCIPAL",
                "METHOD",
                "ADDRESS",
                "VIRTUAL CLUSTER",
                "BROKER",
                "SINCE",
                "REQUESTS",
                "IN",
                "OUT"));
        for (JsonNode item : items) {
            rows.add(List.of(
                    item.path("id").asText(),
                    item.path("username").asText("-"),
                    item.path("principal").asText("-"),
                    item.path("method").asText("-"),
                    item.path("address").asText(),
                    item.path("virtualCluster").asText("-"),
                    item.path("broker").asText("-"),
                    item.path("since").asText(),
                    item.path("requests").asText(),
                    item.path("requestBytes").asText(),
                    item.path("responseBytes").asText()));
        }
        return rows;
    }
}
