/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code gatehouse token}: issues what a user logs in with. */
@Command(name = "token", description = "Issue a token that a user logs in with. It is printed once and kept nowhere.")
final class TokenCommand extends ApiCommand {

    @Parameters(paramLabel = "USERNAME", description = "Whose.")
    @SuppressWarnings("NullAway.Init")
    private String username;

    @Option(
            names = "--lifetime",
            defaultValue = "1h",
            description = "How long it is good, such as 30m, 12h or 7d (default: ${DEFAULT-VALUE}).")
    @SuppressWarnings("NullAway.Init")
    private String lifetime;

    @Option(names = "--authentication", description = "The entry that issues it; the first that does when left out.")
    @Nullable
    private String authentication;

    @Option(names = "-o", defaultValue = "table", description = "table, yaml or json; table is the token alone.")
    @SuppressWarnings("NullAway.Init")
    private Output.Format format;

    @Override
    public Integer call() {
        String query = authentication == null ? "" : "?authentication=" + ApiClient.encoded(authentication);
        JsonNode token =
                client().post("users/" + ApiClient.encoded(username) + "/tokens" + query, Map.of("lifetime", lifetime));
        switch (format) {
            case yaml -> Output.yaml(token, out());
            case json -> Output.json(token, out());
            case table -> out().println(token.path("token").asText());
        }
        return 0;
    }
}
