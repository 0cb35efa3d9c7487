/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code gatehouse diff}: what {@code apply} would change. */
@Command(
        name = "diff",
        description = "Show what apply would change: exit code 0 for nothing, 3 for something. Secrets are not shown.")
final class DiffCommand extends ApiCommand {

    private static final int DIFFERENT = 3;
    private static final String MASK = "******";

    @Option(
            names = {"-f", "--file"},
            required = true,
            description = "A file or a folder of YAML; - for the standard input. May be given several times.")
    @SuppressWarnings("NullAway.Init")
    private List<String> files;

    @Option(names = "--allow-pending", description = "Take types that no loaded plugin offers yet.")
    private boolean allowPending;

    @Override
    public Integer call() {
        ApiClient client = client();
        List<Documents.Resource> resources = Documents.read(files);
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("put", resources.stream().map(Documents.Resource::tree).toList());
        JsonNode outcomes = client.post("apply?dryRun=true&allowPending=" + allowPending, body)
                .path("items");
        boolean different = false;
        for (int index = 0; index < resources.size(); index++) {
            String result = outcomes.path(index).path("result").asText();
            if (result.equals("unchanged")) {
                continue;
            }
            different = true;
            Documents.Resource resource = resources.get(index);
            out().println((result.equals("created") ? "+ " : "~ ") + resource);
            if (result.equals("updated")) {
                show(client, resource);
            }
        }
        return different ? DIFFERENT : 0;
    }

    private void show(ApiClient client, Documents.Resource resource) {
        JsonNode stored = client.get(ApiClient.encoded(resource.kind()) + "/" + ApiClient.encoded(resource.name()));
        List<String> lines = new ArrayList<>();
        differences("metadata", stored.path("metadata"), resource.tree().path("metadata"), lines);
        differences("spec", stored.path("spec"), resource.tree().path("spec"), lines);
        lines.forEach(line -> out().println("    " + line));
    }

    private static void differences(String path, JsonNode before, JsonNode after, List<String> lines) {
        if (before.equals(after)) {
            return;
        }
        if (before.isObject() && after.isObject()) {
            TreeSet<String> keys = new TreeSet<>();
            before.fieldNames().forEachRemaining(keys::add);
            after.fieldNames().forEachRemaining(keys::add);
            keys.forEach(key -> differences(path + "." + key, at(before, key), at(after, key), lines));
            return;
        }
        if (before.asText().equals(MASK)) {
            lines.add(path + ": a secret, which may be another one");
            return;
        }
        lines.add(path + ": " + (before.isMissingNode() ? "nothing" : before) + " -> "
                + (after.isMissingNode() ? "nothing" : shown(before, after)));
    }

    /** What is new at a place that nothing is known of may be a secret. */
    private static String shown(JsonNode before, JsonNode after) {
        return before.isMissingNode() && after.isTextual() ? "a text" : after.toString();
    }

    private static JsonNode at(JsonNode object, String key) {
        return object.has(key) ? object.get(key) : MissingNode.getInstance();
    }
}
