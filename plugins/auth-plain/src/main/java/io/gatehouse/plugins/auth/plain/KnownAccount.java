/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.plugins.auth.plain;

import io.gatehouse.spi.resources.Resource;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.common.security.scram.ScramCredential;
import org.apache.kafka.common.security.scram.internals.ScramMechanism;
import org.jspecify.annotations.Nullable;

/**
 * An account as of one version, with what has been derived from it so far: a password in clear text is hashed once, and from then on only
 * the hash is worked with. Thread-safe.
 */
final class KnownAccount {

    private final Resource<Account> resource;
    private final Map<ScramMechanism, ScramCredential> scram = new ConcurrentHashMap<>();
    private volatile @Nullable String hash;

    KnownAccount(Resource<Account> resource) {
        this.resource = resource;
        resource.spec()
                .scram()
                .forEach((mechanism, text) ->
                        scram.put(ScramMechanism.forMechanismName(mechanism), ScramVerifier.parse(mechanism, text)));
        String password = resource.spec().password();
        if (password != null && PasswordHash.isOne(password)) {
            hash = password;
        }
    }

    Resource<Account> resource() {
        return resource;
    }

    String name() {
        return resource.name();
    }

    Account spec() {
        return resource.spec();
    }

    /** The bcrypt hash of its password; null when it has no password, or none was made yet. */
    @Nullable
    String hash() {
        return hash;
    }

    void hash(String made) {
        hash = made;
    }

    /** Its SCRAM verifier; null when it has none, or none was derived yet. */
    @Nullable
    ScramCredential scram(ScramMechanism mechanism) {
        return scram.get(mechanism);
    }

    void scram(ScramMechanism mechanism, ScramCredential derived) {
        scram.put(mechanism, derived);
    }

    /** Whether its password is clear text, or stands elsewhere and may be. */
    boolean mayBeClearText() {
        String password = spec().password();
        return password != null && !PasswordHash.isOne(password);
    }

    /**
     * The password as it stands in the account or where a placeholder says: clear text or a hash. May read a file.
     *
     * @throws IllegalArgumentException when it has none, or the placeholder stands for nothing
     */
    String password() {
        String password = spec().password();
        if (password == null) {
            throw new IllegalArgumentException("no password");
        }
        return Placeholder.isOne(password) ? Placeholder.resolve(password) : password;
    }
}
