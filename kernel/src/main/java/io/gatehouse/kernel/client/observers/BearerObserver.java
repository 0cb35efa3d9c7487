/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel.client.observers;

import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.gatehouse.spi.authentication.SaslObserver;
import java.io.IOException;
import java.util.Base64;
import java.util.Optional;
import javax.security.sasl.SaslException;
import org.apache.kafka.common.security.oauthbearer.internals.OAuthBearerClientInitialResponse;
import org.jspecify.annotations.Nullable;

/**
 * OAUTHBEARER (RFC 7628), read with the broker's own class: the name is a claim of a token that the broker verifies, and nobody here does. An
 * empty answer is the broker's acceptance; another one is an error, which the client confirms before it is told.
 */
final class BearerObserver implements SaslObserver {

    /** Which of two claims of one name counts differs from parser to parser. */
    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();

    private static final int MAX_BYTES = 64 * 1024;
    private static final int MAX_HEADER = 1024;
    private static final int MAX_PARTS = 64;
    private static final char SEPARATOR = 1;

    private final String principalClaim;
    private @Nullable String name;
    private boolean refused;

    /** @param principalClaim the broker's {@code sasl.oauthbearer.sub.claim.name} */
    BearerObserver(String principalClaim) {
        this.principalClaim = principalClaim;
    }

    @Override
    public void clientMessage(byte[] message) {
        if (refused) {
            return;
        }
        if (name != null) {
            throw new IllegalArgumentException("OAUTHBEARER: a second message (expected: one)");
        }
        requireShallow(Utf8.text(message, MAX_BYTES, "OAUTHBEARER message"));
        OAuthBearerClientInitialResponse response;
        try {
            response = new OAuthBearerClientInitialResponse(message);
        } catch (SaslException e) {
            throw new IllegalArgumentException("OAUTHBEARER: malformed (expected: the form of RFC 7628)");
        }
        String claimed = principal(response.tokenValue());
        if (!response.authorizationId().isEmpty() && !response.authorizationId().equals(claimed)) {
            throw new IllegalArgumentException("OAUTHBEARER: an authorization id that is not the token's principal");
        }
        name = claimed;
    }

    /** The broker's own pattern needs stack for each character of the authorization id, and for each key. */
    private static void requireShallow(String message) {
        int header = message.indexOf(SEPARATOR);
        long parts = message.chars().filter(each -> each == SEPARATOR).count();
        if (header > MAX_HEADER || parts > MAX_PARTS) {
            throw new IllegalArgumentException("OAUTHBEARER message: " + header + " characters before the keys, and "
                    + parts + " parts (expected: at most " + MAX_HEADER + " and " + MAX_PARTS + ")");
        }
    }

    private String principal(String token) {
        String[] parts = token.split("\\.", -1);
        if (parts.length != 3) {
            throw new IllegalArgumentException(
                    "OAUTHBEARER: an opaque token (expected: a JWT, from which the principal can be read)");
        }
        JsonNode claims;
        try {
            claims = JSON.readTree(Base64.getUrlDecoder().decode(parts[1]));
        } catch (IOException | IllegalArgumentException e) {
            throw new IllegalArgumentException("OAUTHBEARER: the token's claims are no JSON object");
        }
        JsonNode claim = claims == null ? null : claims.get(principalClaim);
        if (claim == null
                || !claim.isTextual()
                || claim.textValue().isEmpty()
                || !claim.textValue().strip().equals(claim.textValue())) {
            throw new IllegalArgumentException(
                    "OAUTHBEARER: claim " + principalClaim + " (expected: a text, without spaces around it)");
        }
        return claim.textValue();
    }

    @Override
    public Optional<String> brokerMessage(byte[] message) {
        if (message.length > 0) {
            refused = true;
        }
        return refused ? Optional.empty() : Optional.ofNullable(name);
    }
}
