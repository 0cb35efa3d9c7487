/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.gatehouse.kafka.junit.KafkaExtension;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import java.util.zip.ZipOutputStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclBindingFilter;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.errors.SecurityDisabledException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What operators do to authorization: Kafka's own tool, several gateways, modes, and a plugin whose code fails. */
class AclManagementIT {

    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final String INTERCEPTOR = """
            apiVersion: gatehouse/v1
            kind: Interceptor
            metadata: {name: acl}
            spec: {type: acl, priority: 500, scope: {%s}, config: {superUsers: ["User:admin"], mode: %s}}
            """;

    @RegisterExtension
    static final KafkaExtension kafka = KafkaExtension.shared(3);

    @TempDir
    private Path folder;

    private final String topic = "managed-" + UUID.randomUUID();

    private static TestGateway.Builder enforcing() {
        return TestGateway.inFrontOf(kafka.bootstrapServers())
                .accounts("admin", "alice", "bob")
                .plugin(TestGateway.jarOf("plugins/acl"))
                .resource("interceptor.yaml", INTERCEPTOR.formatted("all: true", "enforce"));
    }

    @Test
    void kafkaAclsWorksAsAgainstABroker() throws Exception {
        kafka.cluster().createTopic(topic, 1, 1);
        try (TestGateway gateway = enforcing().start();
                Admin alice = Admin.create(Clients.as(gateway.bootstrapServers(), "alice"))) {
            assertThatThrownBy(() -> describe(alice)).hasCauseInstanceOf(TopicAuthorizationException.class);
            String added = kafkaAcls(gateway, "admin", "--add", "--consumer", "--group", "readers");
            assertThat(added)
                    .contains(
                            "Adding ACLs for resource", "principal=User:alice", "operation=READ", "operation=DESCRIBE");
            assertThat(describe(alice)).isTrue();
            String listed = kafkaAcls(gateway, "admin", "--list");
            String refused = kafkaAcls(gateway, "bob", "--list");
            kafkaAcls(gateway, "admin", "--remove", "--force", "--consumer", "--group", "readers");

            assertThat(listed)
                    .contains(
                            "Current ACLs for resource",
                            "name=" + topic,
                            "principal=User:alice, host=*, operation=READ");
            assertThat(refused).contains("ClusterAuthorizationException");
            assertThatThrownBy(() -> describe(alice)).hasCauseInstanceOf(TopicAuthorizationException.class);
        }
    }

    /** Kafka's own tool as a process, with alice and the topic as its subject; what it printed. */
    private String kafkaAcls(TestGateway gateway, String user, String... arguments) throws Exception {
        StringBuilder config = new StringBuilder();
        Clients.as(gateway.bootstrapServers(), user)
                .forEach((key, value) ->
                        config.append(key).append('=').append(value).append('\n'));
        Path file = Files.writeString(folder.resolve(user + ".properties"), config);
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx128m",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                "org.apache.kafka.tools.AclCommand",
                "--bootstrap-server",
                gateway.bootstrapServers(),
                "--command-config",
                file.toString(),
                "--topic",
                topic));
        command.addAll(List.of(arguments));
        if (!command.contains("--list")) {
            command.addAll(List.of("--allow-principal", "User:alice"));
        }
        try (ClientProcess tool = ClientProcess.start(folder, command)) {
            assertThat(tool.endsWithin(PATIENCE)).as(tool.output()).isTrue();
            return tool.output();
        }
    }

    @Test
    void whatIsWrittenThroughOneGatewayCountsAtTheOthersThatShareTheStore() throws Exception {
        kafka.cluster().createTopic(topic, 1, 1);
        String store = """
                resources:
                  store: kafka
                  config: {topic: %s, properties: {bootstrap.servers: "%s"}}
                administration: [{type: http, port: %%d}]
                """.formatted("resources-of-" + topic, kafka.bootstrapServers());
        int port = FreePorts.take(1);
        try (TestGateway one = sharing(store.formatted(port)).start();
                TestGateway other = sharing(store.formatted(FreePorts.take(1))).start()) {
            AdminClient operator = AdminClient.of(port, one.home());
            for (String user : List.of("admin", "alice")) {
                assertThat(operator.put("Account", user, "{password: " + user + "}")
                                .status())
                        .isEqualTo(201);
            }
            assertThat(operator.put(
                                    "Interceptor",
                                    "acl",
                                    "{type: acl, priority: 500, scope: {all: true}, config: {superUsers: [\"User:admin\"]}}")
                            .status())
                    .isEqualTo(201);
            try (Admin admin = Admin.create(Clients.as(one.bootstrapServers(), "admin"));
                    Admin alice = Admin.create(Clients.as(other.bootstrapServers(), "alice"))) {
                await().atMost(PATIENCE)
                        .untilAsserted(() -> assertThatThrownBy(() -> describe(alice))
                                .hasCauseInstanceOf(TopicAuthorizationException.class));

                admin.createAcls(List.of(describing("alice"))).all().get(30, TimeUnit.SECONDS);
                await().atMost(PATIENCE).until(() -> describe(alice));

                admin.deleteAcls(List.of(describing("alice").toFilter())).all().get(30, TimeUnit.SECONDS);
                await().atMost(PATIENCE)
                        .untilAsserted(() -> assertThatThrownBy(() -> describe(alice))
                                .hasCauseInstanceOf(TopicAuthorizationException.class));
            }
        }
    }

    private static TestGateway.Builder sharing(String store) {
        return TestGateway.inFrontOf(kafka.bootstrapServers())
                .plugin(TestGateway.jarOf("plugins/auth-plain"))
                .plugin(TestGateway.jarOf("plugins/admin-http"))
                .plugin(TestGateway.jarOf("plugins/store-kafka"))
                .plugin(TestGateway.jarOf("plugins/acl"))
                .authentication("[{type: plain, cost: 4}]")
                .extra(store);
    }

    @Test
    void modesChangeForConnectedClients() throws Exception {
        kafka.cluster().createTopic(topic, 1, 1);
        try (TestGateway gateway = enforcing().start();
                CapturedLog audit = CapturedLog.of("kafka.authorizer.logger");
                Admin alice = Admin.create(Clients.as(gateway.bootstrapServers(), "alice"))) {
            assertThatThrownBy(() -> describe(alice)).hasCauseInstanceOf(TopicAuthorizationException.class);

            gateway.writeResources("interceptor.yaml", INTERCEPTOR.formatted("all: true", "audit"));
            await().atMost(PATIENCE).ignoreExceptions().until(() -> describe(alice));
            assertThat(audit.lines())
                    .anySatisfy(line -> assertThat(line)
                            .contains("User:alice is Denied operation = DESCRIBE", topic, "(mode audit: it passes)"));
            assertThatThrownBy(() ->
                            alice.describeAcls(AclBindingFilter.ANY).values().get(30, TimeUnit.SECONDS))
                    .hasMessageContaining("ClusterAuthorizationException");

            gateway.writeResources("interceptor.yaml", INTERCEPTOR.formatted("all: true", "passthrough"));
            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThatThrownBy(() -> alice.describeAcls(AclBindingFilter.ANY)
                                    .values()
                                    .get(30, TimeUnit.SECONDS))
                            .hasCauseInstanceOf(SecurityDisabledException.class)
                            .hasMessageContaining("No Authorizer is configured"));
            assertThat(describe(alice)).isTrue();

            gateway.writeResources("interceptor.yaml", INTERCEPTOR.formatted("all: true", "enforce"));
            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThatThrownBy(() -> describe(alice))
                            .hasCauseInstanceOf(TopicAuthorizationException.class));
        }
    }

    @Test
    void whileItsCodeThrowsNobodyInTheScopePassesAndOthersDo() throws Exception {
        whileItsCodeThrowsNobodyPasses("apis/TopicIds");
    }

    /** Missing when the interceptor is made, when a user subscribes, and when a request is decided. */
    @ParameterizedTest
    @Tag("full")
    @ValueSource(strings = {"AclInterceptor", "apis/ApiTable", "apis/TopicIds"})
    void whileItsCodeThrowsNobodyPasses(String missing) throws Exception {
        kafka.cluster().createTopic(topic, 1, 1);
        Path jar = without("io/gatehouse/plugins/acl/" + missing + ".class");
        try (TestGateway gateway = TestGateway.inFrontOf(kafka.bootstrapServers())
                        .accounts("alice", "bob")
                        .plugin(jar)
                        .resource("interceptor.yaml", INTERCEPTOR.formatted("username: alice", "enforce"))
                        .resource("binding.yaml", AclOracleIT.yaml("all", describing("alice")))
                        .start();
                Admin alice = Admin.create(impatient(gateway, "alice"));
                Admin bob = Admin.create(impatient(gateway, "bob"))) {
            assertThatThrownBy(() -> describe(alice)).isNotNull();
            assertThat(describe(bob)).isTrue();
        }
    }

    private static Map<String, Object> impatient(TestGateway gateway, String user) {
        Map<String, Object> config = Clients.as(gateway.bootstrapServers(), user);
        config.put("default.api.timeout.ms", 5_000);
        config.put("request.timeout.ms", 2_000);
        return config;
    }

    /** The plugin's jar, but for one class. */
    private Path without(String entry) throws IOException {
        Path jar = folder.resolve("gatehouse-acl.jar");
        boolean found = false;
        try (ZipInputStream in = new ZipInputStream(Files.newInputStream(TestGateway.jarOf("plugins/acl")));
                OutputStream file = Files.newOutputStream(jar);
                ZipOutputStream out = new ZipOutputStream(file)) {
            for (ZipEntry each = in.getNextEntry(); each != null; each = in.getNextEntry()) {
                if (each.getName().equals(entry)) {
                    found = true;
                    continue;
                }
                out.putNextEntry(new ZipEntry(each.getName()));
                in.transferTo(out);
                out.closeEntry();
            }
        }
        assertThat(found).as(entry).isTrue();
        return jar;
    }

    private boolean describe(Admin client) throws Exception {
        return client.describeTopics(List.of(topic))
                .allTopicNames()
                .get(30, TimeUnit.SECONDS)
                .containsKey(topic);
    }

    private AclBinding describing(String user) {
        return new AclBinding(
                new ResourcePattern(ResourceType.TOPIC, topic, PatternType.LITERAL),
                new AccessControlEntry("User:" + user, "*", AclOperation.DESCRIBE, AclPermissionType.ALLOW));
    }
}
