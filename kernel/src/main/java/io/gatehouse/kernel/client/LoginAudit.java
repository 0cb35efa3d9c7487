/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel.client;

import io.gatehouse.kernel.identity.Resolution;
import io.gatehouse.kernel.operations.AuditEvent;
import io.gatehouse.spi.User;
import io.gatehouse.spi.authentication.Authentication;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What became of the logins of one connection: a metric, a line in the log and an event of the audit log for each outcome. Belongs to the
 * connection's event loop.
 */
final class LoginAudit {

    private static final Logger log = LoggerFactory.getLogger(Login.class);
    private static final String NONE = "none";

    private final ClientConnection connection;
    private final ClientServices services;
    private final ClientListener listener;
    private @Nullable InetSocketAddress address;
    private boolean recorded;

    LoginAudit(ClientConnection connection, ClientServices services, ClientListener listener) {
        this.connection = connection;
        this.services = services;
        this.listener = listener;
    }

    /** The connection is open: what its address is cannot be asked when it has ended. */
    void begin() {
        address = connection.remoteAddress();
    }

    /**
     * An authentication, the first or another one, has ended.
     *
     * @param outcome success, failure or unavailable
     * @param user whom the connection runs as; null while it is nobody
     */
    void outcome(@Nullable String method, String entry, String outcome, String reason, @Nullable User user) {
        record(method, entry, outcome, reason, user, null);
    }

    /** The client is who it says, and no user of this gateway. */
    void refused(@Nullable String method, String entry, Resolution.Refused refused) {
        String outcome = refused.mayPass() ? "unavailable" : "refused";
        record(
                method,
                entry,
                outcome,
                refused.reason(),
                null,
                refused.principal().orElse(null));
    }

    /** The connection has ended before its login: an event, unless it was refused, which is one already. */
    void ended(@Nullable String method, String entry) {
        if (!recorded) {
            record(method, entry, "aborted", "the connection ended before the login did", null, null);
        }
    }

    /** Something has changed, and the user of a live connection is admitted no more. */
    void revoked(Authentication authentication, User user, String reason) {
        record(authentication.method(), authentication.name(), "revoked", reason, user, null);
    }

    private void record(
            @Nullable String method,
            String entry,
            String outcome,
            String reason,
            @Nullable User user,
            @Nullable String refusedPrincipal) {
        recorded = true;
        String used = method == null ? NONE : method;
        String principal = user == null ? refusedPrincipal : user.principal();
        services.meters().authenticated(used, outcome);
        log.info(
                "authentication {}: connection {} from {}, method {}, entry {}{}{}",
                outcome,
                connection.id(),
                address,
                used,
                entry,
                user != null ? ", " + user : principal != null ? ", principal " + principal : "",
                reason.isEmpty() ? "" : ", reason: " + reason);
        services.audit()
                .write(() -> AuditEvent.of("authentication")
                        .with("outcome", outcome)
                        .with("method", used)
                        .with("entry", entry)
                        .with("principal", principal)
                        .with("username", user == null ? null : user.username())
                        .with("virtualCluster", user == null ? null : user.virtualCluster())
                        .with("cluster", user == null ? null : user.cluster())
                        .with(
                                "groups",
                                user == null
                                        ? null
                                        : user.groups().stream().sorted().toList())
                        .with("client", address.getAddress().getHostAddress() + ":" + address.getPort())
                        .with("listener", listener.name())
                        .with("connection", connection.id())
                        .with("reason", reason.isEmpty() ? null : reason));
    }
}
