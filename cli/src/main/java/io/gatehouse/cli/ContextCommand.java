/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code gatehouse context}: the gateways that an operator works with. */
@Command(
        name = "context",
        description = "Show, choose or set the gateways that commands go to.",
        mixinStandardHelpOptions = true)
final class ContextCommand implements Callable<Integer> {

    @Parameters(paramLabel = "NAME", arity = "0..1", description = "To choose; shows all when left out.")
    @Nullable
    private String name;

    @Option(names = "--url", description = "Adds or replaces the context: the gateway's HTTP API.")
    @Nullable
    private String url;

    @Option(names = "--username", description = "With --url: who logs in.")
    @Nullable
    private String username;

    @Option(names = "--password-file", description = "With --url: a file with the password.")
    @Nullable
    private Path passwordFile;

    @Option(names = "--token-file", description = "With --url: a file with a bearer token.")
    @Nullable
    private Path tokenFile;

    @Option(names = "--ca", description = "With --url: PEM certificates that the gateway's is trusted by.")
    @Nullable
    private Path ca;

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Override
    public Integer call() {
        Path file = Contexts.file(System.getenv());
        Contexts.Content content = Contexts.read(file);
        if (name == null) {
            show(content);
            return 0;
        }
        if (url != null) {
            Contexts.Context added = new Contexts.Context(
                    name, url, username, null, absolute(passwordFile), null, absolute(tokenFile), absolute(ca));
            Contexts.write(file, Contexts.with(content, added));
            return 0;
        }
        if (content.named(name).isEmpty()) {
            throw new CommandException(
                    CommandException.REFUSED,
                    "context: " + name + " (expected: one of "
                            + content.all().stream().map(Contexts.Context::name).toList() + ", or --url to add it)");
        }
        Contexts.write(file, new Contexts.Content(name, content.all()));
        return 0;
    }

    private static @Nullable String absolute(@Nullable Path path) {
        return path == null ? null : path.toAbsolutePath().toString();
    }

    private void show(Contexts.Content content) {
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of("", "NAME", "URL"));
        for (Contexts.Context each : content.all()) {
            rows.add(List.of(each.name().equals(content.current()) ? "*" : "", each.name(), each.url()));
        }
        Output.table(rows, spec.commandLine().getOut());
    }
}
