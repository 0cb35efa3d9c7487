/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.plugins.auth.plain;

import java.security.InvalidKeyException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Optional;
import javax.security.sasl.SaslException;
import org.apache.kafka.common.security.scram.ScramCredential;
import org.apache.kafka.common.security.scram.internals.ScramFormatter;
import org.apache.kafka.common.security.scram.internals.ScramMechanism;
import org.apache.kafka.common.security.scram.internals.ScramMessages.ClientFinalMessage;
import org.apache.kafka.common.security.scram.internals.ScramMessages.ClientFirstMessage;
import org.apache.kafka.common.security.scram.internals.ScramMessages.ServerFinalMessage;
import org.apache.kafka.common.security.scram.internals.ScramMessages.ServerFirstMessage;

/**
 * The server's side of one SCRAM exchange, with Kafka's messages and formulas:
 *
 * <pre>
 * client  n,,n=alice,r=fyko
 * server  r=fyko3rfc,s=QSXCR+Q6,i=8192
 * client  c=biws,r=fyko3rfc,p=v0X8v3Bz
 * server  v=rmF9pqV8
 * </pre>
 *
 * It is not Kafka's {@code ScramSaslServer} for two reasons. That one wants the verifier before the challenge, when a password in clear text
 * has none yet. And it refuses librdkafka up to 2.6.0 (kcat, and most clients in C, Python, Go and .NET), which says the client's part of
 * the nonce twice in its last message (librdkafka pull request 4895): harmless, as the proof covers that message and the server's
 * part is what makes it fresh. Not thread-safe.
 */
final class ScramConversation {

    private final ScramFormatter formatter;
    private final ClientFirstMessage clientFirst;
    private final String username;
    private ServerFirstMessage serverFirst;

    /** @throws SaslException when the client's first message is none that can be answered, whoever it is */
    ScramConversation(ScramMechanism mechanism, byte[] message) throws SaslException {
        try {
            formatter = new ScramFormatter(mechanism);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JVM has the algorithms of " + mechanism, e);
        }
        clientFirst = new ClientFirstMessage(message);
        try {
            username = ScramFormatter.username(clientFirst.saslName());
        } catch (IllegalArgumentException e) {
            throw new SaslException("a user name that is not escaped as RFC 5802 says");
        }
        if (clientFirst.extensions().tokenAuthenticated()) {
            throw new SaslException("a delegation token (expected: a user name)");
        }
        String authorization = clientFirst.authorizationId();
        if (!authorization.isEmpty() && !authorization.equals(username)) {
            throw new SaslException("another authorization id than the user name");
        }
    }

    String username() {
        return username;
    }

    byte[] challenge(byte[] salt, int iterations) {
        serverFirst = new ServerFirstMessage(clientFirst.nonce(), formatter.secureRandomString(), salt, iterations);
        return serverFirst.toBytes();
    }

    byte[] salt() {
        return serverFirst.salt();
    }

    int iterations() {
        return serverFirst.iterations();
    }

    /** The server's last message; empty when the client's does not prove that it knows the password. Takes microseconds. */
    Optional<byte[]> answer(byte[] message, ScramCredential verifier) {
        try {
            ClientFinalMessage clientFinal = new ClientFinalMessage(message);
            if (!isNonce(clientFinal.nonce())) {
                return Optional.empty();
            }
            byte[] signature = formatter.clientSignature(verifier.storedKey(), clientFirst, serverFirst, clientFinal);
            byte[] proven = formatter.storedKey(signature, clientFinal.proof());
            if (!MessageDigest.isEqual(proven, verifier.storedKey())) {
                return Optional.empty();
            }
            byte[] own = formatter.serverSignature(verifier.serverKey(), clientFirst, serverFirst, clientFinal);
            return Optional.of(new ServerFinalMessage(null, own).toBytes());
        } catch (SaslException | InvalidKeyException | IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private boolean isNonce(String nonce) {
        return nonce.equals(serverFirst.nonce()) || nonce.equals(clientFirst.nonce() + serverFirst.nonce());
    }
}
