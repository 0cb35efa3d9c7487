/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code gatehouse explain}: why a client gets what it gets. */
@Command(
        name = "explain",
        description = {
            "Show who somebody is for the gateway and which policies apply, with the reasons.",
            "Exit code 0 when they are admitted, 1 when they are refused."
        })
final class ExplainCommand extends ApiCommand {

    @Parameters(
            paramLabel = "PRINCIPAL",
            arity = "0..1",
            description = "Who logs in; left out with --connection or for anonymous clients.")
    @Nullable
    private String principal;

    @Option(names = "--user", description = "Instead of a principal: whoever has this username.")
    @Nullable
    private String user;

    @Option(names = "--connection", description = "The id of an open connection instead.")
    @Nullable
    private String connection;

    @Option(names = "--listener", description = "Where they come; the first listener when left out.")
    @Nullable
    private String listener;

    @Option(names = "--authentication", description = "The entry under which they log in; the first when left out.")
    @Nullable
    private String authentication;

    @Option(names = "--group", description = "A group that the authentication yields. May be given several times.")
    @Nullable
    private List<String> groups;

    @Option(names = "--virtual-cluster", description = "The virtual cluster that the authentication yields.")
    @Nullable
    private String virtualCluster;

    @Option(names = "--api", description = "A Kafka API that policies are asked about, such as Produce.")
    @Nullable
    private String api;

    @Option(names = "--resource", description = "What it is about, such as topic:orders.")
    @Nullable
    private String resource;

    @Option(names = "--address", description = "Where the client would come from, for policies that look at it.")
    @Nullable
    private String address;

    @Option(names = "-o", defaultValue = "table", description = "table, yaml or json (default: ${DEFAULT-VALUE}).")
    @SuppressWarnings("NullAway.Init")
    private Output.Format format;

    @Override
    public Integer call() {
        StringBuilder query = new StringBuilder("explain?");
        add(query, "principal", principal);
        add(query, "username", user);
        add(query, "connection", connection);
        add(query, "listener", listener);
        add(query, "authentication", authentication);
        add(query, "virtualCluster", virtualCluster);
        add(query, "api", api);
        add(query, "resource", resource);
        add(query, "address", address);
        for (String group : groups == null ? List.<String>of() : groups) {
            add(query, "group", group);
        }
        JsonNode explanation = client().get(query.toString());
        switch (format) {
            case yaml -> Output.yaml(explanation, out());
            case json -> Output.json(explanation, out());
            case table -> show(explanation);
        }
        return explanation.has("refusal") ? CommandException.REFUSED : 0;
    }

    private static void add(StringBuilder query, String name, @Nullable String value) {
        if (value != null) {
            query.append(query.charAt(query.length() - 1) == '?' ? "" : "&")
                    .append(name)
                    .append('=')
                    .append(ApiClient.encoded(value));
        }
    }

    private void show(JsonNode explanation) {
        JsonNode user = explanation.path("user");
        if (explanation.has("refusal")) {
            out().println("REFUSED: " + explanation.path("refusal").asText());
        }
        if (!user.isMissingNode()) {
            List<String> names = new ArrayList<>();
            user.path("groups").forEach(group -> names.add(group.asText()));
            out().println("username         " + user.path("username").asText());
            out().println("principal        " + user.path("principal").asText());
            out().println("virtual cluster  " + user.path("virtualCluster").asText() + " of cluster "
                    + user.path("cluster").asText());
            out().println("groups           " + String.join(", ", names));
            out().println("mapping          " + explanation.path("mapping").asText("none"));
            user.path("reasons").forEach(reason -> out().println("  " + reason.asText()));
        }
        if (explanation.has("mapping") && user.isMissingNode()) {
            out().println("mapping          " + explanation.path("mapping").asText());
        }
        if (explanation.has("gateway")) {
            out().println("gateway          " + explanation.path("gateway").asText());
        }
        if (explanation.path("interceptors").isEmpty()) {
            return;
        }
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of("INTERCEPTOR", "TYPE", "PRIORITY", "APPLIES", "WHY", "SAYS"));
        for (JsonNode each : explanation.path("interceptors")) {
            rows.add(List.of(
                    each.path("name").asText(),
                    each.path("type").asText(),
                    each.path("priority").asText(),
                    each.path("applies").asBoolean() ? "yes" : "no",
                    each.path("reason").asText()
                            + (each.has("problem") ? "; " + each.path("problem").asText() : ""),
                    each.path("opinion").asText("-")));
        }
        Output.table(rows, out());
    }
}
