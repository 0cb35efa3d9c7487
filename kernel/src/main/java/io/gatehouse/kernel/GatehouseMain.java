/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel;

import io.gatehouse.kernel.config.ConfigException;
import io.gatehouse.kernel.config.ConfigLoader;
import io.gatehouse.kernel.config.LoadedConfig;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.function.Supplier;
import org.apache.kafka.common.utils.internals.AppInfoParser;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;

/**
 * The command line of the kernel: {@code run}, {@code check}, {@code plugins} and {@code version}. Exit codes: 0 for success, 1 for a problem of
 * configuration or usage, 2 for a start that failed. Problems are sentences on stderr; a stack trace comes only with
 * {@code --stacktrace}.
 */
@Command(
        name = GatehouseMain.NAME,
        description = "A gateway for Apache Kafka with hot-loadable plugins.",
        mixinStandardHelpOptions = true,
        versionProvider = GatehouseMain.Version.class,
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {
            GatehouseMain.Run.class,
            GatehouseMain.Check.class,
            GatehouseMain.ShowVersion.class,
            PluginsCommand.class
        })
public final class GatehouseMain {

    static final String NAME = "gatehouse";
    private static final String RUN = "run";

    private static final int OK = 0;
    private static final int BAD_CONFIGURATION = 1;
    private static final int START_FAILED = 2;

    private GatehouseMain() {}

    public static void main(String[] arguments) {
        System.exit(execute(arguments));
    }

    /** Runs a command line; returns the exit code. */
    static int execute(String... arguments) {
        return execute(List::of, arguments);
    }

    /**
     * Runs a command line that knows other commands too; returns the exit code.
     *
     * @param more makes picocli commands beside the kernel's own
     */
    public static int execute(Supplier<List<Object>> more, String... arguments) {
        boolean runs = arguments.length > 0 && arguments[0].equals(RUN);
        if (runs) {
            Preload.begin();
        }
        CommandLine commandLine = runs ? commandLineOfRun() : wholeCommandLine(more.get());
        commandLine.setExitCodeExceptionMapper(GatehouseMain::exitCode);
        commandLine.setExecutionExceptionHandler((failure, command, parsed) -> {
            report(failure, command);
            return exitCode(failure);
        });
        commandLine.setParameterExceptionHandler((failure, given) -> {
            failure.getCommandLine().getErr().println("gatehouse: " + failure.getMessage());
            failure.getCommandLine().getErr().println("Try 'gatehouse --help'.");
            return BAD_CONFIGURATION;
        });
        if (arguments.length == 0) {
            commandLine.usage(commandLine.getOut());
            return OK;
        }
        return commandLine.execute(arguments);
    }

    /** Without the other commands, whose options take picocli a tenth of a second of a start to read. */
    private static CommandLine commandLineOfRun() {
        return new CommandLine(CommandSpec.create().name(NAME)).addSubcommand(new Run());
    }

    private static CommandLine wholeCommandLine(List<Object> more) {
        CommandLine commandLine = new CommandLine(new GatehouseMain());
        more.forEach(commandLine::addSubcommand);
        return commandLine;
    }

    private static int exitCode(Throwable failure) {
        if (failure instanceof CommandLine.IExitCodeGenerator generator) {
            return generator.getExitCode();
        }
        return failure instanceof ConfigException ? BAD_CONFIGURATION : START_FAILED;
    }

    private static void report(Throwable failure, CommandLine command) {
        String message = failure.getMessage() == null ? failure.toString() : failure.getMessage();
        command.getErr().println("gatehouse: " + message);
        if (command.getCommand() instanceof WithConfiguration with && with.stacktrace) {
            failure.printStackTrace(command.getErr());
        }
    }

    /** What commands have in common that read the configuration. */
    abstract static class WithConfiguration implements Callable<Integer> {

        @Option(
                names = "--home",
                defaultValue = "${env:GATEHOUSE_HOME:-.}",
                description = "Where relative paths start (default: $GATEHOUSE_HOME, else the current folder).")
        Path home;

        @Option(names = "--config", description = "The bootstrap file (default: conf/gatehouse.yaml under the home).")
        Path config;

        @Option(names = "--stacktrace", description = "Show stack traces of what fails.")
        boolean stacktrace;

        @Option(
                names = {"-h", "--help"},
                usageHelp = true,
                description = "Show this help.")
        boolean help;

        LoadedConfig load() {
            return ConfigLoader.load(config == null ? home.resolve("conf/gatehouse.yaml") : config, System.getenv());
        }
    }

    @Command(name = RUN, description = "Run the gateway until it is stopped.")
    static final class Run extends WithConfiguration {

        @Override
        public Integer call() throws InterruptedException {
            LoadedConfig loaded = load();
            Preload.await();
            Logger log = LoggerFactory.getLogger(GatehouseMain.class);
            Path absoluteHome = home.toAbsolutePath().normalize();
            log.info("{} starts, {}, home {}", Version.ofGatehouse(), Version.ofJava(), absoluteHome);
            Gatehouse gateway = Gatehouse.start(loaded, absoluteHome);
            HangUp.reloads(gateway);
            markStarted(log);
            CountDownLatch stopped = new CountDownLatch(1);
            Runtime.getRuntime()
                    .addShutdownHook(new Thread(
                            () -> {
                                gateway.close();
                                stopped.countDown();
                            },
                            "gatehouse-stop"));
            stopped.await();
            return OK;
        }

        /** For the script: the classes that this process has loaded are those that the next one needs, which those of a failed start are not. */
        private static void markStarted(Logger log) {
            String file = System.getProperty("gatehouse.startedFile");
            if (file == null) {
                return;
            }
            try {
                Files.write(Path.of(file), new byte[0]);
            } catch (IOException e) {
                log.debug("{} cannot be written, so the next start is as slow as this one: {}", file, e.toString());
            }
        }
    }

    @Command(
            name = "check",
            description =
                    "Check the configuration, the resources and the plugins without starting, and name every problem.")
    static final class Check extends WithConfiguration {

        @CommandLine.Spec
        CommandLine.Model.CommandSpec spec;

        @Override
        public Integer call() {
            List<String> problems =
                    Gatehouse.check(load(), home.toAbsolutePath().normalize());
            if (problems.isEmpty()) {
                spec.commandLine().getOut().println("No problems.");
                return OK;
            }
            problems.forEach(problem -> spec.commandLine().getErr().println(problem));
            return BAD_CONFIGURATION;
        }
    }

    @Command(name = "version", description = "Show the versions of Gatehouse, Kafka's protocol and Java.")
    static final class ShowVersion implements Callable<Integer> {

        @CommandLine.Spec
        CommandLine.Model.CommandSpec spec;

        @Override
        public Integer call() {
            for (String line : new Version().getVersion()) {
                spec.commandLine().getOut().println(line);
            }
            return OK;
        }
    }

    /** The versions of what runs. */
    static final class Version implements CommandLine.IVersionProvider {

        @Override
        public String[] getVersion() {
            return new String[] {ofGatehouse(), "Kafka clients " + AppInfoParser.getVersion(), ofJava()};
        }

        private static String ofGatehouse() {
            return "Gatehouse " + ofSpi();
        }

        private static String ofJava() {
            return "Java " + Runtime.version() + " (" + System.getProperty("java.vendor") + ")";
        }

        /** Gatehouse and its SPI are released together. */
        static String ofSpi() {
            Properties properties = new Properties();
            try (InputStream in = GatehouseMain.class.getResourceAsStream("/META-INF/gatehouse-spi.properties")) {
                properties.load(in);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            return properties.getProperty("version");
        }
    }
}
