/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.cli;

import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** What all commands over the HTTP API have in common: which gateway, and as whom. */
abstract class ApiCommand implements Callable<Integer> {

    static final String DEFAULT_URL = "http://127.0.0.1:9191";

    @Option(names = "--context", description = "The context to use instead of the current one.")
    @Nullable
    String context;

    @Option(names = "--url", description = "The gateway's HTTP API, such as https://gateway:9191 ($GATEHOUSE_URL).")
    @Nullable
    String url;

    @Option(
            names = "--ca",
            description = "PEM certificates that the gateway's certificate is trusted by, instead of those of Java.")
    @Nullable
    Path ca;

    @Option(names = "--keystore", description = "A PKCS12 file with the certificate that the operator shows.")
    @Nullable
    Path keystore;

    @Option(names = "--keystore-password-file", description = "A file with its password.")
    @Nullable
    Path keystorePasswordFile;

    @Option(names = "--username", description = "Who logs in, with --password-file ($GATEHOUSE_USERNAME).")
    @Nullable
    String login;

    @Option(names = "--password-file", description = "A file with the password (or $GATEHOUSE_PASSWORD).")
    @Nullable
    Path passwordFile;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Show this help.")
    boolean help;

    @Spec
    @SuppressWarnings("NullAway.Init")
    CommandSpec spec;

    PrintWriter out() {
        return spec.commandLine().getOut();
    }

    PrintWriter err() {
        return spec.commandLine().getErr();
    }

    /** The client of the gateway that is meant. What is said here wins over the environment, that over the context. */
    ApiClient client() {
        Map<String, String> environment = System.getenv();
        Contexts.@Nullable Context chosen = chosen(environment);
        String address = url != null
                ? url
                : environment.getOrDefault("GATEHOUSE_URL", chosen == null ? DEFAULT_URL : chosen.url());
        return new ApiClient(address, authorization(environment, chosen, address), tls(chosen, address));
    }

    /** What a context says is for its own gateway. */
    private Tls tls(Contexts.@Nullable Context chosen, String address) {
        Contexts.Context own = chosen != null && address.equals(chosen.url()) ? chosen : null;
        boolean said = keystore != null || keystorePasswordFile != null || own == null;
        return new Tls(
                ca != null || own == null ? ca : path(own.ca()),
                said ? keystore : path(own.keystore()),
                said ? keystorePasswordFile : path(own.keystorePasswordFile()));
    }

    private static @Nullable Path path(@Nullable String text) {
        return text == null ? null : Path.of(text);
    }

    private Contexts.@Nullable Context chosen(Map<String, String> environment) {
        Path file = Contexts.file(environment);
        Contexts.Content content = Contexts.read(file);
        String name = context != null ? context : content.current();
        if (name == null) {
            return null;
        }
        return content.named(name)
                .orElseThrow(() -> new CommandException(
                        CommandException.REFUSED,
                        "context: " + name + " (expected: one of "
                                + content.all().stream()
                                        .map(Contexts.Context::name)
                                        .toList() + " in " + file + ")"));
    }

    private @Nullable String authorization(
            Map<String, String> environment, Contexts.@Nullable Context chosen, String address) {
        if (keystore != null) {
            return null;
        }
        if (passwordFile != null) {
            return ApiClient.basic(login == null ? "admin" : login, Contexts.secret(passwordFile));
        }
        if (environment.containsKey("GATEHOUSE_TOKEN")) {
            return ApiClient.bearer(environment.get("GATEHOUSE_TOKEN"));
        }
        if (environment.containsKey("GATEHOUSE_PASSWORD")) {
            return ApiClient.basic(
                    environment.getOrDefault("GATEHOUSE_USERNAME", "admin"), environment.get("GATEHOUSE_PASSWORD"));
        }
        boolean contexts = chosen != null && address.equals(chosen.url());
        if (contexts && chosen.keystore() != null) {
            return null;
        }
        if (contexts && chosen.token() != null) {
            return ApiClient.bearer(chosen.token());
        }
        if (contexts && chosen.tokenFile() != null) {
            return ApiClient.bearer(Contexts.secret(Path.of(chosen.tokenFile())));
        }
        if (contexts && (chosen.password() != null || chosen.passwordFile() != null)) {
            String password = chosen.password() != null
                    ? chosen.password()
                    : Contexts.secret(Path.of(String.valueOf(chosen.passwordFile())));
            return ApiClient.basic(chosen.username() == null ? "admin" : chosen.username(), password);
        }
        Path generated = Path.of(environment.getOrDefault("GATEHOUSE_HOME", "."))
                .resolve("data")
                .resolve("admin-credentials");
        // The gateway of this installation, by whoever may read its files; its password goes nowhere else.
        return ApiClient.isLoopback(address) && Files.isReadable(generated)
                ? ApiClient.basic("admin", Contexts.secret(generated))
                : null;
    }
}
