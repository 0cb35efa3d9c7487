/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.spi;

import io.gatehouse.spi.authentication.Authentication;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What a connection runs as. Immutable; every connection that passes has exactly one, and a new one after re-authentication or a change
 * of its mapping.
 *
 * <p>Equality is by all fields, so that a change of any of them is seen.
 */
public final class User {

    /** The reserved virtual cluster that is transparent: real names, the real cluster id. */
    public static final String PASSTHROUGH = "passthrough";

    /** The reserved principal of connections without authentication. */
    public static final String ANONYMOUS = "ANONYMOUS";

    private final String username;
    private final String virtualCluster;
    private final String cluster;
    private final String principal;
    private final Set<String> groups;
    private final Authentication authentication;

    private User(Builder builder) {
        this.username = builder.username;
        this.principal = builder.principal == null ? builder.username : builder.principal;
        this.virtualCluster = builder.virtualCluster;
        this.cluster = builder.cluster;
        this.groups = Set.copyOf(builder.groups);
        this.authentication = builder.authentication == null
                ? Authentication.of("anonymous", principal).build()
                : builder.authentication;
    }

    /** Starts a user; everything but the username has a default: principal = username, {@link #PASSTHROUGH}, no groups. */
    public static Builder named(String username) {
        return new Builder(username);
    }

    /** The name that policies are about: the mapping's, else the principal. Never empty. */
    public String username() {
        return username;
    }

    /** The virtual cluster's name; {@link #PASSTHROUGH} when transparent. */
    public String virtualCluster() {
        return virtualCluster;
    }

    /** The name of the cluster that backs the virtual cluster. */
    public String cluster() {
        return cluster;
    }

    /** The identifier that authentication and principal extraction yielded. */
    public String principal() {
        return principal;
    }

    /** Groups from the mapping, the authentication and {@code Group} resources, united. */
    public Set<String> groups() {
        return groups;
    }

    /** How the connection authenticated, with method, claims and expiry. */
    public Authentication authentication() {
        return authentication;
    }

    /** Claims of the verified token; empty for methods without one. */
    public Map<String, Object> claims() {
        return authentication.claims();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof User user
                && username.equals(user.username)
                && virtualCluster.equals(user.virtualCluster)
                && cluster.equals(user.cluster)
                && principal.equals(user.principal)
                && groups.equals(user.groups)
                && authentication.equals(user.authentication);
    }

    @Override
    public int hashCode() {
        return Objects.hash(username, virtualCluster, principal);
    }

    /** Without claims: it is safe to log. */
    @Override
    public String toString() {
        return "User{username=" + username + ", virtualCluster=" + virtualCluster + ", principal=" + principal
                + ", groups=" + new TreeSet<>(groups) + ", method=" + authentication.method() + "}";
    }

    /** Builds a {@link User}; not thread-safe. */
    public static final class Builder {
        private final String username;
        private String virtualCluster = PASSTHROUGH;
        private String cluster = "";
        private @Nullable String principal;
        private Set<String> groups = Set.of();
        private @Nullable Authentication authentication;

        private Builder(String username) {
            if (username.isEmpty()) {
                throw new IllegalArgumentException("username: empty (expected: at least one character)");
            }
            this.username = username;
        }

        public Builder virtualCluster(String value) {
            this.virtualCluster = value;
            return this;
        }

        public Builder cluster(String value) {
            this.cluster = value;
            return this;
        }

        public Builder principal(String value) {
            this.principal = value;
            return this;
        }

        public Builder groups(Set<String> value) {
            this.groups = value;
            return this;
        }

        public Builder authentication(Authentication value) {
            this.authentication = value;
            return this;
        }

        public User build() {
            return new User(this);
        }
    }
}
