/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
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

    @Option(names = "--keystore", description = "With --url: a PKCS12 file with the operator's certificate.")
    @Nullable
    private Path keystore;

    @Option(names = "--keystore-password-file", description = "With --keystore: a file with its password.")
    @Nullable
    private Path keystorePasswordFile;

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
        if (url == null && hasMore()) {
            throw new CommandException(
                    CommandException.REFUSED,
                    "context: " + name
                            + " with more than a name (expected: --url with it, to add or replace the context)");
        }
        if (url != null) {
            ApiClient.requireUrl(url);
            new Tls(ca, keystore, keystorePasswordFile);
            Contexts.Context added = new Contexts.Context(
                    name,
                    url,
                    username,
                    null,
                    absolute(passwordFile),
                    null,
                    absolute(tokenFile),
                    absolute(ca),
                    absolute(keystore),
                    absolute(keystorePasswordFile));
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

    /** What would be ignored when a context is chosen. */
    private boolean hasMore() {
        return Stream.of(username, passwordFile, tokenFile, ca, keystore, keystorePasswordFile)
                .anyMatch(Objects::nonNull);
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
