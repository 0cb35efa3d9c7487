/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.kernel.Gatehouse;
import io.gatehouse.kernel.config.ConfigLoader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every YAML block of the documentation is what {@code gatehouse check} accepts, and every link leads to a file. */
class DocumentationIT {

    private static final Path ROOT =
            Path.of(System.getProperty("gatehouse.root", "..")).normalize();
    private static final Path HOW_TO = ROOT.resolve("examples/oauth-howto");
    private static final Pattern BLOCK = Pattern.compile("(?m)^```yaml\\n(.*?)^```", Pattern.DOTALL);
    /** A section whose heading ends with the name of a method. */
    private static final Pattern METHOD = Pattern.compile("(?m)^## [^\n]*: `[a-z]+`\n.*?(?=^## |\\z)", Pattern.DOTALL);

    private static final Pattern LINK = Pattern.compile("]\\((?!http)([^)#]+)(?:#[^)]*)?\\)");
    private static final String CLUSTERS = """
            clusters:
              - {name: local, allowAnonymous: true, properties: {bootstrap.servers: "localhost:9092"}}
            """;
    private static final String LISTENERS = """
            listeners:
              - {name: documented, ports: ["39092-39110"], route: {cluster: local}, authentication: [{type: plain}]}
            """;

    private static final String TEAM_A = """
            apiVersion: gatehouse/v1
            kind: VirtualCluster
            metadata: {name: team-a}
            spec: {cluster: local}
            """;
    private static final Map<String, String> MODULES = Map.of(
            "http", "plugins/admin-http",
            "starter", "examples/interceptor-starter",
            "records", "plugins/records",
            "acl", "plugins/acl",
            "namespace", "plugins/namespace",
            "oauth", "plugins/auth-oauth",
            "mtls", "plugins/auth-mtls");

    @TempDir
    static Path certificates;

    /** The files that examples have in {@code /etc/gatehouse}, and that are read. */
    @BeforeAll
    static void makeCertificates() throws IOException {
        Path pem = TestCertificates.in(certificates, "authority").pemKeyStore("server", "CN=server", "dns:localhost");
        Files.copy(pem, certificates.resolve("listener.pem"));
        Files.copy(pem, certificates.resolve("team-a.pem"));
    }

    /** A page's YAML block, or a page for its links. */
    record Example(Path page, int number, String text) {
        @Override
        public String toString() {
            return ROOT.relativize(page) + " #" + number;
        }
    }

    static Stream<Path> pages() throws IOException {
        List<Path> pages = new ArrayList<>();
        for (String folder : List.of("", "docs", "examples/interceptor-starter")) {
            try (Stream<Path> files = Files.list(ROOT.resolve(folder))) {
                files.filter(file -> file.toString().endsWith(".md")).sorted().forEach(pages::add);
            }
        }
        return pages.stream();
    }

    static Stream<Example> examples() throws IOException {
        List<Example> examples = new ArrayList<>();
        for (Path page : pages().toList()) {
            Matcher blocks = BLOCK.matcher(Files.readString(page));
            for (int number = 1; blocks.find(); number++) {
                examples.add(new Example(page, number, blocks.group(1)));
            }
        }
        return examples.stream();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("examples")
    void anExampleOfTheDocumentationHasNoProblems(Example example, @TempDir Path home) throws IOException {
        boolean resources = example.text().contains("apiVersion: gatehouse/");
        String config = resources ? "" : example.text().replace("/etc/gatehouse/", certificates + "/");
        Path folder = Files.createDirectories(home.resolve("resources"));
        Files.writeString(folder.resolve("example.yaml"), resources ? example.text() : "");
        if (resources && !example.text().contains("metadata: {name: team-a}")) {
            Files.writeString(folder.resolve("given.yaml"), TEAM_A);
        }
        installPlugins(example.text(), Files.createDirectories(home.resolve("plugins")));
        Path file = home.resolve("gatehouse.yaml");
        Files.writeString(
                file,
                (config.contains("clusters:") ? "" : CLUSTERS)
                        + (config.contains("listeners:") ? "" : LISTENERS)
                        + config);

        List<String> problems = Gatehouse.check(ConfigLoader.load(file, Map.of()), home);

        assertThat(problems).isEmpty();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("pages")
    void everyLinkLeadsToAFile(Path page) throws IOException {
        List<String> links = LINK.matcher(Files.readString(page))
                .results()
                .map(link -> link.group(1))
                .toList();

        assertThat(links)
                .allSatisfy(link -> assertThat(page.resolveSibling(link)).exists());
    }

    /** Tests log in with these clients: {@link AccountLoginIT}, {@link AccountTokensIT}, and those that use a {@link DocumentedClient}. */
    @Test
    void everyMethodOfAuthenticationHasAClientAndSaysWhatIsExtracted() throws IOException {
        String page = Files.readString(ROOT.resolve("docs/authentication.md"));
        List<String> methods =
                METHOD.matcher(page).results().map(MatchResult::group).toList();

        assertThat(methods)
                .extracting(
                        section -> section.substring(section.indexOf('`') + 1).replaceFirst("(?s)`.*", ""))
                .containsExactly("plain", "oauth", "mtls", "delegated", "anonymous");
        assertThat(methods)
                .allSatisfy(section -> assertThat(section).contains("```properties\n", "What is extracted: "));
    }

    @Test
    void theHowToShowsTheFilesOfItsExample() throws IOException {
        List<String> files = new ArrayList<>();
        try (Stream<Path> tree = Files.walk(HOW_TO, 2)) {
            for (Path file : tree.filter(Files::isRegularFile)
                    .filter(file -> !file.startsWith(HOW_TO.resolve("target")))
                    .toList()) {
                files.add(Files.readString(file));
            }
        }

        List<String> blocks = Pattern.compile("(?m)^```(?:yml|properties)\\n(.*?)^```", Pattern.DOTALL)
                .matcher(Files.readString(ROOT.resolve("docs/howto-oauth.md")))
                .results()
                .map(block -> block.group(1))
                .toList();

        assertThat(blocks)
                .hasSizeGreaterThan(4)
                .allSatisfy(block -> assertThat(files).contains(block));
    }

    @Test
    void theFilesOfTheHowToHaveNoProblems(@TempDir Path home) throws IOException {
        Path resources = Files.createDirectories(home.resolve("resources"));
        try (Stream<Path> files = Files.list(HOW_TO.resolve("resources"))) {
            for (Path file : files.toList()) {
                Files.copy(file, resources.resolve(file.getFileName()));
            }
        }
        Path plugins = Files.createDirectories(home.resolve("plugins"));
        for (String module : List.of("plugins/auth-oauth", "plugins/namespace", "plugins/acl")) {
            install(module, plugins);
        }

        List<String> problems = Gatehouse.check(ConfigLoader.load(HOW_TO.resolve("gatehouse.yaml"), Map.of()), home);

        assertThat(problems).isEmpty();
    }

    /** auth-plain, and whatever else the example names. */
    private static void installPlugins(String example, Path folder) throws IOException {
        install("plugins/auth-plain", folder);
        installStores(example, folder);
        for (Map.Entry<String, String> module : MODULES.entrySet()) {
            boolean kinds = module.getKey().equals("acl") && example.contains("kind: Acl");
            if (kinds || example.contains("type: " + module.getKey())) {
                install(module.getValue(), folder);
            }
        }
    }

    // A store is named by another key than a type.
    private static void installStores(String example, Path folder) throws IOException {
        if (example.contains("store: kafka")) {
            install("plugins/store-kafka", folder);
        }
        if (example.contains("store: redis")) {
            install("plugins/user-mapping-redis", folder);
        }
    }

    private static void install(String module, Path folder) throws IOException {
        Path jar = TestGateway.jarOf(module);
        Path copy = Files.copy(jar, folder.resolve(jar.getFileName()));
        Files.setPosixFilePermissions(copy, PosixFilePermissions.fromString("rw-r--r--"));
    }
}
