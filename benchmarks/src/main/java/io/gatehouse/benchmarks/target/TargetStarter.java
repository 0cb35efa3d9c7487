/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.benchmarks.target;

import io.gatehouse.benchmarks.measure.JvmProbe;
import io.gatehouse.benchmarks.measure.ProcessStats;
import io.gatehouse.benchmarks.target.Target.Credentials;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.net.ssl.SSLContext;

/**
 * Starts what is measured: one broker with a listener for each target, so that all have the same, and the targets before it.
 *
 * <p>Names of targets: {@code direct}; {@code forwarder}, the {@link BareForwarder}; {@code haproxy}, if installed; and the folders under
 * {@code benchmarks/targets}, each a gateway's configuration. {@code NAME=PORT:BROKER_PORT:PID} is a proxy that somebody else has started.
 */
public final class TargetStarter implements AutoCloseable {

    private static final String HOST = "127.0.0.1";
    private static final String DIRECT = "direct";
    private static final String FORWARDER = "forwarder";
    private static final String HAPROXY = "haproxy";
    private static final Path HAPROXY_PROGRAM = Path.of("/usr/sbin/haproxy");

    private final Path root;
    private final Path folder;
    private final int brokerPort = Ports.free(1);
    private final List<Plan> plans = new ArrayList<>();
    private final List<AutoCloseable> started = new ArrayList<>();

    /** A target before the broker, of which the ports must be known first, has been started. */
    private record Plan(String name, int port, int brokerPort, String external) {
        String listener() {
            return name.toUpperCase(java.util.Locale.ROOT).replaceAll("[^A-Z0-9]", "_");
        }
    }

    /**
     * Plans; nothing runs yet.
     *
     * @param root of the project
     * @param folder for data and logs, on a file system in memory at best
     */
    public TargetStarter(Path root, Path folder, List<String> names) {
        this.root = root;
        this.folder = folder;
        for (String name : names) {
            plan(name);
        }
    }

    private void plan(String name) {
        if (name.equals(HAPROXY) && !Files.isExecutable(HAPROXY_PROGRAM)) {
            System.err.println("haproxy is left out: it is not installed (expected: " + HAPROXY_PROGRAM + ")");
            return;
        }
        int equals = name.indexOf('=');
        if (equals > 0) {
            String[] parts = name.substring(equals + 1).split(":");
            if (parts.length != 3) {
                throw new IllegalArgumentException("target: " + name + " (expected: NAME=PORT:BROKER_PORT:PID)");
            }
            plans.add(new Plan(
                    name.substring(0, equals), Integer.parseInt(parts[0]), Integer.parseInt(parts[1]), parts[2]));
            return;
        }
        if (!List.of(DIRECT, FORWARDER, HAPROXY).contains(name) && !Files.isDirectory(folderOf(name))) {
            throw new IllegalArgumentException("target: " + name + " (expected: " + DIRECT + ", " + FORWARDER + ", "
                    + HAPROXY + ", a folder under benchmarks/targets, or NAME=PORT:BROKER_PORT:PID)");
        }
        plans.add(new Plan(name, Ports.free(2), Ports.free(1), ""));
    }

    private Path folderOf(String name) {
        return root.resolve("benchmarks/targets").resolve(name);
    }

    /** Where the broker is. */
    public String bootstrapServers() {
        return HOST + ":" + brokerPort;
    }

    /** Starts the broker; returns its process. */
    public ProcessStats startBroker() {
        List<String> command = java(List.of("-Xms1g", "-Xmx1g", "-XX:+UseG1GC"));
        command.add("io.gatehouse.kafka.embedded.EmbeddedKafkaMain");
        command.addAll(List.of(
                "--port",
                Integer.toString(brokerPort),
                "--data",
                folder.resolve("kafka").toString()));
        // Data that is written is thrown away soon, else a long run would fill the memory.
        Map.of(
                        "num.network.threads", "2",
                        "num.io.threads", "8",
                        "max.connections.per.ip", "100000",
                        "log.segment.bytes", "67108864",
                        "log.retention.check.interval.ms", "1000",
                        "log.segment.delete.delay.ms", "1000",
                        "log.initial.task.delay.ms", "1000")
                .forEach((key, value) -> command.addAll(List.of("--property", key + "=" + value)));
        for (Plan plan : plans) {
            // The gateway asks for the brokers' addresses and must get this listener's own; the others are TCP.
            int advertised = isTcp(plan) ? plan.port() : plan.brokerPort();
            command.addAll(List.of("--proxy-listener", plan.listener() + ":" + plan.brokerPort() + ":" + advertised));
        }
        ChildProcess broker = ChildProcess.start("broker", folder, Map.of(), command);
        started.add(broker);
        broker.awaitOutput("KAFKA READY");
        return ProcessStats.of(broker.pid());
    }

    private static boolean isTcp(Plan plan) {
        return List.of(FORWARDER, HAPROXY).contains(plan.name())
                || !plan.external().isEmpty();
    }

    /** Starts every target, in the order in which they were named. */
    public List<Target> startTargets() {
        return plans.stream().map(this::start).toList();
    }

    /** Starts one gateway once more, beside the others; the caller ends it. */
    public Target startAgain(String name) {
        return startAgain(name, name + "-" + System.nanoTime());
    }

    /**
     * As {@link #startAgain(String)}.
     *
     * @param folder of the gateway; one that has been used before is an installation that is started again
     */
    public Target startAgain(String name, String folder) {
        Plan plan = plans.stream()
                .filter(known -> known.name().equals(name))
                .findFirst()
                .orElseThrow();
        return gateway(new Plan(name, Ports.free(2), plan.brokerPort(), ""), folder);
    }

    /** Whether a target is a gateway, which can be started again. */
    public boolean isGateway(String name) {
        return Files.isDirectory(folderOf(name));
    }

    private Target start(Plan plan) {
        if (!plan.external().isEmpty()) {
            ProcessStats process = ProcessStats.of(Long.parseLong(plan.external()));
            return new Target(
                    plan.name(),
                    plan.port(),
                    plan.port(),
                    Optional.of(process),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    "",
                    0,
                    () -> {});
        }
        return switch (plan.name()) {
            case DIRECT ->
                new Target(
                        DIRECT,
                        plan.brokerPort(),
                        plan.brokerPort(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        "",
                        0,
                        () -> {});
            case FORWARDER -> forwarder(plan);
            case HAPROXY -> haproxy(plan);
            default -> gateway(plan, plan.name());
        };
    }

    private Target forwarder(Plan plan) {
        List<String> command = java(List.of("-Xms256m", "-Xmx256m"));
        command.addAll(List.of(
                BareForwarder.class.getName(), Integer.toString(plan.port()), Integer.toString(plan.brokerPort())));
        ChildProcess process =
                ChildProcess.start(FORWARDER, folder, Map.of(), command).awaitPort(plan.port());
        return running(plan, plan.port(), process, true, Clients.ANY);
    }

    private Target haproxy(Plan plan) {
        Path config = folder.resolve("haproxy.cfg");
        write(config, """
                global
                  nbthread 2
                  maxconn 9000
                defaults
                  mode tcp
                  timeout connect 10s
                  timeout client 10m
                  timeout server 10m
                listen kafka
                  bind %s:%d
                  server broker %s:%d
                """.formatted(HOST, plan.port(), HOST, plan.brokerPort()));
        ChildProcess process = ChildProcess.start(
                        HAPROXY, folder, Map.of(), List.of(HAPROXY_PROGRAM.toString(), "-db", "-f", config.toString()))
                .awaitPort(plan.port());
        return running(plan, plan.port(), process, false, Clients.ANY);
    }

    private Target gateway(Plan plan, String processName) {
        GatewayHome home = GatewayHome.create(root, folderOf(plan.name()), folder.resolve(processName));
        int managementPort = Ports.free(1);
        Map<String, String> environment = new HashMap<>(Map.of(
                "BENCH_BOOTSTRAP_SERVERS", HOST + ":" + plan.brokerPort(),
                "BENCH_PORTS", plan.port() + "-" + (plan.port() + 1),
                "BENCH_MANAGEMENT_PORT", Integer.toString(managementPort)));
        Optional<SSLContext> tls = Optional.empty();
        if (home.tls()) {
            Certificate certificate = Certificate.make(folder);
            environment.put("BENCH_KEYSTORE", certificate.keystore().toString());
            environment.put("BENCH_KEYSTORE_PASSWORD", Certificate.PASSWORD);
            tls = Optional.of(certificate.trusting());
        }
        ChildProcess process = ChildProcess.start(
                        processName, folder, home.environment(environment), home.command(JAVA, classPath()))
                .await("is ready", () -> Health.isReady(managementPort));
        return running(plan, plan.port() + 1, process, true, new Clients(home.credentials(), tls, home.hiddenPrefix()));
    }

    /** What clients need to know. */
    private record Clients(Optional<Credentials> credentials, Optional<SSLContext> tls, String hiddenPrefix) {
        static final Clients ANY = new Clients(Optional.empty(), Optional.empty(), "");
    }

    private Target running(Plan plan, int nodePort, ChildProcess process, boolean isJvm, Clients clients) {
        started.add(process);
        Optional<JvmProbe> jvm = isJvm ? Optional.of(attach(process)) : Optional.empty();
        jvm.ifPresent(started::add);
        return new Target(
                plan.name(),
                plan.port(),
                nodePort,
                Optional.of(ProcessStats.of(process.pid())),
                jvm,
                clients.credentials(),
                clients.tls(),
                clients.hiddenPrefix(),
                process.startNanos(),
                () -> {
                    jvm.ifPresent(JvmProbe::close);
                    process.close();
                });
    }

    private static final String JAVA =
            Path.of(System.getProperty("java.home"), "bin", "java").toString();

    private static String classPath() {
        return System.getProperty("java.class.path");
    }

    private static List<String> java(List<String> options) {
        List<String> command = new ArrayList<>(List.of(JAVA));
        command.addAll(options);
        command.add("-Dlogback.configurationFile=io/gatehouse/kafka/embedded/logback-standalone.xml");
        command.addAll(List.of("-cp", classPath()));
        return command;
    }

    private static JvmProbe attach(ChildProcess process) {
        try {
            return JvmProbe.attach(process.pid());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void write(Path file, String text) {
        try {
            Files.writeString(file, text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Ends all that was started, the last first. */
    @Override
    public void close() {
        for (int i = started.size() - 1; i >= 0; i--) {
            try {
                started.get(i).close();
            } catch (Exception e) {
                System.err.println("ending a process failed: " + e);
            }
        }
    }
}
