/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.benchmarks;

import io.gatehouse.benchmarks.report.JsonReport;
import io.gatehouse.benchmarks.report.Picture;
import io.gatehouse.benchmarks.report.TextReport;
import io.gatehouse.benchmarks.target.TargetStarter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The command line of the end-to-end harness. Exit codes: 0 when all was measured, 1 for wrong arguments, 2 when something failed. */
@Command(
        name = "benchmarks/run",
        mixinStandardHelpOptions = true,
        showDefaultValues = true,
        description =
                "Measures the gateway against a bare forwarder, HAProxy and a direct connection, and what each costs.")
public final class Main implements Callable<Integer> {

    private static final Path IN_MEMORY = Path.of("/dev/shm");

    @Option(names = "--root", hidden = true, required = true)
    Path root;

    @Option(names = "--quick", description = "Short windows and few rounds: for a first impression, not for claims.")
    boolean quick;

    @Option(names = "--only", split = ",", description = "Workloads; all of them when left out. --list shows them.")
    List<String> only = List.of();

    @Option(
            names = "--targets",
            split = ",",
            description = "direct, forwarder, haproxy, folders under benchmarks/targets,"
                    + " or a proxy that is running already, before a broker to come: NAME=PORT:BROKER_PORT:PID.")
    List<String> targets =
            List.of("direct", "forwarder", "haproxy", "cut-through", "plain", "acl", "acl-namespace", "tls");

    @Option(names = "--rounds", description = "Rounds; default 5, and 3 with --quick.")
    int rounds;

    @Option(
            names = "--turns",
            description =
                    "Windows of each target in a round, of which the median counts; default 4, and 1 with --quick.")
    int turns;

    @Option(names = "--seconds", description = "Length of a window; default 1.5, and 1 with --quick.")
    double seconds;

    @Option(
            names = "--warm-up",
            description = "Seconds of mixed traffic for each target at first; default 30, and 5 with --quick.")
    int warmUp;

    @Option(names = "--results", description = "Where the JSON file and the picture go; default benchmarks/results.")
    Path results;

    @Option(
            names = "--reference",
            description = "Writes reference.json and reference.svg, which the documentation shows.")
    boolean reference;

    @Option(
            names = "--profile",
            description =
                    "Writes a Flight Recorder file for each JVM and workload, TARGET-WORKLOAD.jfr, beside the results."
                            + " The figures of such a run have the profiler's cost in them.")
    boolean profile;

    @Option(names = "--keep", description = "Keeps the logs and data of what was started, and says where they are.")
    boolean keep;

    @Option(names = "--list", description = "Shows the workloads.")
    boolean list;

    private Main() {}

    public static void main(String[] arguments) {
        CommandLine commandLine = new CommandLine(new Main());
        commandLine.setExecutionExceptionHandler((failure, command, parsed) -> {
            failure.printStackTrace();
            return 2;
        });
        commandLine.setParameterExceptionHandler((failure, given) -> {
            System.err.println("benchmarks/run: " + failure.getMessage());
            return 1;
        });
        System.exit(commandLine.execute(arguments));
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        List<Workload> all = Workload.all(quick);
        if (list) {
            all.forEach(workload -> System.out.printf("%-18s %s%n", workload.name(), workload.title()));
            return 0;
        }
        for (String name : only) {
            if (all.stream().noneMatch(workload -> workload.name().equals(name))) {
                System.err.println("--only: " + name + " (expected: workloads that --list shows)");
                return 1;
            }
        }
        List<Workload> chosen = all.stream()
                .filter(workload -> only.isEmpty() || only.contains(workload.name()))
                .toList();
        Path folder = Files.createTempDirectory(
                Files.isWritable(IN_MEMORY) ? IN_MEMORY : Path.of(System.getProperty("java.io.tmpdir")),
                "gatehouse-bench");
        try (TargetStarter starter = new TargetStarter(root, folder, targets)) {
            measure(starter, chosen);
        } finally {
            if (keep) {
                System.err.println("Logs and data: " + folder);
            } else {
                delete(folder);
            }
        }
        return 0;
    }

    private void measure(TargetStarter starter, List<Workload> chosen) throws IOException, InterruptedException {
        Path folder = Files.createDirectories(results == null ? root.resolve("benchmarks/results") : results);
        Harness.Plan plan = new Harness.Plan(
                chosen,
                rounds > 0 ? rounds : quick ? 3 : 5,
                turns > 0 ? turns : quick ? 1 : 4,
                Duration.ofMillis(Math.round((seconds > 0 ? seconds : quick ? 1 : 1.5) * 1000)),
                Duration.ofSeconds(warmUp > 0 ? warmUp : quick ? 5 : 30),
                profile ? Optional.of(folder) : Optional.empty());
        Results measured = new Harness(starter, plan).run();
        System.out.println(TextReport.of(measured));
        String name =
                reference ? "reference" : LocalDateTime.now().format(DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss"));
        Files.writeString(folder.resolve(name + ".json"), JsonReport.of(measured));
        Files.writeString(folder.resolve(name + ".svg"), Picture.of(measured));
        System.out.println("Written: " + folder.resolve(name + ".json") + " and .svg");
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        }
    }
}
