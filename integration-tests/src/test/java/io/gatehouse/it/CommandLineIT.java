/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.it.CommandLineRun.Outcome;
import io.gatehouse.it.KindExamples.KindExample;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The command line against a gateway: what it prints, and its exit codes. */
class CommandLineIT {

    private static final String TEAM = """
            apiVersion: gatehouse/v1
            kind: UserMapping
            metadata: {name: cli-mapping, labels: {owner: cli}}
            spec: {principal: cli, virtualCluster: cli-team, groups: [cli-group]}
            ---
            apiVersion: gatehouse/v1
            kind: VirtualCluster
            metadata: {name: cli-team, labels: {owner: cli}}
            spec: {cluster: local}
            ---
            apiVersion: gatehouse/v1
            kind: Account
            metadata: {name: cli, labels: {owner: cli}}
            spec: {password: swordfish}
            """;

    private static TestGateway gateway;
    private static int port;

    @TempDir
    private static Path jars;

    @TempDir
    private Path folder;

    @BeforeAll
    static void start() throws IOException {
        port = FreePorts.take(1);
        gateway = TestGateway.inFrontOf("127.0.0.1:1")
                .accounts("alice")
                .plugins(KindExamples.plugins(jars))
                .extra("administration: [{type: http, port: " + port + "}]")
                .start();
    }

    @AfterAll
    static void stop() {
        gateway.close();
    }

    private static Outcome gatehouse(String... arguments) {
        List<String> all = new ArrayList<>(List.of(arguments));
        all.addAll(List.of(
                "--url",
                "http://127.0.0.1:" + port,
                "--password-file",
                gateway.home().resolve("data/admin-credentials").toString()));
        return CommandLineRun.of(all);
    }

    private static Outcome run(String... arguments) {
        return CommandLineRun.of(List.of(arguments));
    }

    static Stream<KindExample> kinds() {
        return KindExamples.all();
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void everyKindIsDryRunAppliedDiffedReadChangedAndDeleted(KindExample example) throws IOException {
        String kind = example.kind();
        String name = kind + "/cli-crud";
        String file = folder.resolve("one.yaml").toString();
        Files.writeString(Path.of(file), AdminClient.document(kind, "cli-crud", example.spec()));

        assertThat(gatehouse("apply", "-f", file, "--dry-run"))
                .isEqualTo(new Outcome(0, name + " created (dry run)\n", ""));
        assertThat(gatehouse("get", kind, "cli-crud").exitCode()).isEqualTo(1);
        assertThat(gatehouse("diff", "-f", file)).isEqualTo(new Outcome(3, "+ " + name + "\n", ""));
        assertThat(gatehouse("apply", "-f", file)).isEqualTo(new Outcome(0, name + " created\n", ""));
        assertThat(gatehouse("apply", "-f", file)).isEqualTo(new Outcome(0, name + " unchanged\n", ""));
        assertThat(gatehouse("diff", "-f", file)).isEqualTo(new Outcome(0, "", ""));
        assertThat(gatehouse("get", kind.toLowerCase(Locale.ROOT) + "s").output())
                .contains("cli-crud");
        assertThat(gatehouse("get", kind, "cli-crud", "-o", "json").output()).contains("\"cli-crud\"");

        Outcome read = gatehouse("get", kind, "cli-crud", "-o", "yaml");
        Files.writeString(Path.of(file), read.output());
        assertThat(gatehouse("apply", "-f", file))
                .as(read.output())
                .isEqualTo(new Outcome(0, name + " unchanged\n", ""));

        Files.writeString(Path.of(file), AdminClient.document(kind, "cli-crud", example.changed()));
        assertThat(gatehouse("diff", "-f", file).output()).startsWith("~ " + name + "\n    spec.");
        assertThat(gatehouse("apply", "-f", file)).isEqualTo(new Outcome(0, name + " updated\n", ""));
        assertThat(gatehouse("delete", kind, "cli-crud", "--dry-run"))
                .isEqualTo(new Outcome(0, name + " deleted (dry run)\n", ""));
        assertThat(gatehouse("delete", "-f", file)).isEqualTo(new Outcome(0, name + " deleted\n", ""));
        assertThat(gatehouse("delete", kind, "cli-crud").exitCode()).isEqualTo(1);
    }

    /** Every line with the command in the documentation is one that it takes. */
    @Test
    void theCommandsOfTheDocumentationAreCommands() throws IOException {
        List<String> lines = new ArrayList<>();
        try (Stream<Path> pages = Files.list(Path.of("../docs"))) {
            for (Path page : pages.filter(Files::isRegularFile).toList()) {
                Files.readAllLines(page).stream()
                        .filter(line -> line.startsWith("bin/gatehouse "))
                        .map(line -> line.replaceAll("\\s+[#>] .*", "").substring("bin/gatehouse ".length()))
                        .forEach(lines::add);
            }
        }

        assertThat(lines).hasSizeGreaterThan(10).allSatisfy(line -> {
            List<String> arguments = new ArrayList<>(List.of(line.split(" +")));
            arguments.add("--not-an-option");
            assertThat(CommandLineRun.of(arguments).errors())
                    .as(line)
                    .contains("Unknown option: '--not-an-option'")
                    .doesNotContain("Unknown options");
        });
    }

    @Test
    void aReloadSaysWhatHasChangedOrWhyNothingHas() {
        assertThat(gatehouse("reload")).isEqualTo(new Outcome(0, "nothing has changed\n", ""));

        gateway.editConfig(text -> text.replace("ports: [", "prots: ["));
        Outcome refused = gatehouse("reload");
        gateway.editConfig(text -> text.replace("prots: [", "ports: ["));

        assertThat(refused.exitCode()).isEqualTo(1);
        assertThat(refused.errors())
                .contains("what ran before goes on", "listeners[0].prots: unknown key (did you mean `ports`?)");
    }

    @Test
    void whatFilesSayIsDiffedAppliedReadAgainAndPruned() throws IOException {
        Path files = Files.createDirectories(folder.resolve("files"));
        Files.writeString(files.resolve("team.yaml"), TEAM);

        assertThat(gatehouse("diff", "-f", files.toString()))
                .isEqualTo(new Outcome(3, "+ VirtualCluster/cli-team\n+ Account/cli\n+ UserMapping/cli-mapping\n", ""));
        assertThat(gatehouse("apply", "-f", files.toString(), "--dry-run").output())
                .contains("UserMapping/cli-mapping created (dry run)");
        assertThat(gatehouse("apply", "-f", files.toString()))
                .isEqualTo(new Outcome(
                        0,
                        "VirtualCluster/cli-team created\nAccount/cli created\nUserMapping/cli-mapping created\n",
                        ""));
        assertThat(gatehouse("diff", "-f", files.toString()).output()).doesNotContain("UserMapping");

        Outcome read = gatehouse("get", "usermapping", "cli-mapping", "-o", "yaml");
        assertThat(read.output()).contains("principal: cli", "owner: cli");
        Files.writeString(
                files.resolve("team.yaml"), read.output().replace("groups:\n  - cli-group", "groups:\n  - other"));
        assertThat(gatehouse("diff", "-f", files.toString()))
                .isEqualTo(new Outcome(
                        3, "~ UserMapping/cli-mapping\n    spec.groups: [\"cli-group\"] -> [\"other\"]\n", ""));
        assertThat(gatehouse("apply", "-f", files.toString(), "--prune", "-l", "owner=cli")
                        .errors())
                .as("the mapping still needs its virtual cluster")
                .contains("UserMapping/cli-mapping spec.virtualCluster: \"cli-team\" is no virtual cluster");

        Files.writeString(files.resolve("team.yaml"), read.output().replace("virtualCluster: cli-team", "deny: true"));
        assertThat(gatehouse("apply", "-f", files.toString(), "--prune", "-l", "owner=cli"))
                .isEqualTo(new Outcome(
                        0,
                        "UserMapping/cli-mapping updated\nAccount/cli deleted\nVirtualCluster/cli-team deleted\n",
                        ""));
        assertThat(gatehouse("delete", "UserMapping", "cli-mapping").output())
                .isEqualTo("UserMapping/cli-mapping deleted\n");
    }

    @Test
    void theSameFileWorksInTheResourcesFolder() throws IOException {
        Path file = Files.writeString(
                folder.resolve("one.yaml"), AdminClient.document("Group", "both-ways", "{members: [a]}"));
        gatehouse("apply", "-f", file.toString());

        assertThat(gateway.home().resolve("resources/Group/both-ways.yaml")).exists();
        assertThat(gatehouse("get", "groups").output()).contains("both-ways", "Group/both-ways.yaml");
        assertThat(gatehouse("get", "group", "both-ways", "-o", "json").output())
                .contains("\"members\" : [ \"a\" ]");
    }

    @Test
    void aRefusalNamesEveryProblemAndNothingOfItIsDone() throws IOException {
        Path file = Files.writeString(
                folder.resolve("bad.yaml"),
                AdminClient.document("Group", "fine", "{members: [a]}") + "\n---\n"
                        + AdminClient.document("Group", "wrong", "{membrs: [a]}"));

        Outcome refused = gatehouse("apply", "-f", file.toString());

        assertThat(refused.exitCode()).isEqualTo(1);
        assertThat(refused.errors())
                .contains("Group/wrong spec.members: missing", "Group/wrong spec.membrs: unknown key");
        assertThat(gatehouse("get", "group", "fine").exitCode()).isEqualTo(1);
    }

    @Test
    void explainSaysWhoSomebodyIs() {
        Outcome admitted = gatehouse("explain", "alice");
        Outcome refused = gatehouse("explain", "mallory");

        assertThat(admitted.exitCode()).isZero();
        assertThat(admitted.output()).contains("username         alice", "passthrough of cluster local");
        assertThat(refused.exitCode()).isEqualTo(1);
        assertThat(refused.output()).startsWith("REFUSED: ");
    }

    @Test
    void exitCodesTellARefusalFromAGatewayThatIsAway() {
        assertThat(gatehouse("get", "nothing").exitCode()).isEqualTo(1);
        assertThat(gatehouse("connections").output()).startsWith("ID  USERNAME");
        assertThat(gatehouse("token", "alice").errors()).contains("no authentication entry issues tokens");
        assertThat(run("get", "group", "--url", "http://127.0.0.1:1").exitCode())
                .isEqualTo(2);
        assertThat(run("get", "group", "--url", "http://127.0.0.1:" + port).errors())
                .contains("no credentials");
        assertThat(gatehouse("apply").exitCode()).isEqualTo(1);
    }

    @Test
    void credentialsNeverGoOverPlainHttpToAnotherMachine() {
        Outcome refused = run(
                "get",
                "group",
                "--url",
                "http://192.0.2.1:9191",
                "--password-file",
                gateway.home().resolve("data/admin-credentials").toString());

        assertThat(refused.exitCode()).isEqualTo(1);
        assertThat(refused.errors()).contains("would show the password");
    }

    @Test
    void completionIsAScriptThatBashReads() throws IOException, InterruptedException {
        Path script = Files.writeString(
                folder.resolve("completion"), run("completion", "bash").output());

        assertThat(new ProcessBuilder("bash", "-n", script.toString()).start().waitFor())
                .isZero();
        assertThat(script).content().contains("--dry-run");
        assertThat(run("completion", "zsh").output()).startsWith("autoload -U +X bashcompinit");
    }
}
