/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.plugins.admin.http;

import io.gatehouse.spi.config.DataSize;
import io.gatehouse.spi.config.Default;
import io.gatehouse.spi.config.Description;
import io.gatehouse.spi.config.Secret;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The configuration of the HTTP API. Immutable. */
public record AdminHttpConfig(
        @Description("The address to bind.") @Default("127.0.0.1")
        String address,

        @Description("The port; 0 for any free one.") @Default("9191")
        int port,

        @Description("HTTPS; plain HTTP when left out.") Optional<Tls> tls,

        @Description("Who may use the API. Without users and bearer, a user admin with a generated password.")
        @Default("[]")
        List<User> users,

        @Description("Operators who come with a JWT of an identity provider.")
        Optional<Bearer> bearer,

        @Description("The largest body of a request.") @Default("4MiB")
        DataSize maxBody,

        @Description("How many refused logins of one address are answered within a minute.") @Default("20")
        int failuresPerMinute,

        @Description("Whether other machines may send passwords and tokens without TLS.") @Default("false")
        boolean allowPlaintextCredentials) {

    public AdminHttpConfig {
        if (port < 0 || port > 65535) {
            throw new IllegalArgumentException("port: " + port + " (expected: 0-65535)");
        }
        if (failuresPerMinute < 1) {
            throw new IllegalArgumentException("failuresPerMinute: " + failuresPerMinute + " (expected: 1 or more)");
        }
        if (maxBody.bytes() < 1024 || maxBody.bytes() > (64 << 20)) {
            throw new IllegalArgumentException("maxBody: " + maxBody + " (expected: 1KiB to 64MiB)");
        }
        if (users.stream().map(User::name).distinct().count() < users.size()) {
            throw new IllegalArgumentException("users: a name twice (expected: each once)");
        }
        if (tls.isEmpty() && !allowPlaintextCredentials && !isLoopback(address)) {
            throw new IllegalArgumentException(
                    "address: " + address + " without tls (expected: tls, a loopback address, or"
                            + " allowPlaintextCredentials: true where something else protects the network)");
        }
        if (tls.isEmpty() && users.stream().anyMatch(user -> user.certificate().isPresent())) {
            throw new IllegalArgumentException("users: a certificate without tls (expected: tls with clientAuth)");
        }
    }

    private static boolean isLoopback(String address) {
        try {
            return InetAddress.getByName(address).isLoopbackAddress();
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException("address: " + address + " (expected: an address of this machine)", e);
        }
    }

    /** What an operator may do. */
    public enum Role {
        READ_ONLY,
        READ_WRITE
    }

    /** An operator. Immutable. */
    public record User(
            String name,

            @Secret @Description("A bcrypt hash, as of `htpasswd -nbB`.")
            Optional<String> passwordHash,

            @Description("The subject of a client certificate, as in RFC 2253.")
            Optional<String> certificate,

            @Description("read-only or read-write.") @Default("read-only")
            Role role) {

        public User {
            if (name.isBlank() || name.contains(":")) {
                throw new IllegalArgumentException("name: \"" + name + "\" (expected: a name without a colon)");
            }
            if (passwordHash.isEmpty() && certificate.isEmpty()) {
                throw new IllegalArgumentException(
                        "passwordHash: missing, as is certificate (expected: one of both at least)");
            }
            if (passwordHash.filter(hash -> !Passwords.isHash(hash)).isPresent()) {
                throw new IllegalArgumentException("passwordHash: no bcrypt hash (expected: $2a$, $2b$ or $2y$, a cost"
                        + " from 04 to 16, and 53 characters)");
            }
        }
    }

    /** HTTPS. Immutable. */
    public record Tls(
            @Description("A PKCS12 or JKS file with the key and its certificates.")
            Path keystore,

            @Secret String keystorePassword,

            @Description("A PKCS12 or JKS file with the authorities of client certificates.")
            Optional<Path> truststore,

            @Secret Optional<String> truststorePassword,

            @Description("none, requested or required: client certificates.") @Default("none")
            ClientAuth clientAuth) {

        /** Whether clients show certificates. */
        public enum ClientAuth {
            NONE,
            REQUESTED,
            REQUIRED
        }

        public Tls {
            if (clientAuth != ClientAuth.NONE && truststore.isEmpty()) {
                throw new IllegalArgumentException("truststore: missing (expected: one, as clientAuth is "
                        + clientAuth.name().toLowerCase(java.util.Locale.ROOT) + ")");
            }
        }
    }

    /** JWTs. Immutable. */
    public record Bearer(
            @Description("Where the provider's keys are: an https URL, or http on loopback.")
            String jwks,

            @Description("Must be the token's iss.") String issuer,
            @Description("Must be in the token's aud.") String audience,

            @Description("The claim with the operator's name.") @Default("sub")
            String usernameClaim,

            @Description(
                    "The claim with roles or groups, a text or a list, or a path to it such as realm_access.roles.")
            @Default("groups")
            String roleClaim,

            @Description("Values of that claim that give read-write.") @Default("[]")
            Set<String> readWrite,

            @Description("Values of that claim that give read-only.") @Default("[]")
            Set<String> readOnly) {

        public Bearer {
            if (readWrite.isEmpty() && readOnly.isEmpty()) {
                throw new IllegalArgumentException(
                        "readWrite: empty, as is readOnly (expected: a value of the claim that lets somebody in)");
            }
        }
    }
}
