/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.gatehouse.it.AdminClient.Answer;
import io.gatehouse.kafka.raw.RawKafkaClient;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The HTTP API of resources: what each kind answers, and that every refusal is a problem document. */
class AdminApiIT {

    private static TestGateway gateway;
    private static AdminClient admin;
    private static int port;

    @BeforeAll
    static void start() throws IOException {
        port = TestGateway.Builder.freePorts(1);
        gateway = TestGateway.inFrontOf("127.0.0.1:1")
                .accounts("alice")
                .authentication("[{type: plain, cost: 4, tokens: {issuer: gatehouse.it, keys: [{id: k, secret: \""
                        + Base64.getEncoder().encodeToString(new byte[32]) + "\"}]}}]")
                .plugin(TestGateway.jarOf("plugins/records"))
                .plugin(TestGateway.jarOf("plugins/admin-http"))
                .extra("administration: [{type: http, port: " + port + "}]")
                .start();
        admin = AdminClient.of(port, gateway.home());
    }

    @AfterAll
    static void stop() {
        gateway.close();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    VirtualCluster | {cluster: local}                          | {cluster: local, clusterOperations: allow}
                    UserMapping    | {principal: p1}                           | {principal: p1, username: u, groups: [g]}
                    Group          | {members: [ann]}                          | {members: [ann, bob]}
                    Account        | {password: swordfish}                     | {password: swordfish, enabled: false}
                    Interceptor    | {type: records, scope: {all: true}, config: {fetch: [{removeHeaders: [x]}]}} | {type: records, scope: {all: true}, config: {fetch: [{removeHeaders: [y]}]}}
                    """)
    void everyKindIsDryRunCreatedReadUpdatedAndDeleted(String kind, String spec, String changed) {
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

    @Test
    void aBodyOfTenMebibytesIsRefusedAndTheServerGoesOn() {
        assertThat(admin.put("/api/v1/Group/g", " ".repeat(10 << 20)).status()).isEqualTo(413);
        assertThat(admin.get("/api/v1/Group").status()).isEqualTo(200);
    }

    @Test
    void deepNestingIsAProblem() {
        assertThat(admin.put("/api/v1/Group/g", "[".repeat(5_000)).status()).isEqualTo(400);
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
        assertThat(admin.send("PUT", "/api/v1/Group/g?dryRun=yes", "application/json", "{}")
                        .status())
                .isEqualTo(400);
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

        assertThat(plugins).containsExactlyInAnyOrder("auth-plain", "records", "admin-http");
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
