/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.it;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Date;
import java.util.HashMap;
import java.util.Map;

/**
 * An OAuth server as far as Kafka clients and gateways use one: a JWKS, and a token endpoint with the client credentials grant (RFC 6749,
 * 4.4), over HTTP. The secret of a client is its id.
 */
public final class TestIdentityProvider implements AutoCloseable {

    /** The audience of its tokens. */
    public static final String AUDIENCE = "kafka";

    private static final String ALLOWED_URLS = "org.apache.kafka.sasl.oauthbearer.allowed.urls";

    private final HttpServer server;
    private final ECKey key;
    private volatile Duration lifetime = Duration.ofMinutes(5);
    private volatile Map<String, Object> extraClaims = Map.of();

    public TestIdentityProvider() {
        try {
            key = new ECKeyGenerator(Curve.P_256).keyID("test").generate();
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (JOSEException e) {
            throw new IllegalStateException(e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.createContext("/jwks", exchange -> answer(exchange, 200, new JWKSet(key.toPublicJWK()).toString()));
        server.createContext("/token", this::token);
        server.start();
        allowUrls();
    }

    /** Kafka 4 connects, as a client and as a broker, only to URLs that the JVM allows. */
    private void allowUrls() {
        String before = System.getProperty(ALLOWED_URLS);
        String own = issuer() + "/token," + jwksUrl();
        System.setProperty(ALLOWED_URLS, before == null ? own : before + "," + own);
    }

    public String issuer() {
        return "http://localhost:" + server.getAddress().getPort();
    }

    public String jwksUrl() {
        return issuer() + "/jwks";
    }

    /** How long tokens are valid that are issued from now on. */
    public void lifetime(Duration value) {
        lifetime = value;
    }

    /** Claims of tokens that are issued from now on. */
    public void extraClaims(Map<String, Object> value) {
        extraClaims = value;
    }

    /** Properties of a Kafka client that gets its tokens here. */
    public Map<String, Object> client(String clientId, String secret) {
        Map<String, Object> properties = new HashMap<>();
        properties.put("security.protocol", "SASL_PLAINTEXT");
        properties.put("sasl.mechanism", "OAUTHBEARER");
        properties.put("sasl.oauthbearer.token.endpoint.url", issuer() + "/token");
        properties.put(
                "sasl.login.callback.handler.class",
                "org.apache.kafka.common.security.oauthbearer.OAuthBearerLoginCallbackHandler");
        properties.put("sasl.login.refresh.min.period.seconds", (short) 1);
        properties.put("sasl.login.refresh.buffer.seconds", (short) 1);
        properties.put(
                "sasl.jaas.config",
                "org.apache.kafka.common.security.oauthbearer.OAuthBearerLoginModule required clientId=\"" + clientId
                        + "\" clientSecret=\"" + secret + "\";");
        return properties;
    }

    /** A token for a client. */
    public String issue(String clientId, Map<String, Object> claims) {
        JWTClaimsSet.Builder builder = new JWTClaimsSet.Builder()
                .issuer(issuer())
                .audience(AUDIENCE)
                .subject(clientId)
                .claim("client_id", clientId)
                .issueTime(Date.from(Instant.now()))
                .expirationTime(Date.from(Instant.now().plus(lifetime)));
        claims.forEach(builder::claim);
        try {
            SignedJWT token = new SignedJWT(
                    new JWSHeader.Builder(JWSAlgorithm.ES256).keyID("test").build(), builder.build());
            token.sign(new ECDSASigner(key));
            return token.serialize();
        } catch (JOSEException e) {
            throw new IllegalStateException(e);
        }
    }

    private void token(HttpExchange exchange) throws IOException {
        String authorization = exchange.getRequestHeaders().getFirst("Authorization");
        String[] credentials = authorization == null
                ? new String[] {"", "?"}
                : new String(
                                Base64.getDecoder().decode(authorization.substring("Basic ".length())),
                                StandardCharsets.UTF_8)
                        .split(":", 2);
        if (!credentials[0].equals(credentials[1])) {
            answer(exchange, 401, "{\"error\":\"invalid_client\"}");
            return;
        }
        answer(
                exchange,
                200,
                "{\"access_token\":\"" + issue(credentials[0], extraClaims)
                        + "\",\"token_type\":\"Bearer\",\"expires_in\":" + lifetime.toSeconds() + "}");
    }

    private static void answer(HttpExchange exchange, int status, String body) throws IOException {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        exchange.getRequestBody().readAllBytes();
        exchange.getResponseHeaders().set("Content-Type", "application/json");
        exchange.sendResponseHeaders(status, bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
