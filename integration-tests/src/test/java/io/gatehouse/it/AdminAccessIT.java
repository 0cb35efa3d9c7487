/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.it;

import static org.assertj.core.api.Assertions.assertThat;

import at.favre.lib.crypto.bcrypt.BCrypt;
import com.fasterxml.jackson.databind.JsonNode;
import io.gatehouse.it.AdminClient.Answer;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A stranger's look at the HTTP API: who gets in, and what for. */
class AdminAccessIT {

    private static TestGateway gateway;
    private static int port;
    private static AdminClient writer;
    private static AdminClient reader;

    @BeforeAll
    static void start() throws IOException {
        port = TestGateway.Builder.freePorts(1);
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
        int strict = TestGateway.Builder.freePorts(1);
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
