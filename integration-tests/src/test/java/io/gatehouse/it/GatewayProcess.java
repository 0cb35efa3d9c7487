/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.it;

import io.gatehouse.kernel.GatehouseMain;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;

/** A gateway in a process of its own, as {@code bin/gatehouse run} starts it, with its output in a file. */
final class GatewayProcess implements AutoCloseable {

    private static final Pattern MANAGEMENT = Pattern.compile("Health and metrics at http://127\\.0\\.0\\.1:(\\d+)/");

    private final Path home;
    private final int firstPort;
    private final Path output;
    private final ProcessBuilder builder;
    private Process process;
    private int managementPort;

    private GatewayProcess(Path home, int firstPort, Path output, ProcessBuilder builder) throws IOException {
        this.home = home;
        this.firstPort = firstPort;
        this.output = output;
        this.builder = builder;
        this.process = builder.start();
    }

    /**
     * Starts the process and waits until it has started or ended.
     *
     * @param level of the log
     */
    static GatewayProcess start(
            TestGateway.Builder description, String level, Map<String, String> environment, String... jvmArguments) {
        GatewayProcess gateway = begin(description, level, environment, jvmArguments);
        gateway.awaitStart();
        return gateway;
    }

    /** Starts the process and does not wait. */
    static GatewayProcess begin(
            TestGateway.Builder description, String level, Map<String, String> environment, String... jvmArguments) {
        TestGateway.Builder.Written written = description.write();
        Path output = written.home().resolve("output.txt");
        Path logging = written.home().resolve("logback.xml");
        try {
            Files.writeString(logging, """
                    <configuration>
                      <appender name="console" class="ch.qos.logback.core.ConsoleAppender">
                        <encoder><pattern>%%-5level %%logger{0} - %%msg%%n</pattern></encoder>
                      </appender>
                      <root level="%s"><appender-ref ref="console"/></root>
                    </configuration>
                    """.formatted(level));
            List<String> command = new ArrayList<>();
            command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
            command.addAll(List.of(jvmArguments));
            command.addAll(List.of("-Dlogback.configurationFile=" + logging, "-cp"));
            command.add(System.getProperty("java.class.path"));
            command.addAll(List.of(GatehouseMain.class.getName(), "run", "--home"));
            command.addAll(List.of(
                    written.home().toString(), "--config", written.config().toString()));
            ProcessBuilder builder =
                    new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile());
            builder.environment().putAll(environment);
            return new GatewayProcess(written.home(), written.firstPort(), output, builder);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void awaitStart() {
        await("Gatehouse is started");
    }

    /** Waits until it has printed that, or has ended. */
    void await(String printed) {
        Awaitility.await().atMost(Duration.ofSeconds(30)).until(() -> output().contains(printed) || !process.isAlive());
        Matcher matcher = MANAGEMENT.matcher(output());
        if (matcher.find()) {
            managementPort = Integer.parseInt(matcher.group(1));
        }
    }

    /** Ends it as the kernel of an operating system does that has no memory left: SIGKILL. */
    void kill() throws InterruptedException {
        process.destroyForcibly();
        process.waitFor();
    }

    /** Starts it once more with the same files, after it has ended. */
    void startAgain() throws IOException {
        process = builder.start();
        awaitStart();
    }

    String bootstrapServers() {
        return "localhost:" + firstPort;
    }

    int bootstrapPort() {
        return firstPort;
    }

    int portOf(int nodeId) {
        return firstPort + 1 + nodeId;
    }

    Path home() {
        return home;
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /** What it has printed so far. */
    String output() {
        try {
            return Files.readString(output);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    HttpResponse<String> management(String path) {
        return Management.get(managementPort, path);
    }

    double metric(String name) {
        return Management.metric(managementPort, name);
    }

    /** The most memory that it has had at a time, as Linux counts it. */
    long peakResidentMebibytes() {
        return mebibytes("VmHWM");
    }

    long residentMebibytes() {
        return mebibytes("VmRSS");
    }

    private long mebibytes(String key) {
        try {
            return Files.readAllLines(Path.of("/proc/" + process.pid() + "/status")).stream()
                    .filter(line -> line.startsWith(key + ":"))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) / 1024)
                    .findFirst()
                    .orElseThrow();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Edits the bootstrap file and asks for a reload by the signal HUP. */
    void reload(UnaryOperator<String> edit) throws IOException, InterruptedException {
        Path file = home.resolve("gatehouse.yaml");
        Path edited = home.resolve("edited.yaml");
        Files.writeString(edited, edit.apply(Files.readString(file)));
        Files.move(edited, file, StandardCopyOption.ATOMIC_MOVE);
        new ProcessBuilder("kill", "-HUP", Long.toString(process.pid())).start().waitFor();
    }

    /** Stops it as an operator would. */
    void stop() throws InterruptedException {
        process.destroy();
        if (!process.waitFor(30, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new IllegalStateException("the gateway has not stopped within 30 s:\n" + output());
        }
    }

    @Override
    public void close() throws InterruptedException {
        stop();
        TestGateway.delete(home);
    }
}
