/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.gatehouse.it.AdminClient.Answer;
import io.gatehouse.it.KindExamples.KindExample;
import io.gatehouse.kafka.raw.RawKafkaClient;
import io.gatehouse.kernel.operations.AuditLog;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The HTTP API of resources: what each kind answers, and that every refusal is a problem document. */
class AdminApiIT {

    private static final List<String> FRAGMENTS = List.of(
            "{",
            "}",
            "[",
            "]",
            ": ",
            ", ",
            "null",
            "~",
            "!!java.net.URL x",
            "*a",
            "&a ",
            "1e999",
            ".nan",
            "-0x7fffffffffffffff",
            "\"",
            "'",
            "\\u0000",
            "\n---\n",
            "? ",
            "${env:HOME}",
            "******",
            "true",
            "2026-11-29",
            "<<: {a: b}",
            "\t",
            "%TAG ! x\n");

    private static TestGateway gateway;
    private static AdminClient admin;
    private static int port;

    @TempDir
    private static Path jars;

    @BeforeAll
    static void start() throws IOException {
        port = FreePorts.take(1);
        gateway = TestGateway.inFrontOf("127.0.0.1:1")
                .accounts("alice")
                .authentication("[{type: plain, cost: 4, tokens: {issuer: gatehouse.it, keys: [{id: k, secret: \""
                        + Base64.getEncoder().encodeToString(new byte[32]) + "\"}]}}]")
                .plugins(KindExamples.plugins(jars))
                .extra("administration: [{type: http, port: " + port + "}]")
                .start();
        admin = AdminClient.of(port, gateway.home());
    }

    @AfterAll
    static void stop() {
        gateway.close();
    }

    static Stream<KindExample> kinds() {
        return KindExamples.all();
    }

    @Test
    void noKindIsForgotten() {
        List<String> registered = new ArrayList<>();
        admin.get("/api/v1/kinds")
                .body()
                .path("items")
                .forEach(kind -> registered.add(kind.path("name").asText()));

        assertThat(kinds().map(KindExample::kind)).containsExactlyInAnyOrderElementsOf(registered);
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void everyKindIsDryRunCreatedReadUpdatedAndDeleted(KindExample example) {
        String kind = example.kind();
        String spec = example.spec();
        String changed = example.changed();
        String path = "/api/v1/" + kind + "/crud";

        Answer dry =
                admin.send("PUT", path + "?dryRun=true", "application/yaml", AdminClient.document(kind, "crud", spec));
        assertThat(dry.status()).isEqualTo(200);
        assertThat(dry.result()).isEqualTo("created");
        assertThat(admin.get(path).status()).isEqualTo(404);

        Answer created = admin.put(kind, "crud", spec);
        assertThat(created.status()).isEqualTo(201);
        assertThat(created.result()).isEqualTo("created");

        Answer read = admin.get(path);
        assertThat(read.status()).isEqualTo(200);
        assertThat(read.etag()).isEqualTo(created.etag());
        assertThat(read.body().at("/status/problems")).isEmpty();
        assertThat(admin.put(path, read.body().toString()).result()).isEqualTo("unchanged");

        Answer updated = admin.put(kind, "crud", changed);
        assertThat(updated.status()).isEqualTo(200);
        assertThat(updated.result()).isEqualTo("updated");
        assertThat(updated.etag()).isNotEqualTo(created.etag());

        assertThat(admin.delete(path + "?dryRun=true").result()).isEqualTo("deleted");
        assertThat(admin.delete(path).result()).isEqualTo("deleted");
        assertThat(admin.delete(path).status()).isEqualTo(404);
    }

    @Test
    void anETagGuardsAgainstLostUpdates() {
        String path = "/api/v1/Group/guarded";
        String first = admin.with("If-None-Match", "*")
                .put("Group", "guarded", "{members: [a]}")
                .etag();

        assertThat(admin.with("If-None-Match", "*")
                        .put("Group", "guarded", "{members: [b]}")
                        .status())
                .isEqualTo(412);
        Answer second = admin.with("If-Match", first).put("Group", "guarded", "{members: [b]}");
        assertThat(second.result()).isEqualTo("updated");
        assertThat(admin.with("If-Match", first)
                        .put("Group", "guarded", "{members: [c]}")
                        .status())
                .isEqualTo(412);
        assertThat(admin.with("If-Match", first).delete(path).status()).isEqualTo(412);
        assertThat(admin.with("If-Match", "W/\"x\"").delete(path).status()).isEqualTo(400);
        assertThat(admin.with("If-Match", second.etag()).delete(path).result()).isEqualTo("deleted");
        assertThat(admin.with("If-Match", "*")
                        .put("Group", "guarded", "{members: [c]}")
                        .status())
                .isEqualTo(412);
    }

    @Test
    void whatOthersReferToIsNotDeletedAndTheReferrersAreNamed() {
        admin.put("VirtualCluster", "referred", "{cluster: local}");
        admin.put("UserMapping", "referrer", "{principal: referrer, virtualCluster: referred}");

        Answer refused = admin.delete("/api/v1/VirtualCluster/referred");

        assertThat(refused.status()).isEqualTo(409);
        assertThat(refused.errors())
                .singleElement()
                .asString()
                .startsWith("UserMapping/referrer spec.virtualCluster: \"referred\" is no virtual cluster");
        admin.delete("/api/v1/UserMapping/referrer");
        assertThat(admin.delete("/api/v1/VirtualCluster/referred").status()).isEqualTo(200);
    }

    @Test
    void listsArePagedAndSelectedByLabels() {
        for (int i = 0; i < 25; i++) {
            admin.send(
                    "PUT",
                    "/api/v1/Group/page-" + (100 + i),
                    "application/yaml",
                    "{apiVersion: gatehouse/v1, kind: Group, metadata: {name: page-" + (100 + i) + ", labels: {paged: x"
                            + i % 2 + "}}, spec: {members: [a]}}");
        }
        List<String> names = new ArrayList<>();
        String after = "";
        int pages = 0;
        do {
            Answer page = admin.get("/api/v1/Group?limit=10&after=" + after);
            page.body()
                    .path("items")
                    .forEach(item -> names.add(item.at("/metadata/name").asText()));
            after = page.body().path("next").asText("");
            pages++;
        } while (!after.isEmpty());

        assertThat(pages).isGreaterThanOrEqualTo(3);
        assertThat(names).isSorted().doesNotHaveDuplicates().hasSizeGreaterThanOrEqualTo(25);
        assertThat(admin.get("/api/v1/Group?selector=paged%3Dx1")
                        .body()
                        .path("total")
                        .asInt())
                .isEqualTo(12);
        assertThat(admin.get("/api/v1/Group?limit=0").status()).isEqualTo(400);
    }

    @Test
    void everyProblemOfAResourceIsNamedWithItsPath() {
        Answer refused = admin.put("VirtualCluster", "bad", "{clustr: local, clusterOperations: maybe}");

        assertThat(refused.status()).isEqualTo(422);
        assertThat(refused.errors()).hasSize(3).allMatch(error -> error.startsWith("VirtualCluster/bad spec."));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
                    application/json | {"apiVersion":                     | 400
                    application/json | {"a": 1, "a": 2}                   | 400
                    application/json | [1, 2]                             | 400
                    application/json | {"kind": "Group"} {}               | 400
                    application/json | ~~                                 | 400
                    application/yaml | {a: [                              | 400
                    application/yaml | {a: &x 1, b: *x}                   | 400
                    application/yaml | {kind: Group}                      | 422
                    text/plain       | {kind: Group}                      | 415
                    application/x-www-form-urlencoded | kind=Group        | 415
                    """)
    void aBodyThatIsNotAsItShouldBeIsAProblem(String type, String body, int status) {
        assertThat(admin.send("PUT", "/api/v1/Group/g", type, body).status()).isEqualTo(status);
    }

    @RepeatedTest(5)
    void aBodyOfTenMebibytesIsRefusedAndTheServerGoesOn() {
        assertThat(admin.put("/api/v1/Group/g", " ".repeat(10 << 20)).status()).isEqualTo(413);
        assertThat(admin.get("/api/v1/Group").status()).isEqualTo(200);
    }

    @Test
    void aBodyWithoutALengthIsRefusedAsSoonAsItIsTooLarge() throws IOException {
        try (Socket socket = new Socket("127.0.0.1", port)) {
            socket.setSoTimeout(20_000);
            OutputStream out = socket.getOutputStream();
            out.write(
                    ("PUT /api/v1/Group/g HTTP/1.1\r\nHost: x\r\nContent-Type: application/yaml\r\nTransfer-Encoding: chunked\r\n"
                                    + "Authorization: " + admin.authorization() + "\r\n\r\na00000\r\n")
                            .getBytes(StandardCharsets.US_ASCII));
            out.write(new byte[(4 << 20) + 200_000]);
            out.flush();

            String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

            assertThat(answer).startsWith("HTTP/1.1 413").contains("urn:gatehouse:problem:too-large");
        }
    }

    @Test
    void whatFitsIntoTheLimitIsReadAlsoAsYaml() {
        String members = "a, ".repeat(1_200_000) + "b";

        assertThat(admin.put("Group", "large", "{membrs: [" + members + "]}").status())
                .isEqualTo(422);
    }

    @ParameterizedTest
    @ValueSource(strings = {"application/json", "application/yaml"})
    void deepNestingIsAProblem(String type) {
        assertThat(admin.send("PUT", "/api/v1/Group/g", type, "[".repeat(5_000)).status())
                .isEqualTo(400);
    }

    /** The answer is held to the document, which has no 500 and no page. */
    @ParameterizedTest
    @MethodSource("kinds")
    void whateverIsCutOutOfABodyOrPutIntoItIsAProblemOrGood(KindExample example) {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        String good = AdminClient.document(example.kind(), "fuzz", example.spec());
        for (int i = 0; i < 60; i++) {
            String body = mutated(good, random);

            Answer answer =
                    admin.send("PUT", "/api/v1/" + example.kind() + "/fuzz?dryRun=true", "application/yaml", body);

            assertThat(answer.status()).as("seed %d: %s", seed, body).isIn(200, 400, 422);
        }
    }

    private static String mutated(String text, Random random) {
        StringBuilder mutated = new StringBuilder(text);
        for (int change = 0; change <= random.nextInt(3); change++) {
            int at = random.nextInt(mutated.length());
            switch (random.nextInt(3)) {
                case 0 -> mutated.delete(at, Math.min(mutated.length(), at + 1 + random.nextInt(8)));
                case 1 -> mutated.insert(at, FRAGMENTS.get(random.nextInt(FRAGMENTS.size())));
                default -> mutated.setCharAt(at, (char) (1 + random.nextInt(0x2ff)));
            }
        }
        return mutated.toString();
    }

    @Test
    void unknownKindsPathsMethodsAndParametersAreProblems() {
        assertThat(admin.get("/api/v1/Nothing").status()).isEqualTo(404);
        assertThat(admin.put("Nothing", "n", "{}").status()).isEqualTo(404);
        assertThat(admin.get("/api/v1/Group/a/b").status()).isEqualTo(404);
        assertThat(admin.get("/api/v1/nothing").status()).isEqualTo(404);
        assertThat(admin.get("/else").status()).isEqualTo(404);
        Answer posted = admin.send("POST", "/api/v1/Group/g", "application/json", "{}");
        assertThat(posted.status()).isEqualTo(405);
        assertThat(posted.headers().get("allow")).containsExactly("GET, PUT, DELETE");
        assertThat(admin.send("PUT", "/api/v1/Group/g?dryrun=true", "application/json", "{}")
                        .status())
                .isEqualTo(400);
        for (String parameters : List.of(
                "dryRun=yes",
                "dryRun=",
                "dryRun",
                "dryRun=false&dryRun=true",
                "dryRun=%zz",
                "%ff=1",
                "dryRun=true&x")) {
            assertThat(admin.sendRaw("PUT", "/api/v1/Group/g?" + parameters))
                    .as(parameters)
                    .contains("HTTP/1.1 400", "urn:gatehouse:problem:bad-request");
        }
    }

    @Test
    void whatIsNoHttpIsAProblemDocumentAndNoPage() throws IOException {
        for (String request : List.of(
                "GARBAGE\r\n\r\n",
                "GET /api/v1/Group HTTP/1.1\r\n\r\n",
                "GET /api/v1/%00 HTTP/1.1\r\nHost: x\r\n\r\n",
                "GET /" + "a".repeat(20_000) + " HTTP/1.1\r\nHost: x\r\n\r\n",
                "GET /api/v1/Group/%2e%2e%2fx HTTP/1.1\r\nHost: x\r\n\r\n")) {
            try (Socket socket = new Socket("127.0.0.1", port)) {
                socket.setSoTimeout(5_000);
                OutputStream out = socket.getOutputStream();
                out.write(request.replace("\r\n\r\n", "\r\nConnection: close\r\n\r\n")
                        .getBytes(StandardCharsets.US_ASCII));
                out.flush();
                String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
                assertThat(answer).as("%.30s", request).startsWith("HTTP/1.1 4");
                assertThat(answer).as("%.30s", request).contains("urn:gatehouse:problem:");
                assertThat(answer)
                        .doesNotContain("<html")
                        .doesNotContain("Jetty")
                        .doesNotContain("\tat ");
            }
        }
    }

    @Test
    void secretsNeverComeBack() {
        Answer put = admin.put("Account", "secretive", "{password: swordfish-4711}");
        Answer one = admin.get("/api/v1/Account/secretive");
        Answer all = admin.get("/api/v1/Account");

        assertThat(one.body().at("/spec/password").asText()).isEqualTo("******");
        for (Answer answer : List.of(put, one, all)) {
            assertThat(answer.body().toString()).doesNotContain("swordfish").doesNotContain("$2b$");
        }
        assertThat(gateway.home().resolve("resources/Account/secretive.yaml"))
                .content()
                .contains("$2b$")
                .doesNotContain("swordfish");
    }

    /** Wherever an operator looks: answers to what is wrong, lists, explanations and the audit log. */
    @Test
    void noSecretComesBackFromWhatIsWrongEither() {
        try (CapturedLog log = CapturedLog.of(AuditLog.LOGGER)) {
            List<Answer> answers = new ArrayList<>();
            for (String spec : List.of(
                    "{password: swordfish-4712, membr: 1}",
                    "{password: [swordfish-4712]}",
                    "{password: {a: swordfish-4712}}",
                    "{passwrd: swordfish-4712}",
                    "{scram: {SCRAM-SHA-256: swordfish-4712}}",
                    "{scram: swordfish-4712}",
                    "{password: \"$2b$10$swordfish-4712\"}",
                    "{password: swordfish-4712, enabled: maybe}",
                    "{password: swordfish-4712}",
                    "{password: swordfish-4712, enabled: false}")) {
                answers.add(admin.put("Account", "wrong", spec));
            }
            answers.add(
                    admin.put(
                            "VirtualCluster",
                            "secrets",
                            "{cluster: local, authentication: [{type: plain, tokens: {issuer: i, keys: [{id: k, secret: swordfish-4712}]}}]}"));
            answers.add(admin.get("/api/v1/problems"));
            answers.add(admin.get("/api/v1/Account?limit=1000"));
            answers.add(admin.get("/api/v1/explain?principal=wrong"));
            answers.add(admin.delete("/api/v1/Account/wrong"));

            assertThat(answers)
                    .allSatisfy(answer -> assertThat(answer.body().toString())
                            .doesNotContain("swordfish")
                            .doesNotContainPattern("stored_key=[A-Za-z0-9+/]"));
            assertThat(log.lines())
                    .anyMatch(line -> line.contains("\"wrong\""))
                    .noneMatch(line -> line.contains("swordfish"));
        }
    }

    @Test
    void everyChangeIsAnAuditEventWithWhoWhatBeforeAndAfter() throws IOException {
        try (CapturedLog log = CapturedLog.of(AuditLog.LOGGER)) {
            admin.send(
                    "PUT",
                    "/api/v1/Account/audited?dryRun=true",
                    "application/yaml",
                    AdminClient.document("Account", "audited", "{}"));
            admin.put("Account", "audited", "{password: swordfish}");
            admin.put("Account", "audited", "{password: swordfish}");
            admin.put("Account", "audited", "{password: swordfish, enabled: false}");
            admin.delete("/api/v1/Account/audited");

            List<JsonNode> events = new ArrayList<>();
            for (String line : log.lines()) {
                JsonNode event = new ObjectMapper().readTree(line);
                if (event.path("name").asText().equals("audited")) {
                    events.add(event);
                }
            }
            assertThat(events)
                    .extracting(event -> event.path("outcome").asText())
                    .containsExactly("created", "updated", "deleted");
            assertThat(events).allSatisfy(event -> {
                assertThat(event.path("event").asText()).isEqualTo("resource");
                assertThat(event.path("actor").asText()).isEqualTo("admin");
                assertThat(event.path("kind").asText()).isEqualTo("Account");
            });
            assertThat(events.get(0).path("before").isMissingNode()
                            || events.get(0).path("before").isNull())
                    .isTrue();
            assertThat(events.get(1).at("/before/spec/enabled").asBoolean(true)).isTrue();
            assertThat(events.get(1).at("/after/spec/enabled").asBoolean(true)).isFalse();
            assertThat(events.get(1).at("/before/spec/password").asText()).isEqualTo("******");
            assertThat(events.get(2).at("/before/metadata/name").asText()).isEqualTo("audited");
        }
    }

    @Test
    void theGeneratedPasswordIsItsOwnersAlone() throws IOException {
        assertThat(Files.getPosixFilePermissions(gateway.home().resolve("data/admin-credentials")))
                .isEqualTo(PosixFilePermissions.fromString("rw-------"));
    }

    @Test
    void theDocumentHasEveryRegisteredKindAndPluginsKindsToo() {
        Set<String> paths = new TreeSet<>();
        admin.openApi().path("paths").fieldNames().forEachRemaining(paths::add);

        assertThat(admin.openApi().path("openapi").asText()).isEqualTo("3.1.0");
        assertThat(paths).contains("/api/v1/Account", "/api/v1/Account/{name}", "/api/v1/UserMapping/{name}");
        assertThat(admin.openApi()
                        .at("/components/schemas/Account/properties/spec/properties/password/format")
                        .asText())
                .isEqualTo("password");
    }

    @Test
    void pluginsHealthKindsAndProblemsAreShown() {
        List<String> plugins = new ArrayList<>();
        admin.get("/api/v1/plugins")
                .body()
                .path("items")
                .forEach(plugin -> plugins.add(plugin.path("id").asText()));
        List<String> kinds = new ArrayList<>();
        admin.get("/api/v1/kinds")
                .body()
                .path("items")
                .forEach(kind -> kinds.add(kind.path("name").asText()));
        JsonNode health = admin.get("/api/v1/health").body();

        assertThat(plugins).containsExactlyInAnyOrder("auth-plain", "records", "acl", "admin-http", "greetings");
        assertThat(kinds).contains("Account", "Group", "Interceptor", "UserMapping", "VirtualCluster");
        assertThat(health.path("ready").asBoolean()).isFalse();
        assertThat(health.at("/checks/cluster local").asText()).contains("127.0.0.1:1");
        assertThat(admin.get("/api/v1/problems").status()).isEqualTo(200);
        assertThat(admin.send("POST", "/api/v1/plugins/rescan", null, null).status())
                .isEqualTo(200);
    }

    @Test
    void aTokenThatWasIssuedLogsItsUserIn() throws IOException {
        admin.put("Account", "tokened", "{tokens: {notBefore: \"2020-01-01T00:00:00Z\"}}");
        String path = "/api/v1/users/tokened/tokens";

        Answer issued = admin.send("POST", path, "application/json", "{\"lifetime\": \"1h\"}");

        assertThat(issued.status()).isEqualTo(201);
        try (RawKafkaClient client = RawRequests.connect(gateway)) {
            assertThat(client.saslPlain("tokened", issued.body().path("token").asText())
                            .errorCode())
                    .isZero();
        }
        assertThat(admin.send("POST", path, "application/json", "{\"lifetime\": \"soon\"}")
                        .status())
                .isEqualTo(422);
        assertThat(admin.send("POST", path + "?authentication=no", "application/json", "{\"lifetime\": \"1h\"}")
                        .status())
                .isEqualTo(404);
        assertThat(admin.send("POST", "/api/v1/users/nobody/tokens", "application/json", "{\"lifetime\": \"1h\"}")
                        .status())
                .isEqualTo(404);
    }
}
