/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.spi.compatibility;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The build rule behind docs/spi-compatibility.md, and the proof that it bites. */
class SpiCompatibilityTest {

    private static final Path BASELINE_FOLDER = Path.of("baseline");

    @TempDir
    Path folder;

    @Test
    void pluginsBuiltAgainstTheBaselineRunOnThisSpi() throws Exception {
        Set<Break> breaks = SpiComparison.breaks(baseline(), compiledSpi());
        Map<String, String> accepted = accepted();

        Set<String> news = new TreeSet<>();
        breaks.forEach(each -> news.add(each.toString()));
        news.removeAll(accepted.keySet());
        Set<String> stale = new TreeSet<>(accepted.keySet());
        breaks.forEach(each -> stale.remove(each.toString()));

        assertThat(news)
                .as("breaks of the SPI (expected: none, or a line with a reason in baseline/accepted-breaks.txt)")
                .isEmpty();
        assertThat(stale)
                .as("lines of baseline/accepted-breaks.txt that are no breaks (expected: none)")
                .isEmpty();
        assertThat(accepted.values())
                .as("reasons")
                .allSatisfy(reason -> assertThat(reason).hasSizeGreaterThan(10));
    }

    @Test
    void whatPluginsCallMayNotGoAndMayNotChange() throws Exception {
        Set<Break> breaks = compare(
                "public interface Thing { void stays(); String goes(); long changes(); }"
                        + " class Hidden { public void any() {} }",
                "public interface Thing { void stays(); int changes(); }");

        assertThat(breaks)
                .extracting(Break::toString)
                .containsExactlyInAnyOrder(
                        "acme.Thing#goes() | METHOD_REMOVED", "acme.Thing#changes() | METHOD_RETURN_TYPE_CHANGED");
    }

    @Test
    void whatPluginsImplementGainsDefaultMethodsOnly() throws Exception {
        assertThat(compare(
                        "public interface Thing { void one(); }",
                        "public interface Thing { void one(); default void two() {} }"))
                .isEmpty();
        assertThat(compare(
                        "public interface Thing { void one(); }", "public interface Thing { void one(); void two(); }"))
                .containsExactly(new Break("acme.Thing#two()", "METHOD_ADDED_TO_INTERFACE"));
    }

    @Test
    void whatTheGatewayProvidesMayGainMethods() throws Exception {
        String annotated = "@io.gatehouse.spi.ProvidedByGateway public interface Thing ";

        assertThat(compare(annotated + "{ void one(); }", annotated + "{ void one(); void two(); }"))
                .isEmpty();
    }

    @Test
    void recordsKeepTheirConstructors() throws Exception {
        assertThat(compare("public record Thing(String one) {}", "public record Thing(String one, String two) {}"))
                .containsExactly(new Break("acme.Thing#new(String)", "CONSTRUCTOR_REMOVED"));
    }

    @Test
    void experimentsAreFree() throws Exception {
        assertThat(compare(
                        "@io.gatehouse.spi.Experimental public interface Thing { void one(); }",
                        "@io.gatehouse.spi.Experimental public interface Thing { void two(); }"))
                .isEmpty();
        assertThat(compare(
                        "public interface Thing { @io.gatehouse.spi.Experimental void one(); }",
                        "public interface Thing {}"))
                .isEmpty();
    }

    private Set<Break> compare(String before, String after) throws IOException, URISyntaxException {
        return SpiComparison.breaks(compiled("before", before), compiled("after", after));
    }

    private Path compiled(String name, String source) throws IOException, URISyntaxException {
        Path classes = Files.createDirectories(folder.resolve(name));
        Path file = Files.createDirectories(folder.resolve(name + "-src")).resolve("Thing.java");
        Files.writeString(file, "package acme; " + source);
        int result = ToolProvider.getSystemJavaCompiler()
                .run(
                        null,
                        null,
                        null,
                        "-proc:none",
                        "--release",
                        "17",
                        "-cp",
                        compiledSpi().toString(),
                        "-d",
                        classes.toString(),
                        file.toString());
        assertThat(result).as("compiling %s", source).isZero();
        return classes;
    }

    private static Path baseline() throws IOException {
        try (var files = Files.list(BASELINE_FOLDER)) {
            return files.filter(file -> file.toString().endsWith(".jar"))
                    .findFirst()
                    .orElseThrow();
        }
    }

    private static Path compiledSpi() throws URISyntaxException {
        return Path.of(io.gatehouse.spi.User.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .toURI());
    }

    private static Map<String, String> accepted() throws IOException {
        Map<String, String> accepted = new TreeMap<>();
        for (String line : Files.readAllLines(BASELINE_FOLDER.resolve("accepted-breaks.txt"))) {
            if (line.isBlank() || line.startsWith("#")) {
                continue;
            }
            String[] parts = line.split("\\|", 3);
            assertThat(parts)
                    .as("%s (expected: element | change | reason)", line)
                    .hasSize(3);
            accepted.put(parts[0].strip() + " | " + parts[1].strip(), parts[2].strip());
        }
        return accepted;
    }
}
