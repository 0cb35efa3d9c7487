/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.gatehouse.kernel.GatehouseMain.WithConfiguration;
import io.gatehouse.kernel.plugins.PluginStatus;
import io.gatehouse.kernel.plugins.PluginVerification;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code gatehouse plugins}: what runs, whether a jar would, and looking again now. */
@Command(
        name = "plugins",
        description = "Show, verify and rescan plugins.",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {PluginsCommand.Show.class, PluginsCommand.Verify.class, PluginsCommand.Rescan.class})
final class PluginsCommand implements Runnable {

    private static final int OK = 0;
    private static final int FAILED = 1;

    @Spec
    private CommandSpec spec;

    @Override
    public void run() {
        spec.commandLine().usage(spec.commandLine().getOut());
    }

    /** Where a gateway of that home says what became of its plugins. */
    static Path document(Path home) {
        return home.resolve("data").resolve("plugins.json");
    }

    private static JsonNode read(Path document) throws IOException {
        try {
            return new ObjectMapper().readTree(Files.readAllBytes(document));
        } catch (NoSuchFileException e) {
            throw new NoSuchFileException(
                    document + ": missing (expected: a gateway that runs with this home; see --home)");
        }
    }

    @Command(name = "list", description = "Show what became of each jar in the plugins folder of a gateway that runs.")
    static final class Show extends WithConfiguration {

        /** How to show it. */
        enum Format {
            table,
            json
        }

        @Option(names = "-o", defaultValue = "table", description = "table or json (default: ${DEFAULT-VALUE}).")
        private Format format;

        @Spec
        private CommandSpec spec;

        @Override
        public Integer call() throws IOException {
            PrintWriter out = spec.commandLine().getOut();
            JsonNode document = read(document(home));
            if (format == Format.json) {
                out.println(document.toPrettyString());
                return OK;
            }
            printTable(document, out);
            return OK;
        }

        private static void printTable(JsonNode document, PrintWriter out) {
            List<List<String>> rows = new ArrayList<>();
            rows.add(List.of("ID", "VERSION", "STATE", "FILE", "HASH", "SINCE", "LEASES", "EXTENSIONS"));
            List<String> sentences = new ArrayList<>();
            for (JsonNode plugin : document.path("plugins")) {
                String file = plugin.path("file").asText();
                List<String> extensions = new ArrayList<>();
                plugin.path("extensions").forEach(each -> extensions.add(each.asText()));
                String hash = plugin.path("hash").asText("");
                rows.add(List.of(
                        plugin.path("id").asText("-"),
                        plugin.path("version").asText("-"),
                        plugin.path("state").asText(),
                        file,
                        hash.length() < 8 ? "-" : hash.substring(0, 8),
                        plugin.path("since").asText(),
                        plugin.path("leases").asText(),
                        String.join(", ", extensions)));
                if (plugin.hasNonNull("code")) {
                    sentences.add(file + ": " + plugin.path("code").asText() + ": "
                            + plugin.path("message").asText());
                }
                plugin.path("warnings").forEach(each -> sentences.add(file + ": warning: " + each.asText()));
            }
            Table.print(rows, out);
            sentences.forEach(out::println);
        }
    }

    @Command(
            name = "verify",
            description = {
                "Check a plugin's jar as a gateway would before using it: it is validated, loaded, started and stopped.",
                "Exit code 0 when it would run, 1 when it would be refused."
            })
    static final class Verify extends WithConfiguration {

        @Parameters(paramLabel = "<jar>", description = "The plugin's jar.")
        private Path jar;

        @Spec
        private CommandSpec spec;

        @Override
        public Integer call() throws IOException {
            PrintWriter out = spec.commandLine().getOut();
            PluginStatus status = PluginVerification.verify(jar);
            status.warnings().forEach(warning -> out.println("warning: " + warning));
            if (status.state() == PluginStatus.State.STARTED) {
                out.println(status.id() + " " + status.version() + ": OK: " + String.join(", ", status.extensions()));
                return OK;
            }
            spec.commandLine().getErr().println(jar.getFileName() + ": " + status.code() + ": " + status.message());
            return FAILED;
        }
    }

    @Command(
            name = "rescan",
            description = "Have a gateway that runs look at its plugins folder now, and wait until it has.")
    static final class Rescan extends WithConfiguration {

        private static final long LOOK_MILLIS = 10;

        @Option(
                names = "--timeout",
                defaultValue = "60",
                description = "Seconds to wait for the gateway (default: ${DEFAULT-VALUE}).")
        private int timeoutSeconds;

        @Spec
        private CommandSpec spec;

        @Override
        public Integer call() throws IOException, InterruptedException {
            Path folder = home.resolve(load().config().plugins().folder());
            String request = touch(folder.resolve(".rescan"));
            long deadline =
                    System.nanoTime() + Duration.ofSeconds(timeoutSeconds).toNanos();
            JsonNode outcome = outcome(request);
            while (outcome == null && System.nanoTime() < deadline) {
                TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
                outcome = outcome(request);
            }
            if (outcome == null) {
                spec.commandLine()
                        .getErr()
                        .println("gatehouse: " + document(home) + " was not renewed within " + timeoutSeconds
                                + " s (expected: a gateway that runs with this home)");
                return FAILED;
            }
            Show.printTable(outcome, spec.commandLine().getOut());
            return OK;
        }

        /** Returns the time as the file system keeps it, which is what the gateway answers with. */
        private static String touch(Path file) throws IOException {
            if (Files.notExists(file)) {
                Files.write(file, new byte[0]);
            }
            Files.setLastModifiedTime(file, FileTime.from(Instant.now()));
            return Files.getLastModifiedTime(file).toString();
        }

        private @Nullable JsonNode outcome(String request) throws IOException {
            if (Files.notExists(document(home))) {
                return null;
            }
            JsonNode document = read(document(home));
            return document.path("rescan").asText("").equals(request) ? document : null;
        }
    }
}
