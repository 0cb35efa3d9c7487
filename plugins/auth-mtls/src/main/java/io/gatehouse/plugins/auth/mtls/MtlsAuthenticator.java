/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.plugins.auth.mtls;

import io.gatehouse.spi.ConnectionInfo;
import io.gatehouse.spi.authentication.Authentication;
import io.gatehouse.spi.authentication.AuthenticationResult;
import io.gatehouse.spi.authentication.AuthenticationResult.Authenticated;
import io.gatehouse.spi.authentication.AuthenticationResult.Rejected;
import io.gatehouse.spi.authentication.TlsAuthenticator;
import java.io.IOException;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.security.ssl.SslPrincipalMapper;

/**
 * Takes the identifier from the client's own certificate; the session ends when the first certificate of the chain does. Thread-safe,
 * without state; answers at once.
 */
final class MtlsAuthenticator implements TlsAuthenticator {

    private static final String FAILED = "The certificate does not say who you are.";

    private final MtlsConfig config;
    private final SslPrincipalMapper mapper;

    /** @throws IllegalArgumentException when the rules do not parse */
    MtlsAuthenticator(MtlsConfig config) {
        this.config = config;
        this.mapper = SslPrincipalMapper.fromRules(config.rules());
    }

    @Override
    public CompletionStage<AuthenticationResult> authenticate(
            List<X509Certificate> certificates, ConnectionInfo connection) {
        return CompletableFuture.completedFuture(authenticate(certificates));
    }

    @Override
    public boolean yieldsGroups() {
        return false;
    }

    private AuthenticationResult authenticate(List<X509Certificate> certificates) {
        X509Certificate own = certificates.get(0);
        String subject = own.getSubjectX500Principal().getName();
        try {
            Optional<String> identifier = config.identifier() == IdentifierSource.SUBJECT
                    ? Optional.of(mapper.getName(subject)).filter(name -> !name.isEmpty())
                    : alternativeName(own);
            return identifier
                    .<AuthenticationResult>map(name -> new Authenticated(Authentication.of("TLS", name)
                            .expiry(certificates.stream()
                                    .map(certificate ->
                                            certificate.getNotAfter().toInstant())
                                    .min(java.time.Instant::compareTo)
                                    .orElseThrow())
                            .build()))
                    .orElseGet(() -> new Rejected(
                            FAILED,
                            "certificate of " + subject + ": no " + config.identifier()
                                    + config.sanPrefix()
                                            .map(prefix -> " that begins with " + prefix)
                                            .orElse("")));
        } catch (IOException | CertificateParsingException e) {
            return new Rejected(FAILED, "certificate of " + subject + ": " + e.getMessage());
        }
    }

    /** The one name of the wanted type; several would make it a matter of order who the client is. */
    private Optional<String> alternativeName(X509Certificate certificate) throws CertificateParsingException {
        Collection<List<?>> names = certificate.getSubjectAlternativeNames();
        if (names == null) {
            return Optional.empty();
        }
        List<String> fitting = names.stream()
                .filter(name -> name.get(0).equals(config.identifier().generalName()))
                .map(name -> (String) name.get(1))
                .filter(name -> name.startsWith(config.sanPrefix().orElse("")))
                .toList();
        return fitting.size() == 1 ? Optional.of(fitting.get(0)) : Optional.empty();
    }
}
