/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** An operator of the HTTP API. Every answer is held to the OpenAPI document, and no failure may be anything but a problem document. */
final class AdminClient {

    private static final ObjectMapper JSON = new ObjectMapper();

    private final HttpClient http = HttpClient.newHttpClient();
    private final String root;
    private final String authorization;
    private final Map<String, String> headers = new LinkedHashMap<>();
    private JsonNode remembered;

    AdminClient(int port, String authorization) {
        this.root = "http://127.0.0.1:" + port;
        this.authorization = authorization;
    }

    /** With the user that the first start has made. */
    static AdminClient of(int port, Path home) {
        try {
            List<String> lines = Files.readAllLines(home.resolve("data/admin-credentials"));
            return new AdminClient(port, basic("admin", lines.get(1).substring("password=".length())));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static String basic(String user, String password) {
        return "Basic " + Base64.getEncoder().encodeToString((user + ":" + password).getBytes(StandardCharsets.UTF_8));
    }

    /** The same with a header in each request. */
    AdminClient with(String header, String value) {
        AdminClient other = new AdminClient(URI.create(root).getPort(), authorization);
        other.headers.putAll(headers);
        other.headers.put(header, value);
        return other;
    }

    /** An answer. */
    record Answer(int status, JsonNode body, Map<String, List<String>> headers) {
        String etag() {
            return headers.get("etag").get(0);
        }

        String result() {
            return body.path("result").asText();
        }

        /** The errors of a problem, as {@code path: message}. */
        List<String> errors() {
            List<String> errors = new java.util.ArrayList<>();
            body.path("errors")
                    .forEach(error -> errors.add(error.path("kind").asText() + "/"
                            + error.path("name").asText() + " "
                            + error.path("path").asText() + ": "
                            + error.path("message").asText()));
            return errors;
        }
    }

    Answer get(String path) {
        return send("GET", path, null, null);
    }

    Answer delete(String path) {
        return send("DELETE", path, null, null);
    }

    Answer put(String path, String body) {
        return send("PUT", path, "application/json", body);
    }

    Answer put(String kind, String name, String spec) {
        return send("PUT", "/api/v1/" + kind + "/" + name, "application/yaml", document(kind, name, spec));
    }

    static String document(String kind, String name, String spec) {
        return "{apiVersion: gatehouse/v1, kind: " + kind + ", metadata: {name: " + name + "}, spec: " + spec + "}";
    }

    Answer send(String method, String path, String contentType, String body) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(root + path))
                .method(
                        method,
                        body == null ? HttpRequest.BodyPublishers.noBody() : HttpRequest.BodyPublishers.ofString(body));
        if (contentType != null) {
            request.header("Content-Type", contentType);
        }
        if (authorization != null) {
            request.header("Authorization", authorization);
        }
        headers.forEach(request::header);
        try {
            HttpResponse<String> response = http.send(request.build(), HttpResponse.BodyHandlers.ofString());
            String type = response.headers().firstValue("content-type").orElse("");
            assertThat(type).isEqualTo(response.statusCode() < 400 ? "application/json" : "application/problem+json");
            JsonNode tree = JSON.readTree(response.body());
            if (!path.equals("/api/v1/openapi.json")) {
                String bare = path.split("\\?")[0];
                assertThat(new OpenApiCheck(rememberedOpenApi())
                                .problems(method, bare, response.statusCode(), type, tree))
                        .as("%s %s: %s", method, path, response.body())
                        .isEmpty();
            }
            return new Answer(response.statusCode(), tree, response.headers().map());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    String authorization() {
        return authorization;
    }

    /** Without a client that would write the path in another way; the head and the body. */
    String sendRaw(String method, String path) {
        try (Socket socket = new Socket("127.0.0.1", URI.create(root).getPort())) {
            socket.setSoTimeout(10_000);
            socket.getOutputStream()
                    .write((method + " " + path
                                    + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: application/json\r\n"
                                    + "Content-Length: 2\r\nAuthorization: " + authorization + "\r\n\r\n{}")
                            .getBytes(StandardCharsets.US_ASCII));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private JsonNode rememberedOpenApi() {
        if (remembered == null) {
            remembered = openApi();
        }
        return remembered;
    }

    JsonNode openApi() {
        try {
            HttpRequest request = HttpRequest.newBuilder(URI.create(root + "/api/v1/openapi.json"))
                    .build();
            return JSON.readTree(
                    http.send(request, HttpResponse.BodyHandlers.ofString()).body());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
