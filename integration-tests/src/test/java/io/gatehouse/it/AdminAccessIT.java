/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.it;

import static org.assertj.core.api.Assertions.assertThat;

import at.favre.lib.crypto.bcrypt.BCrypt;
import com.fasterxml.jackson.databind.JsonNode;
import io.gatehouse.it.AdminClient.Answer;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A stranger's look at the HTTP API: who gets in, and what for. */
class AdminAccessIT {

    private static final HttpClient HTTP = HttpClient.newHttpClient();

    private static TestGateway gateway;
    private static int port;
    private static AdminClient writer;
    private static AdminClient reader;

    @BeforeAll
    static void start() throws IOException {
        port = FreePorts.take(1);
        gateway = TestGateway.inFrontOf("127.0.0.1:1")
                .accounts("alice")
                .plugin(TestGateway.jarOf("plugins/admin-http"))
                .extra("""
                        administration:
                          - type: http
                            port: %d
                            failuresPerMinute: 1000
                            users:
                              - {name: writer, passwordHash: "%s", role: read-write}
                              - {name: reader, passwordHash: "%s"}
                        """.formatted(port, hash("writer-password"), hash("reader-password")))
                .start();
        writer = new AdminClient(port, AdminClient.basic("writer", "writer-password"));
        reader = new AdminClient(port, AdminClient.basic("reader", "reader-password"));
    }

    @AfterAll
    static void stop() {
        gateway.close();
    }

    private static String hash(String password) {
        return BCrypt.withDefaults().hashToString(4, password.toCharArray());
    }

    /** Every operation of the OpenAPI document, as method and path. */
    private static List<String[]> operations() {
        List<String[]> operations = new ArrayList<>();
        JsonNode paths = reader.openApi().path("paths");
        paths.fieldNames()
                .forEachRemaining(path -> paths.get(path)
                        .fieldNames()
                        .forEachRemaining(method -> operations.add(
                                new String[] {method.toUpperCase(Locale.ROOT), path.replaceAll("\\{[a-z]+}", "x")})));
        return operations;
    }

    @Test
    void nothingButTheDocumentIsAnsweredWithoutCredentials() {
        for (String wrong : new String[] {
            null,
            "Basic",
            "Basic !!!",
            AdminClient.basic("writer", ""),
            AdminClient.basic("writer", "reader-password"),
            AdminClient.basic("nobody", "x"),
            AdminClient.basic("admin", "admin"),
            "Bearer x.y.z"
        }) {
            AdminClient stranger = new AdminClient(port, wrong);
            for (String[] operation : operations()) {
                Answer answer = stranger.send(operation[0], operation[1], "application/json", "{}");
                assertThat(answer.status())
                        .as("%s %s with %s", operation[0], operation[1], wrong)
                        .isEqualTo(401);
                assertThat(answer.headers()).containsKey("www-authenticate");
            }
        }
        assertThat(gateway.home().resolve("data/admin-credentials")).doesNotExist();
    }

    /** Else a client would send its next request on a connection that ends. */
    @Test
    void whoIsRefusedBeforeTheBodyHasComeIsToldThatTheConnectionEnds() throws IOException {
        try (Socket socket = new Socket("127.0.0.1", port)) {
            socket.setSoTimeout(10_000);
            String head = "PUT /api/v1/Group/g HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n";
            BufferedReader in =
                    new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII));

            socket.getOutputStream().write((head + "{}").getBytes(StandardCharsets.US_ASCII));
            List<String> withBody = headOfAnswer(in);
            socket.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
            List<String> withoutBody = headOfAnswer(in);

            assertThat(withBody).startsWith("HTTP/1.1 401 Unauthorized").doesNotContain("Connection: close");
            assertThat(withoutBody).startsWith("HTTP/1.1 401 Unauthorized").contains("Connection: close");
        }
    }

    /** Reads a whole answer. */
    private static List<String> headOfAnswer(BufferedReader in) throws IOException {
        List<String> head = new ArrayList<>();
        int length = 0;
        for (String line = in.readLine(); line != null && !line.isEmpty(); line = in.readLine()) {
            head.add(line);
            if (line.startsWith("Content-Length: ")) {
                length = Integer.parseInt(line.substring("Content-Length: ".length()));
            }
        }
        assertThat(in.skip(length)).isEqualTo(length);
        return head;
    }

    @Test
    void noOtherMethodOrPathIsAnsweredWithoutCredentialsOrWritesForAReader() throws Exception {
        Set<String> paths =
                new LinkedHashSet<>(List.of("/", "/index.html", "/metrics", "/api/v1", "/api/v1/", "/api/v2/Group"));
        operations().forEach(operation -> paths.add(operation[1]));
        for (String path : paths) {
            for (String method :
                    List.of("GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE", "PROPFIND", "MOVE")) {
                boolean reads = method.equals("GET") || method.equals("HEAD");

                assertThat(status(method, path, null)).as("%s %s", method, path).isEqualTo(401);
                assertThat(status(method, path, AdminClient.basic("reader", "reader-password")))
                        .as("%s %s by the reader", method, path)
                        .isIn(reads ? List.of(200, 400, 404, 405) : List.of(403, 404));
            }
        }
        assertThat(status("POST", "/api/v1/openapi.json", null)).isEqualTo(401);
    }

    private static int status(String method, String path, String authorization) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                .method(method, HttpRequest.BodyPublishers.noBody());
        if (authorization != null) {
            request.header("Authorization", authorization);
        }
        return HTTP.send(request.build(), HttpResponse.BodyHandlers.discarding())
                .statusCode();
    }

    /** The kernel's own port has nothing but what monitoring needs, and that has no secrets. */
    @Test
    void theManagementPortAnswersHealthAndMetricsAlone() {
        for (String path : List.of("/health/live", "/health/ready", "/metrics")) {
            HttpResponse<String> answer = gateway.management(path);
            assertThat(answer.statusCode()).as(path).isIn(200, 503);
            assertThat(answer.body()).doesNotContain("password").doesNotContain("$2a$");
        }
        for (String path : List.of("/", "/api/v1/Group", "/health", "/config", "/env", "/heapdump")) {
            assertThat(gateway.management(path).statusCode()).as(path).isEqualTo(404);
        }
    }

    @Test
    void aReadOnlyUserReadsEverywhereAndWritesNowhere() {
        for (String[] operation : operations()) {
            Answer answer = reader.send(operation[0], operation[1], "application/json", "{}");
            if (operation[0].equals("GET")) {
                assertThat(answer.status()).as(operation[1]).isIn(200, 400, 404);
            } else {
                assertThat(answer.status())
                        .as("%s %s", operation[0], operation[1])
                        .isEqualTo(403);
            }
        }
        assertThat(writer.put("Group", "by-writer", "{members: [a]}").status()).isEqualTo(201);
    }

    @Test
    void aRequestThatAnotherSitesPageSendsIsRefused() {
        assertThat(writer.with("Origin", "https://evil.example")
                        .get("/api/v1/Group")
                        .status())
                .isEqualTo(403);
        assertThat(writer.with("Origin", "null").get("/api/v1/Group").status()).isEqualTo(403);
    }

    @Test
    void whoFailsTooOftenIsNotEvenAsked() throws IOException {
        int strict = FreePorts.take(1);
        try (TestGateway limited = TestGateway.inFrontOf("127.0.0.1:1")
                .accounts("alice")
                .plugin(TestGateway.jarOf("plugins/admin-http"))
                .extra("administration: [{type: http, port: " + strict + ", failuresPerMinute: 3}]")
                .start()) {
            AdminClient stranger = new AdminClient(strict, AdminClient.basic("admin", "guess"));
            List<Integer> statuses = new ArrayList<>();
            for (int i = 0; i < 5; i++) {
                statuses.add(stranger.get("/api/v1/Group").status());
            }

            assertThat(statuses).containsExactly(401, 401, 401, 429, 429);
            assertThat(AdminClient.of(strict, limited.home())
                            .get("/api/v1/Group")
                            .status())
                    .isEqualTo(429);
        }
    }
}
