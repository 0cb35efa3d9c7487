/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.gatehouse.spi.config.DataSize;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ConfigLoaderTest {

    private static final String CLUSTERS = """
            clusters:
              - name: local
                properties: {bootstrap.servers: "localhost:9092"}
            """;

    @TempDir
    Path folder;

    private LoadedConfig load(String yaml, Map<String, String> environment) {
        try {
            return ConfigLoader.load(Files.writeString(folder.resolve("gatehouse.yaml"), yaml), environment);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private List<String> problems(String yaml) {
        return problems(yaml, Map.of());
    }

    private List<String> problems(String yaml, Map<String, String> environment) {
        ConfigException exception = catchThrowableOfType(ConfigException.class, () -> load(yaml, environment));
        assertThat(exception).as("a refusal").isNotNull();
        return exception.problems().stream().map(Problem::toString).toList();
    }

    private static String listener(String keys) {
        return CLUSTERS + "listeners:\n  - {" + keys + "}\n";
    }

    @Test
    void theFileOfTheDesignIsLoaded() {
        GatehouseConfig config = load("""
                clusters:
                  - name: local
                    allowAnonymous: false
                    properties: {bootstrap.servers: "localhost:9092"}
                listeners:
                  - name: apps
                    addresses: [127.0.0.1]
                    ports: ["19092-19192"]
                    advertisedHost: localhost
                    minNodeId: 0
                    route: {cluster: local, passthrough: true}
                    authentication: [{type: plain}]
                identity: {mandatoryVirtualCluster: false, userMapping: {store: resources}}
                resources: {store: file, config: {path: resources}}
                plugins: {folder: plugins, required: []}
                management: {address: 127.0.0.1, port: 9190}
                """, Map.of()).config();

        ListenerConfig listener = config.listeners().get(0);
        assertThat(listener.ports()).containsExactly(new PortRange(19092, 19192));
        assertThat(listener.hostToAdvertise()).isEqualTo("localhost");
        assertThat(listener.portToAdvertise(19093)).isEqualTo(19093);
        assertThat(listener.route().allowsPassthrough()).isTrue();
        assertThat(listener.authentication().get(0).name()).isEqualTo("plain");
        assertThat(config.clusters().get(0).bootstrapServers()).isEqualTo("localhost:9092");
        assertThat(config.resources().config()).containsEntry("path", "resources");
    }

    @Test
    void defaultsAreTheDesigns() {
        GatehouseConfig config = load(
                        listener("name: a, ports: [1000, 1002-1003], advertisedPort: 2000, route: {cluster: local},"
                                + " authentication: [{type: plain, rounds: 10}]"),
                        Map.of())
                .config();

        assertThat(config.limits())
                .isEqualTo(new LimitsConfig(
                        DataSize.parse("512KiB"),
                        DataSize.parse("100MiB"),
                        Optional.empty(),
                        Duration.ofMinutes(10),
                        Duration.ZERO,
                        Duration.ZERO,
                        Duration.ofMillis(100),
                        Duration.ofSeconds(30),
                        Duration.ofSeconds(30),
                        Duration.ofSeconds(30),
                        Duration.ofSeconds(10)));
        assertThat(config.management().port()).isEqualTo(9190);
        assertThat(config.plugins().folder()).isEqualTo(Path.of("plugins"));
        assertThat(config.resources().store()).isEqualTo("file");
        assertThat(config.identity().userMapping().store()).isEqualTo("resources");
        ListenerConfig listener = config.listeners().get(0);
        assertThat(listener.portToAdvertise(1003)).isEqualTo(2003);
        assertThat(listener.hostToAdvertise()).isEqualTo("127.0.0.1");
        assertThat(listener.authentication().get(0).config()).isEqualTo(Map.of("rounds", 10));
    }

    @Test
    void limitsHaveKafkasNames() {
        GatehouseConfig config = load(
                        listener("name: a, ports: [1000], route: {cluster: local}, authentication: [{type: plain}]")
                                + """
                        limits:
                          sasl.server.max.receive.size: 1MiB
                          socket.request.max.bytes: 1048576
                          queued.max.request.bytes: 64MiB
                          connections.max.idle.ms: 540000
                          connection.failed.authentication.delay.ms: 0
                        """,
                        Map.of())
                .config();

        assertThat(config.limits().socketRequestMaxBytes().bytes()).isEqualTo(1 << 20);
        assertThat(config.limits().queuedMaxRequestBytes()).contains(DataSize.parse("64MiB"));
        assertThat(config.limits().connectionsMaxIdle()).isEqualTo(Duration.ofMinutes(9));
        assertThat(config.limits().connectionFailedAuthenticationDelay()).isZero();
    }

    @Test
    void allProblemsAreReportedAtOnce() {
        assertThat(problems("""
                clusters:
                  - name: local
                    proprties: {}
                listeners:
                  - name: apps
                    ports: ["19092-19192", 70000]
                    route: {cluster: local, virtualCluster: a}
                    authentication: []
                management: {port: 99999}
                limits: {socket.request.max.byte: 1, drainTimeout: soon}
                """))
                .containsExactly(
                        "clusters[0].properties: missing (expected: an object)",
                        "clusters[0].proprties: unknown key (did you mean `properties`?)",
                        "listeners[0].ports[1]: 70000 (expected: 1-65535)",
                        "listeners[0].route: both cluster and virtualCluster (expected: {cluster: <name>},"
                                + " {virtualCluster: <name>} or {sni: {suffix: <suffix>}})",
                        "management.port: 99999 (expected: 0-65535)",
                        "limits.drainTimeout: \"soon\" (expected: a duration such as 500ms, 30s, 10m, 1h or 7d)",
                        "limits.socket.request.max.byte: unknown key (did you mean `socket.request.max.bytes`?)");
    }

    @ParameterizedTest
    @ValueSource(strings = {"localhost", "localhost:", "a:1,b", "a:1,", "a:0", "a:65536", ":9092", "a b:1", "::1:9092"})
    void aBootstrapServerThatIsNoHostAndPortIsNamed(String servers) {
        assertThat(problems(withBootstrapServers(servers)))
                .containsExactly("clusters[0].properties.bootstrap.servers: \"" + servers
                        + "\" (expected: host:port such as localhost:9092, parted by commas)");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"localhost:9092", "a:1, b:65535", "[::1]:9092", "10.0.0.1:9092", "PLAINTEXT://kafka_1.local:9092"
            })
    void whatKafkasClientsTakeAsBootstrapServersIsTaken(String servers) {
        assertThat(load(withBootstrapServers(servers), Map.of()).config().clusters())
                .singleElement()
                .returns(servers, ClusterConfig::bootstrapServers);
    }

    private static String withBootstrapServers(String servers) {
        return """
                clusters:
                  - {name: local, properties: {bootstrap.servers: "%s"}}
                listeners:
                  - {name: apps, ports: [1000-1010], route: {cluster: local}, authentication: [{type: plain}]}
                """.formatted(servers);
    }

    @Test
    void whatPartsSayOfEachOtherMustFit() {
        assertThat(problems("""
                clusters:
                  - {name: local, properties: {bootstrap.servers: "a:1"}}
                  - {name: local, properties: {bootstrap.servers: "b:1"}}
                listeners:
                  - {name: one, ports: [1000-1010], route: {cluster: locl}, authentication: [{type: plain}]}
                  - name: one
                    addresses: [0.0.0.0]
                    advertisedHost: gateway
                    ports: [1005, 2000]
                    route: {cluster: local}
                    authentication: [{type: anonymous}, {type: plain}, {type: plain}]
                  - {name: other, addresses: [10.0.0.1], ports: [1000], route: {virtualCluster: a}, authentication: [{type: x}]}
                management: {port: 2000}
                """))
                .containsExactly(
                        "clusters[1].name: \"local\" (expected: a name of its own, as clusters[0] has it)",
                        "listeners[1].name: \"one\" (expected: a name of its own, as listeners[0] has it)",
                        "listeners[0].route.cluster: \"locl\" is no cluster (did you mean `local`?)",
                        "listeners[1].authentication[0]: anonymous (expected: allowAnonymous: true on cluster local)",
                        "listeners[1].authentication[2].name: \"plain\" (expected: a name of its own, as"
                                + " listeners[1].authentication[1] has it)",
                        "listeners[1].ports[0]: 1005 on 0.0.0.0 (expected: other ports than listeners[0] \"one\", which has"
                                + " 1000-1010)",
                        "management.port: 2000 (expected: another port than those of listener \"one\")");
    }

    @Test
    void entriesThatCanYieldTheSamePrincipalMustBeToldApart() {
        String head = "name: a, ports: [1000], route: {cluster: local}, authentication: [{type: plain";

        assertThat(problems(listener(head + "}, {type: oauth}]")))
                .containsExactly("listeners[0].authentication[1]: \"oauth\" can yield the same principals as"
                        + " listeners[0].authentication[0] \"plain\" (expected: another principalPrefix, or"
                        + " sharedPrincipals: true on both)");
        assertThat(problems(listener(head + ", sharedPrincipals: true}, {type: oauth}]")))
                .hasSize(1);
        load(listener(head + ", sharedPrincipals: true}, {type: oauth, sharedPrincipals: true}]"), Map.of());
        LoadedConfig loaded = load(listener(head + "}, {type: oauth, principalPrefix: 'oauth:'}]"), Map.of());
        List<AuthenticationEntry> entries = loaded.config().listeners().get(0).authentication();
        assertThat(entries.get(0).foreignPrefixes(entries)).containsExactly("oauth:");
        assertThat(entries.get(1).foreignPrefixes(entries)).isEmpty();
    }

    @Test
    void oneListenerIsCheckedByItself() {
        String tail = ", route: {cluster: local}, authentication: [{type: plain}]";

        assertThat(problems(listener("name: a, ports: []" + tail)))
                .containsExactly(
                        "listeners[0].ports: empty (expected: at least one port or range such as 19092-19192)");
        assertThat(problems(listener("name: a, ports: [9-5]" + tail)))
                .containsExactly("listeners[0].ports[0]: 9-5 (expected: a range that is not empty, such as 5-9)");
        assertThat(problems(listener("name: a, ports: [10-20, 15]" + tail)))
                .containsExactly("listeners[0].ports[1]: 15 (expected: ports above 20, as ports ascend)");
        assertThat(problems(listener("name: a, addresses: ['::'], ports: [10]" + tail)))
                .containsExactly(
                        "listeners[0].advertisedHost: missing (expected: a host name that clients can resolve, as ::"
                                + " is none)");
        assertThat(problems(listener("name: a, ports: [10-20], advertisedPort: 65530" + tail)))
                .containsExactly(
                        "listeners[0].advertisedPort: 65530 (expected: 1-65525, so that all ports shift to 1-65535)");
        assertThat(problems(listener("name: passthrough, ports: [10]" + tail)))
                .containsExactly(
                        "listeners[0].name: \"passthrough\" (expected: another name, as this one is reserved)");
        assertThat(problems(listener("name: a, ports: [10], route: {virtualCluster: v, passthrough: true},"
                        + " authentication: [{type: plain}]")))
                .containsExactly("listeners[0].route.passthrough: true (expected: left out, as virtualCluster v is for"
                        + " everybody)");
        assertThat(problems(listener("name: a, ports: [10], route: {cluster: local}, authentication: []")))
                .containsExactly(
                        "listeners[0].authentication: empty (expected: at least one entry such as {type: plain})");
    }

    @Test
    void aListenerThatRoutesByHostNamesIsLoaded() {
        ListenerConfig listener = load(
                        listener("name: a, addresses: ['0.0.0.0'], ports: [9093], advertisedPort: 443,"
                                + " route: {sni: {suffix: .kafka.example.org, form: shared}}, tls: {ssl.keystore.location: a},"
                                + " certificates: [{ssl.keystore.type: PEM, ssl.keystore.location: b}],"
                                + " proxyProtocol: {trusted: [10.0.0.0/8]}, authentication: [{type: plain}]"),
                        Map.of())
                .config()
                .listeners()
                .get(0);

        assertThat(listener.route().sni())
                .contains(new SniConfig(".kafka.example.org", SniConfig.Form.SHARED, Optional.empty()));
        assertThat(listener.portToAdvertise(9093)).isEqualTo(443);
        assertThat(listener.certificates())
                .singleElement()
                .returns(
                        Map.of("ssl.keystore.type", "PEM", "ssl.keystore.location", "b"),
                        CertificateConfig::properties);
        assertThat(listener.proxyProtocol().orElseThrow().trusted()).containsExactly(Cidr.parse("10.0.0.0/8"));
    }

    @Test
    void whatDoesNotFitHostNamesIsNamed() {
        String tls = ", tls: {ssl.keystore.location: a}, authentication: [{type: plain}]";
        String sni = "name: a, ports: [10], route: {sni: {suffix: .kafka.org}}";

        assertThat(problems(listener(sni + ", authentication: [{type: plain}]")))
                .containsExactly(
                        "listeners[0].tls: missing (expected: ssl.keystore.location and more, as route.sni reads"
                                + " the TLS handshake)");
        assertThat(problems(listener(sni + ", advertisedHost: gateway" + tls)))
                .containsExactly(
                        "listeners[0].advertisedHost: \"gateway\" (expected: left out, as route.sni says what hosts"
                                + " are called)");
        assertThat(problems(listener(sni + ", minNodeId: 1" + tls)))
                .containsExactly(
                        "listeners[0].minNodeId: 1 (expected: left out, as route.sni has names for all nodes)");
        assertThat(problems(listener(sni + ", advertisedPort: 70000" + tls)))
                .containsExactly("listeners[0].advertisedPort: 70000 (expected: 1-65535)");
        assertThat(problems(listener("name: a, ports: [10], route: {sni: {suffix: kafka.org}}" + tls)))
                .containsExactly(
                        "listeners[0].route.sni.suffix: \"kafka.org\" (expected: a dot and the end of a host name"
                                + " in small letters, such as .kafka.example.org)");
        assertThat(problems(listener("name: a, ports: [10], route: {virtualCluster: v, sni: {suffix: .org}}" + tls)))
                .containsExactly("listeners[0].route.virtualCluster: \"v\" (expected: left out, as sni finds it by its"
                        + " label)");
        assertThat(problems(listener("name: a, ports: [10], route: {sni: {suffix: .org, clusterLabel: c}}" + tls)))
                .containsExactly("listeners[0].route.sni.clusterLabel: \"c\" (expected: with a cluster beside sni)");
        assertThat(problems(listener(
                        "name: a, ports: [10], route: {cluster: local, sni: {suffix: .org, clusterLabel: C_}}" + tls)))
                .containsExactly(
                        "listeners[0].route.sni.clusterLabel: \"C_\" (expected: 1 to 45 small letters, digits or"
                                + " dashes, no dash first or last)");
        assertThat(problems(listener(
                        "name: a, ports: [10], route: {cluster: local, passthrough: false, sni: {suffix: .org}}"
                                + tls)))
                .containsExactly(
                        "listeners[0].route.passthrough: false (expected: left out without sni.clusterLabel, as only"
                                + " that leads to no virtual cluster)");
    }

    @Test
    void moreCertificatesNeedTlsAndAKeyAndLoadBalancersNeedAnAddress() {
        String head = "name: a, ports: [10], route: {cluster: local}, authentication: [{type: plain}]";

        assertThat(problems(listener(head + ", certificates: [{ssl.keystore.location: b}]")))
                .containsExactly(
                        "listeners[0].certificates: without tls (expected: with tls, which has the certificate of"
                                + " all other names)");
        assertThat(problems(
                        listener(head + ", tls: {ssl.keystore.location: a}, certificates: [{ssl.keystore.type: PEM}]")))
                .containsExactly(
                        "listeners[0].certificates[0]: neither ssl.keystore.location nor ssl.keystore.key (expected:"
                                + " one of them)");
        assertThat(problems(
                        listener(head + ", tls: {ssl.keystore.location: a}, certificates: [{ssl.client.auth: none}]")))
                .singleElement()
                .asString()
                .startsWith(
                        "listeners[0].certificates[0].ssl.client.auth: unknown key (expected: one of ssl.keystore.");
        assertThat(problems(listener(head + ", proxyProtocol: {trusted: []}")))
                .containsExactly("listeners[0].proxyProtocol.trusted: empty (expected: addresses or networks of load"
                        + " balancers such as 10.0.0.0/8)");
        assertThat(problems(listener(head + ", proxyProtocol: {trusted: [balancer]}")))
                .containsExactly(
                        "listeners[0].proxyProtocol.trusted[0]: \"balancer\" (expected: an address or network such"
                                + " as 10.0.0.0/8, 192.0.2.7 or 2001:db8::/32)");
    }

    @Test
    void theEnvironmentMakesVirtualClustersMandatory() {
        String yaml = listener("name: a, ports: [1000], route: {cluster: local}, authentication: [{type: plain}]");

        assertThat(load(yaml, Map.of(ConfigLoader.MANDATORY_FLAG, "true"))
                        .config()
                        .identity()
                        .mandatoryVirtualCluster())
                .isTrue();
        assertThat(load(yaml, Map.of(ConfigLoader.MANDATORY_FLAG, "false"))
                        .config()
                        .identity()
                        .mandatoryVirtualCluster())
                .isFalse();
        assertThat(load(
                                yaml + "identity: {mandatoryVirtualCluster: true}",
                                Map.of(ConfigLoader.MANDATORY_FLAG, "false"))
                        .config()
                        .identity()
                        .mandatoryVirtualCluster())
                .isTrue();
        assertThat(problems(yaml, Map.of(ConfigLoader.MANDATORY_FLAG, "yes")))
                .containsExactly(
                        "environment variable GATEWAY_FEATURE_FLAGS_MANDATORY_VCLUSTER: \"yes\" (expected: true or"
                                + " false)");
    }

    @Test
    void aFileThatIsNotThereOrNotYamlIsNamed() {
        ConfigException missing = catchThrowableOfType(
                ConfigException.class, () -> ConfigLoader.load(folder.resolve("absent.yaml"), Map.of()));

        assertThat(missing)
                .hasMessage(folder.resolve("absent.yaml")
                        + " has a problem:\n  no such file (expected: a YAML file that can be read)");
        assertThat(problems("")).containsExactly("empty (expected: clusters and listeners at least)");
        assertThat(problems("a: [")).singleElement().asString().startsWith("line ");
        assertThat(problems("clusters: []\nlisteners: []\nclusters: []\n"))
                .contains("clusters: written again in line 3 (expected: once)");
    }

    @Test
    void theEffectiveConfigurationShowsDefaultsAndNoSecret() {
        String effective = load("""
                clusters:
                  - name: local
                    properties:
                      bootstrap.servers: ${env:SERVERS}
                      sasl.jaas.config: hunter2
                      ssl.keystore.key: hunter2
                      ssl.truststore.password: ${env:HIDDEN}
                      retries: 3
                listeners:
                  - name: a
                    ports: [1000-1003]
                    route: {cluster: local}
                    tls: {ssl.keystore.location: a}
                    certificates: [{ssl.keystore.location: b, ssl.keystore.password: hunter2}, {ssl.keystore.key: hunter2}]
                    authentication: [{type: oauth, client: hunter2, url: "${env:HIDDEN}", more: "hunter2${env:HIDDEN}"}]
                """, Map.of("SERVERS", "hunter2:9092", "HIDDEN", "hunter2"))
                .effective();

        assertThat(effective)
                .doesNotContain("hunter2")
                .contains("bootstrap.servers: \"${env:SERVERS}\"")
                .contains("sasl.jaas.config: '******'")
                .contains("retries: 3")
                .contains("- 1000-1003")
                .contains("url: \"${env:HIDDEN}\"")
                .contains("socket.request.max.bytes: 100MiB")
                .contains("connection.failed.authentication.delay.ms: 100ms");
    }

    @Test
    void aMissingPlaceholderIsReportedOnceAlongWithOtherProblems() {
        assertThat(problems(listener("name: '${env:ABSENT}', ports: [0], route: {cluster: local},"
                        + " authentication: [{type: plain}]")))
                .containsExactly(
                        "listeners[0].name: ${env:ABSENT} (expected: environment variable ABSENT to be set)",
                        "listeners[0].ports[0]: 0 (expected: 1-65535)");
    }
}
