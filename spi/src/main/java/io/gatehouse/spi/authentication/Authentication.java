/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.spi.authentication;

import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What an authentication method found out. Immutable. */
public final class Authentication {

    private final String method;
    private final String identifier;
    private final String name;
    private final Set<String> groups;
    private final @Nullable String virtualCluster;
    private final Map<String, Object> claims;
    private final @Nullable Instant expiry;

    private Authentication(Builder builder) {
        this.method = builder.method;
        this.identifier = builder.identifier;
        this.name = builder.name;
        this.groups = Set.copyOf(builder.groups);
        this.virtualCluster = builder.virtualCluster;
        this.claims = Collections.unmodifiableMap(new LinkedHashMap<>(builder.claims));
        this.expiry = builder.expiry;
    }

    /**
     * Starts an authentication.
     *
     * @param method the SASL mechanism such as {@code PLAIN}, {@code TLS}, or {@code anonymous}
     * @param identifier the PLAIN user name, the JWT's subject, the certificate's subject DN; never empty
     */
    public static Builder of(String method, String identifier) {
        return new Builder(method, identifier);
    }

    /** The SASL mechanism such as {@code PLAIN}, {@code TLS}, or {@code anonymous}. */
    public String method() {
        return method;
    }

    /** What principal extraction starts from. */
    public String identifier() {
        return identifier;
    }

    /** The {@code name} of the entry under {@code authentication} that was used; set by the kernel. */
    public String name() {
        return name;
    }

    /** Groups that the method yields, such as a token's groups claim. */
    public Set<String> groups() {
        return groups;
    }

    /** The virtual cluster that the method yields: an account's property or the {@code gateway.vcluster} claim. */
    public Optional<String> virtualCluster() {
        return Optional.ofNullable(virtualCluster);
    }

    /** Claims of a token that the gateway itself has verified, else empty. Values are JSON values as Java objects. */
    public Map<String, Object> claims() {
        return claims;
    }

    /** When the credentials end, and with them the session (KIP-368). */
    public Optional<Instant> expiry() {
        return Optional.ofNullable(expiry);
    }

    /** The same with some fields changed. */
    public Builder toBuilder() {
        return new Builder(method, identifier)
                .name(name)
                .groups(groups)
                .virtualCluster(virtualCluster)
                .claims(claims)
                .expiry(expiry);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Authentication that
                && method.equals(that.method)
                && identifier.equals(that.identifier)
                && name.equals(that.name)
                && groups.equals(that.groups)
                && Objects.equals(virtualCluster, that.virtualCluster)
                && claims.equals(that.claims)
                && Objects.equals(expiry, that.expiry);
    }

    @Override
    public int hashCode() {
        return Objects.hash(method, identifier, name);
    }

    /** Without claims: it is safe to log. */
    @Override
    public String toString() {
        return "Authentication{method=" + method + ", identifier=" + identifier + ", name=" + name + "}";
    }

    /** Builds an {@link Authentication}; not thread-safe. */
    public static final class Builder {
        private final String method;
        private String identifier;
        private String name = "";
        private Set<String> groups = Set.of();
        private @Nullable String virtualCluster;
        private Map<String, Object> claims = Map.of();
        private @Nullable Instant expiry;

        private Builder(String method, String identifier) {
            this.method = method;
            this.identifier = requireIdentifier(identifier);
        }

        private static String requireIdentifier(String identifier) {
            if (identifier.isEmpty()) {
                throw new IllegalArgumentException("identifier: empty (expected: at least one character)");
            }
            return identifier;
        }

        public Builder identifier(String value) {
            this.identifier = requireIdentifier(value);
            return this;
        }

        public Builder name(String value) {
            this.name = value;
            return this;
        }

        public Builder groups(Set<String> value) {
            this.groups = value;
            return this;
        }

        public Builder virtualCluster(@Nullable String value) {
            this.virtualCluster = value;
            return this;
        }

        public Builder claims(Map<String, Object> value) {
            this.claims = value;
            return this;
        }

        public Builder expiry(@Nullable Instant value) {
            this.expiry = value;
            return this;
        }

        public Authentication build() {
            return new Authentication(this);
        }
    }
}
