/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.net.URLEncoder;
import java.net.UnknownHostException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * A gateway's HTTP API. Certificates and host names are always verified, and credentials never go over plain HTTP to another machine.
 * Refusals are {@link CommandException}s that say what the problem document says.
 */
final class ApiClient {

    static final ObjectMapper JSON = new ObjectMapper();

    private static final Duration CONNECT = Duration.ofSeconds(10);
    private static final Duration ANSWER = Duration.ofSeconds(90);
    private static final int PAGE = 1_000;

    private final String root;
    private final @Nullable String authorization;
    private final HttpClient http;

    ApiClient(String url, @Nullable String authorization, Tls tls) {
        this.root = url.replaceAll("/+$", "") + "/api/v1/";
        this.authorization = authorization;
        URI uri = uri(root);
        if (authorization != null && !"https".equals(uri.getScheme()) && !isLoopback(url)) {
            throw new CommandException(
                    CommandException.REFUSED,
                    "url: " + url + " would show the password or token to the network (expected: an https URL)");
        }
        HttpClient.Builder builder = HttpClient.newBuilder().connectTimeout(CONNECT);
        if (tls.isSet()) {
            builder.sslContext(tls.context());
        }
        this.http = builder.build();
    }

    static String basic(String username, String password) {
        return "Basic "
                + Base64.getEncoder().encodeToString((username + ":" + password).getBytes(StandardCharsets.UTF_8));
    }

    static String bearer(String token) {
        return "Bearer " + token.strip();
    }

    static boolean isLoopback(String url) {
        try {
            return InetAddress.getByName(uri(url).getHost()).isLoopbackAddress();
        } catch (UnknownHostException e) {
            return false;
        }
    }

    /** Nothing else can be a gateway's HTTP API. */
    static void requireUrl(String url) {
        uri(url);
    }

    private static URI uri(String url) {
        try {
            URI uri = URI.create(url);
            if (uri.getHost() != null && ("http".equals(uri.getScheme()) || "https".equals(uri.getScheme()))) {
                return uri;
            }
        } catch (IllegalArgumentException e) {
            // Told below.
        }
        throw new CommandException(
                CommandException.REFUSED, "url: \"" + url + "\" (expected: such as https://gateway.example.org:9191)");
    }

    static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }

    JsonNode get(String path) {
        return send("GET", path, null);
    }

    JsonNode delete(String path) {
        return send("DELETE", path, null);
    }

    JsonNode post(String path, Object body) {
        return send("POST", path, body);
    }

    /** All items of a list, page by page. */
    List<JsonNode> list(String path, Map<String, String> parameters) {
        List<JsonNode> items = new ArrayList<>();
        StringBuilder more = new StringBuilder();
        parameters.forEach(
                (name, value) -> more.append('&').append(name).append('=').append(encoded(value)));
        String after = "";
        do {
            JsonNode page = get(encoded(path) + "?limit=" + PAGE + "&after=" + encoded(after) + more);
            page.path("items").forEach(items::add);
            after = page.path("next").asText("");
        } while (!after.isEmpty());
        return items;
    }

    /** The kind that is meant, in whatever case it was typed. */
    String kind(String typed) {
        List<String> names = new ArrayList<>();
        ((ArrayNode) get("kinds").path("items"))
                .forEach(kind -> names.add(kind.path("name").asText()));
        return names.stream()
                .filter(name -> name.equalsIgnoreCase(typed) || (name + "s").equalsIgnoreCase(typed))
                .findFirst()
                .orElseThrow(() -> new CommandException(
                        CommandException.REFUSED,
                        "kind: " + typed + " (expected: one of " + String.join(", ", names) + ")"));
    }

    private JsonNode send(String method, String path, @Nullable Object body) {
        try {
            HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(root + path))
                    .timeout(ANSWER)
                    .method(
                            method,
                            body == null
                                    ? HttpRequest.BodyPublishers.noBody()
                                    : HttpRequest.BodyPublishers.ofByteArray(JSON.writeValueAsBytes(body)));
            if (body != null) {
                request.header("Content-Type", "application/json");
            }
            if (authorization != null) {
                request.header("Authorization", authorization);
            }
            HttpResponse<String> response = http.send(request.build(), HttpResponse.BodyHandlers.ofString());
            JsonNode tree = JSON.readTree(response.body());
            if (response.statusCode() >= 400) {
                throw refusal(response.statusCode(), tree);
            }
            return tree;
        } catch (JsonProcessingException e) {
            throw new CommandException(
                    CommandException.UNREACHABLE,
                    root + ": answers with something else than JSON" + " (expected: the HTTP API of a gateway)");
        } catch (SSLException e) {
            throw new CommandException(
                    CommandException.UNREACHABLE,
                    root + ": TLS failed: " + e.getMessage()
                            + " (expected: a certificate for this host name that Java or --ca trusts, and --keystore where the gateway"
                            + " wants a client certificate)");
        } catch (IOException e) {
            throw new CommandException(
                    CommandException.UNREACHABLE,
                    root + ": cannot be reached: " + (e.getMessage() == null ? e : e.getMessage())
                            + " (expected: a gateway with administration: [{type: http}])");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CommandException(CommandException.UNREACHABLE, "interrupted");
        }
    }

    private static CommandException refusal(int status, JsonNode problem) {
        StringBuilder message = new StringBuilder(problem.path("title").asText("refused"));
        JsonNode errors = problem.path("errors");
        if (errors.isEmpty()) {
            message.append(": ").append(problem.path("detail").asText());
        }
        for (JsonNode error : errors) {
            String kind = error.path("kind").asText();
            String path = error.path("path").asText();
            String where =
                    (kind.isEmpty() ? "" : kind + "/" + error.path("name").asText() + " ") + path;
            message.append("\n  ")
                    .append(where.strip())
                    .append(where.isEmpty() ? "" : ": ")
                    .append(error.path("message").asText());
        }
        return new CommandException(
                status >= 500 ? CommandException.UNREACHABLE : CommandException.REFUSED, message.toString());
    }
}
