/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;
import picocli.CommandLine.Command;

/** {@code gatehouse reload}: the bootstrap file counts as it is now. */
@Command(
        name = "reload",
        description = "Have a gateway read its bootstrap file again: all of it counts, or nothing and it says why.")
final class ReloadCommand extends ApiCommand {

    @Override
    public Integer call() {
        JsonNode changes = client().post("reload", Map.of()).path("changes");
        changes.forEach(change -> out().println(change.asText()));
        if (changes.isEmpty()) {
            out().println("nothing has changed");
        }
        return 0;
    }
}
