/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.plugins.admin.http;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.jwk.source.JWKSource;
import com.nimbusds.jose.jwk.source.JWKSourceBuilder;
import com.nimbusds.jose.proc.BadJOSEException;
import com.nimbusds.jose.proc.JWSVerificationKeySelector;
import com.nimbusds.jose.proc.SecurityContext;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.proc.DefaultJWTClaimsVerifier;
import com.nimbusds.jwt.proc.DefaultJWTProcessor;
import io.gatehouse.plugins.admin.http.AdminHttpConfig.Bearer;
import io.gatehouse.plugins.admin.http.AdminHttpConfig.Role;
import io.gatehouse.plugins.admin.http.AdminHttpConfig.User;
import java.net.MalformedURLException;
import java.net.URI;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.text.ParseException;
import java.util.Base64;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Who asks: by password (RFC 7617), by JWT (RFC 6750), or by client certificate. A name that nobody has costs as much time as a wrong
 * password. Thread-safe; may block for a password's rounds or a provider's keys.
 */
final class Access {

    private static final String BASIC = "basic ";
    private static final String BEARER = "bearer ";
    private static final Set<JWSAlgorithm> ALGORITHMS = Set.of(
            JWSAlgorithm.RS256,
            JWSAlgorithm.RS384,
            JWSAlgorithm.RS512,
            JWSAlgorithm.PS256,
            JWSAlgorithm.PS384,
            JWSAlgorithm.PS512,
            JWSAlgorithm.ES256,
            JWSAlgorithm.ES384,
            JWSAlgorithm.ES512);

    private final List<User> users;
    private final Optional<Bearer> bearer;
    private final Passwords passwords = new Passwords();
    private final Map<Integer, String> nobodysHashes;
    private final int highestCost;
    private final @Nullable DefaultJWTProcessor<SecurityContext> tokens;

    /** @throws IllegalArgumentException when the provider's keys are at no place that can be trusted */
    Access(List<User> users, Optional<Bearer> bearer) {
        this.users = List.copyOf(users);
        this.bearer = bearer;
        this.highestCost = highestCost(users);
        this.nobodysHashes = IntStream.rangeClosed(lowestCost(users), highestCost)
                .boxed()
                .collect(Collectors.toUnmodifiableMap(cost -> cost, cost -> Passwords.hash("nobody", cost)));
        this.tokens = bearer.map(Access::processor).orElse(null);
    }

    private static IntStream costs(List<User> users) {
        return users.stream().flatMap(user -> user.passwordHash().stream()).mapToInt(Passwords::cost);
    }

    private static int highestCost(List<User> users) {
        return costs(users).max().orElse(Passwords.LOWEST_COST);
    }

    private static int lowestCost(List<User> users) {
        return costs(users).min().orElse(Passwords.LOWEST_COST);
    }

    private static DefaultJWTProcessor<SecurityContext> processor(Bearer config) {
        URL url = url(config.jwks());
        JWKSource<SecurityContext> keys =
                JWKSourceBuilder.create(url).retrying(true).build();
        DefaultJWTProcessor<SecurityContext> processor = new DefaultJWTProcessor<>();
        processor.setJWSKeySelector(new JWSVerificationKeySelector<>(ALGORITHMS, keys));
        processor.setJWTClaimsSetVerifier(new DefaultJWTClaimsVerifier<>(
                config.audience(),
                new JWTClaimsSet.Builder().issuer(config.issuer()).build(),
                Set.of("exp", config.usernameClaim())));
        return processor;
    }

    private static URL url(String text) {
        try {
            URI uri = URI.create(text);
            boolean loopback = "http".equals(uri.getScheme())
                    && Set.of("localhost", "127.0.0.1", "[::1]").contains(String.valueOf(uri.getHost()));
            if ("https".equals(uri.getScheme()) || loopback) {
                return uri.toURL();
            }
        } catch (IllegalArgumentException | MalformedURLException e) {
            // Told below.
        }
        throw new IllegalArgumentException(
                "bearer.jwks: \"" + text + "\" (expected: an https URL, or http on loopback)");
    }

    /** Whether there is anything in the request that says who asks. */
    static boolean hasCredentials(@Nullable String authorization, Optional<X509Certificate> certificate) {
        return authorization != null || certificate.isPresent();
    }

    /**
     * Who asks; nobody when what the request says does not prove it.
     *
     * @param authorization the header of that name; it wins over the certificate
     */
    Optional<Operator> operator(@Nullable String authorization, Optional<X509Certificate> certificate) {
        if (authorization == null) {
            return certificate.flatMap(this::byCertificate);
        }
        String scheme = authorization.toLowerCase(Locale.ROOT);
        if (scheme.startsWith(BASIC)) {
            return byPassword(authorization.substring(BASIC.length()).strip());
        }
        if (scheme.startsWith(BEARER)) {
            return byToken(authorization.substring(BEARER.length()).strip());
        }
        return Optional.empty();
    }

    private Optional<Operator> byCertificate(X509Certificate certificate) {
        String subject = certificate.getSubjectX500Principal().getName();
        return users.stream()
                .filter(user -> user.certificate().filter(subject::equals).isPresent())
                .findFirst()
                .map(user -> new Operator(user.name(), user.role()));
    }

    private Optional<Operator> byPassword(String encoded) {
        String decoded;
        try {
            decoded = new String(Base64.getDecoder().decode(encoded), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
        int colon = decoded.indexOf(':');
        if (colon < 0) {
            return Optional.empty();
        }
        String name = decoded.substring(0, colon);
        Optional<User> known = users.stream()
                .filter(user -> user.name().equals(name) && user.passwordHash().isPresent())
                .findFirst();
        String hash = known.flatMap(User::passwordHash).orElseGet(() -> nobodysHashes.get(highestCost));
        String password = decoded.substring(colon + 1);
        if (!passwords.matches(password, hash)) {
            fillUp(password, Passwords.cost(hash));
            return Optional.empty();
        }
        return known.map(user -> new Operator(user.name(), user.role()));
    }

    /**
     * Every refusal takes the rounds of the highest cost, so that it says nothing of whether there is such a user: 2^c rounds and those
     * of each cost from c up to the one below the highest are as many.
     */
    private void fillUp(String password, int cost) {
        for (int each = cost; each < highestCost; each++) {
            passwords.matches(password, nobodysHashes.get(each));
        }
    }

    private Optional<Operator> byToken(String token) {
        if (tokens == null) {
            return Optional.empty();
        }
        try {
            JWTClaimsSet claims = tokens.process(token, null);
            Bearer config = bearer.orElseThrow();
            Object name = claims.getClaim(config.usernameClaim());
            return name instanceof String text && !text.isBlank()
                    ? role(claims, config).map(role -> new Operator(text, role))
                    : Optional.empty();
        } catch (ParseException | BadJOSEException | JOSEException e) {
            return Optional.empty();
        }
    }

    /** A claim by its name, or by a path to it such as {@code realm_access.roles}. */
    private static @Nullable Object claim(JWTClaimsSet claims, String path) {
        Object found = claims.getClaim(path);
        if (found != null) {
            return found;
        }
        found = claims.getClaims();
        for (String part : path.split("\\.")) {
            found = found instanceof Map<?, ?> map ? map.get(part) : null;
        }
        return found;
    }

    private static Optional<Role> role(JWTClaimsSet claims, Bearer config) {
        Object claim = claim(claims, config.roleClaim());
        if (claim == null) {
            return Optional.empty();
        }
        Set<String> values = claim instanceof Collection<?> list
                ? list.stream().map(String::valueOf).collect(Collectors.toCollection(LinkedHashSet::new))
                : Set.of(String.valueOf(claim));
        if (values.stream().anyMatch(config.readWrite()::contains)) {
            return Optional.of(Role.READ_WRITE);
        }
        return values.stream().anyMatch(config.readOnly()::contains) ? Optional.of(Role.READ_ONLY) : Optional.empty();
    }
}
