/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gatehouse.kafka.junit.KafkaExtension;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.errors.SaslAuthenticationException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * One case of each row of {@code ResolutionTableTest} (kernel), with a Kafka client that logs in by password or token, and the gateway's own word
 * on whom it takes it for.
 *
 * <p>Clients are called by what is said about them: the mapping of their principal ({@code absent}, {@code bare} for one without a virtual
 * cluster, {@code deny}, or its virtual cluster), a dot, and the virtual cluster of their account or token.
 */
class ResolutionRowsIT {

    private static final List<String> MAPPINGS = List.of("absent", "bare", "deny", "team-a", "team-b", "passthrough");
    private static final List<String> AUTHENTICATIONS = List.of("none", "team-a", "team-b");

    @RegisterExtension
    static final KafkaExtension kafka = KafkaExtension.shared(3);

    private static TestIdentityProvider provider;
    private static final Map<String, TestGateway> GATEWAYS = new HashMap<>();

    @BeforeAll
    static void start() {
        provider = new TestIdentityProvider();
        String open = "{cluster: local}";
        GATEWAYS.put("open", describe(open).start());
        GATEWAYS.put("closed", describe("{cluster: local, passthrough: false}").start());
        GATEWAYS.put("team-a", describe("{virtualCluster: team-a}").start());
        GATEWAYS.put(
                "mandatory",
                describe(open)
                        .extra("identity: {mandatoryVirtualCluster: true}")
                        .start());
        GATEWAYS.put(
                "environment",
                describe(open)
                        .environment(Map.of("GATEWAY_FEATURE_FLAGS_MANDATORY_VCLUSTER", "true"))
                        .start());
    }

    private static TestGateway.Builder describe(String route) {
        return TestGateway.inFrontOf(kafka.bootstrapServers())
                .plugin(TestGateway.jarOf("plugins/auth-plain"))
                .plugin(TestGateway.jarOf("plugins/auth-oauth"))
                .authentication(
                        "[{type: plain, cost: 4, sharedPrincipals: true}, {type: oauth, sharedPrincipals: true, jwksUrl: \""
                                + provider.jwksUrl() + "\", issuer: \"" + provider.issuer()
                                + "\", audiences: [kafka], groupsClaim: groups, virtualClusters: ['*']}]")
                .route(route)
                .resource("who.yaml", resources());
    }

    private static String resources() {
        StringBuilder yaml = new StringBuilder("""
                {apiVersion: gatehouse/v1, kind: VirtualCluster, metadata: {name: team-a}, spec: {cluster: local}}
                ---
                {apiVersion: gatehouse/v1, kind: VirtualCluster, metadata: {name: team-b}, spec: {cluster: local}}
                ---
                apiVersion: gatehouse/v1
                kind: Group
                metadata: {name: listed}
                spec: {members: [absent.none, mapped-team-b.team-a]}
                """);
        for (String mapping : MAPPINGS) {
            for (String authentication : AUTHENTICATIONS) {
                String name = mapping + "." + authentication;
                yaml.append(
                        "---\n{apiVersion: gatehouse/v1, kind: Account, metadata: {name: %s}, spec: {password: %s%s}}\n"
                                .formatted(
                                        name,
                                        name,
                                        authentication.equals("none") ? "" : ", virtualCluster: " + authentication));
                String says =
                        switch (mapping) {
                            case "absent" -> "";
                            case "deny" -> "deny: true";
                            case "bare" -> "username: mapped-%s, groups: [mapped]".formatted(name);
                            default ->
                                "username: mapped-%s, groups: [mapped], virtualCluster: %s".formatted(name, mapping);
                        };
                if (!says.isEmpty()) {
                    yaml.append(
                            "---\n{apiVersion: gatehouse/v1, kind: UserMapping, metadata: {name: %s}, spec: {principal: %s, %s}}\n"
                                    .formatted(name, name, says));
                }
            }
        }
        return yaml.toString();
    }

    @AfterAll
    static void stop() {
        GATEWAYS.values().forEach(TestGateway::close);
        provider.close();
    }

    @ParameterizedTest(name = "{0}: {2} by {1} is {3}")
    @CsvSource(delimiter = '|', textBlock = """
            open        | PLAIN | deny.team-a        | refused     |                    |
            team-a      | PLAIN | team-b.none        | refused     |                    |
            team-a      | PLAIN | passthrough.none   | refused     |                    |
            team-a      | TOKEN | absent.team-b      | refused     |                    |
            team-a      | PLAIN | absent.none        | team-a      | absent.none        | [listed]
            team-a      | TOKEN | team-a.team-a      | team-a      | mapped-team-a.team-a | [claimed, mapped]
            open        | PLAIN | team-a.none        | team-a      | mapped-team-a.none | [mapped]
            open        | TOKEN | team-b.team-a      | team-b      | mapped-team-b.team-a | [claimed, listed, mapped]
            open        | PLAIN | passthrough.team-a | passthrough | mapped-passthrough.team-a | [mapped]
            open        | PLAIN | absent.team-a      | team-a      | absent.team-a      | []
            open        | TOKEN | absent.team-b      | team-b      | absent.team-b      | [claimed]
            open        | TOKEN | bare.team-a        | team-a      | mapped-bare.team-a | [claimed, mapped]
            open        | PLAIN | bare.team-b        | team-b      | mapped-bare.team-b | [mapped]
            mandatory   | PLAIN | absent.none        | refused     |                    |
            mandatory   | TOKEN | bare.none          | refused     |                    |
            mandatory   | TOKEN | absent.team-a      | team-a      | absent.team-a      | [claimed]
            mandatory   | PLAIN | passthrough.none   | passthrough | mapped-passthrough.none | [mapped]
            environment | PLAIN | absent.none        | refused     |                    |
            environment | TOKEN | bare.none          | refused     |                    |
            environment | PLAIN | team-b.none        | team-b      | mapped-team-b.none | [mapped]
            open        | TOKEN | absent.none        | passthrough | absent.none        | [claimed, listed]
            open        | PLAIN | bare.none          | passthrough | mapped-bare.none   | [mapped]
            closed      | PLAIN | absent.none        | refused     |                    |
            closed      | TOKEN | bare.none          | refused     |                    |
            closed      | PLAIN | absent.team-b      | team-b      | absent.team-b      | []
            """)
    void aClientIsTheUserThatItsRowSays(
            String gateway, String method, String client, String outcome, String username, String groups)
            throws Exception {
        try (CapturedLog log = CapturedLog.of("io.gatehouse.kernel.client.Login");
                Admin admin = Admin.create(config(GATEWAYS.get(gateway), method, client))) {
            if (outcome.equals("refused")) {
                assertThatThrownBy(() -> admin.describeCluster().clusterId().get(20, TimeUnit.SECONDS))
                        .cause()
                        .isInstanceOf(SaslAuthenticationException.class)
                        .hasMessageContaining("not admitted");
                assertThat(log.lines())
                        .isNotEmpty()
                        .allSatisfy(line -> assertThat(line)
                                .startsWith("authentication refused")
                                .contains(", principal " + client + ", reason: "));
                return;
            }
            String realId = kafka.cluster().clusterId();
            assertThat(admin.describeCluster().clusterId().get(20, TimeUnit.SECONDS))
                    .isEqualTo(outcome.equals("passthrough") ? realId : outcome + "@" + realId);
            String user = "User{username=%s, virtualCluster=%s, principal=%s, groups=%s, method=%s}"
                    .formatted(username, outcome, client, groups, method.equals("PLAIN") ? "PLAIN" : "OAUTHBEARER");
            assertThat(log.lines())
                    .isNotEmpty()
                    .allSatisfy(line -> assertThat(line)
                            .startsWith("authentication success")
                            .contains(user));
        }
    }

    private static Map<String, Object> config(TestGateway gateway, String method, String client) {
        if (method.equals("PLAIN")) {
            return Clients.as(gateway.bootstrapServers(), client);
        }
        String virtualCluster = client.substring(client.indexOf('.') + 1);
        Map<String, Object> claims = new HashMap<>(Map.of("groups", List.of("claimed")));
        if (!virtualCluster.equals("none")) {
            claims.put("gateway.vcluster", virtualCluster);
        }
        provider.extraClaims(claims);
        Map<String, Object> config = new HashMap<>(provider.client(client, client));
        config.put("bootstrap.servers", gateway.bootstrapServers());
        return config;
    }
}
