/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfigChangesTest {

    private static final String RUNS = """
            clusters:
              - {name: one, properties: {bootstrap.servers: "localhost:9092", ssl.key.password: secret}}
            listeners:
              - {name: apps, ports: [19092], route: {cluster: one}, authentication: [{type: plain}]}
              - {name: other, ports: [19192], route: {cluster: one}, authentication: [{type: plain}]}
            """;

    @TempDir
    private Path folder;

    private ConfigChanges to(String yaml) throws IOException {
        return ConfigChanges.between(load(RUNS), load(yaml));
    }

    private GatehouseConfig load(String yaml) throws IOException {
        return ConfigLoader.load(Files.writeString(folder.resolve("gatehouse.yaml"), yaml), Map.of())
                .config();
    }

    @Test
    void theSameFileAndAnotherOrderAreNoChange() throws IOException {
        String[] lines = RUNS.split("\\R");
        String turned = String.join("\n", lines[0], lines[1], lines[2], lines[4], lines[3]);

        assertThat(to(RUNS).sentences()).isEmpty();
        assertThat(to(turned)).isEqualTo(new ConfigChanges(List.of(), List.of(), false));
    }

    @Test
    void listenersAreComparedByTheirNamesAndSayWhichKeysHaveChanged() throws IOException {
        ConfigChanges changes = to(RUNS.replace("name: apps, ports: [19092]", "name: new, ports: [19092]")
                .replace("[19192], route", "[\"19192-19194\"], advertisedPort: 9192, route"));

        assertThat(changes.sentences())
                .containsExactly(
                        "listener apps: removed", "listener other: advertisedPort, ports", "listener new: added");
        assertThat(changes.impossible()).isEmpty();
        assertThat(changes.whoIsWho()).isFalse();
    }

    @Test
    void whoIsWhoChangesWithAuthenticationAndIdentity() throws IOException {
        assertThat(to(RUNS.replaceFirst("type: plain", "type: mtls")).whoIsWho())
                .isTrue();
        ConfigChanges identity = to(RUNS + "identity: {userMapping: {store: redis, config: {uri: x}}}\n");

        assertThat(identity.sentences()).containsExactly("identity.userMapping");
        assertThat(identity.whoIsWho()).isTrue();
    }

    @Test
    void aClusterCanBeAddedAndNeitherGoNorChange() throws IOException {
        String two = "clusters:\n  - {name: two, properties: {bootstrap.servers: \"localhost:9093\"}}";

        assertThat(to(RUNS.replace("clusters:", two)).sentences()).containsExactly("cluster two: added");
        assertThat(to(RUNS.replace("secret", "other-secret")).impossible())
                .extracting(Problem::toString)
                .containsExactly(
                        "clusters[0].properties: has changed (expected: as it runs, since it cannot change without a restart)");
        assertThat(to(RUNS.replace("name: one", "name: two").replace("cluster: one", "cluster: two"))
                        .impossible())
                .extracting(Problem::toString)
                .containsExactly(
                        "clusters: \"one\" is gone (expected: as it runs, since it cannot change without a restart)");
    }

    @Test
    void allThatIsReadAtStartAloneIsNamedByItsKey() throws IOException {
        ConfigChanges changes = to(RUNS + """
                limits: {connections.max.age: 1h, drainTimeout: 1s}
                plugins: {folder: elsewhere}
                management: {port: 9999}
                resources: {config: {path: elsewhere}}
                administration: [{type: http}]
                """);

        assertThat(changes.impossible())
                .extracting(Problem::path)
                .containsExactlyInAnyOrder(
                        "limits.connections.max.age",
                        "limits.drainTimeout",
                        "plugins.folder",
                        "management.port",
                        "resources.config");
        assertThat(changes.sentences()).containsExactly("administration");
    }
}
