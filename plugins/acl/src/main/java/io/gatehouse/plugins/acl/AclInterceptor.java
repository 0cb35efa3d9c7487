/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.plugins.acl;

import io.gatehouse.plugins.acl.AclConfig.Mode;
import io.gatehouse.plugins.acl.apis.Access;
import io.gatehouse.plugins.acl.apis.AclStore;
import io.gatehouse.plugins.acl.apis.ApiTable;
import io.gatehouse.plugins.acl.apis.Decisions;
import io.gatehouse.plugins.acl.apis.Explanations;
import io.gatehouse.plugins.acl.apis.GroupSubscriptions;
import io.gatehouse.plugins.acl.decision.Permissions;
import io.gatehouse.plugins.acl.policy.BindingSpec;
import io.gatehouse.plugins.acl.policy.PolicySpec;
import io.gatehouse.spi.User;
import io.gatehouse.spi.interception.Interceptor;
import io.gatehouse.spi.interception.InterceptorContext;
import io.gatehouse.spi.interception.Question;
import io.gatehouse.spi.interception.Subscriptions;
import io.gatehouse.spi.resources.ResourceView;
import java.net.InetAddress;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Decides the requests of all connections in one scope by the rules of now. When resources change, users whom it concerns subscribe again
 * before their next request. Thread-safe.
 */
final class AclInterceptor implements Interceptor {

    private final AclConfig config;
    private final InterceptorContext context;
    private final Set<String> superUsers;
    private final ResourceView<BindingSpec> bindings;
    private final ResourceView<PolicySpec> policies;
    private final Decisions decisions;
    private final GroupSubscriptions groupSubscriptions = new GroupSubscriptions();
    private final AclStore acls;
    private final List<AutoCloseable> watches;
    private volatile boolean stale;
    private volatile Rulebook rulebook = Rulebook.EMPTY;

    AclInterceptor(AclConfig config, InterceptorContext context) {
        this.config = config;
        this.context = context;
        this.superUsers = Set.copyOf(config.superUsers());
        this.bindings = context.plugin().resources(AclBindingKind.class);
        this.policies = context.plugin().resources(AclPolicyKind.class);
        this.decisions = new Decisions(context.plugin().meters(), config.mode() == Mode.AUDIT);
        this.acls = new AclStore(bindings, context.plugin().resourceEditor(AclBindingKind.class), this::changed);
        this.watches = List.of(bindings.watch(name -> changed()), policies.watch(name -> changed()));
        rulebook = Rulebook.EMPTY.with(bindings.list(), policies.list());
    }

    /** Many resources that change at once count as one change: the rulebook is made when it is asked for. */
    private void changed() {
        Rulebook before = outdated();
        if (before != null) {
            context.resubscribe(user -> !current().isSameFor(user, before));
        }
    }

    /** What users have now, if nobody has been told yet that it is old. Never while the next one is being made, which some have then. */
    private synchronized @Nullable Rulebook outdated() {
        if (stale) {
            return null;
        }
        stale = true;
        return rulebook;
    }

    private Rulebook current() {
        return stale ? renewed() : rulebook;
    }

    /** Whoever asks while it is made waits for it: who went on with the old rules would never be told again. When it fails, who asks next fails as well. */
    private synchronized Rulebook renewed() {
        if (stale) {
            rulebook = rulebook.with(bindings.list(), policies.list());
            stale = false;
        }
        return rulebook;
    }

    @Override
    public void subscribe(User user, Subscriptions on) {
        if (config.mode() == Mode.PASSTHROUGH) {
            return;
        }
        ApiTable.subscribe(access(user, on.connection().remoteAddress().getAddress()), on);
    }

    private Access access(User user, InetAddress address) {
        Permissions permissions =
                isSuperUser(user) ? Permissions.EVERYTHING : current().permissions(user, address);
        return new Access(
                user,
                address.getHostAddress(),
                permissions,
                decisions,
                config.autoCreateTopics(),
                groupSubscriptions,
                acls);
    }

    @Override
    public Optional<String> explain(User user, Question question) {
        return Optional.of(
                config.mode() == Mode.PASSTHROUGH
                        ? "ALLOWED: mode passthrough decides nothing"
                        : Explanations.of(access(user, question.address()), question));
    }

    private boolean isSuperUser(User user) {
        return superUsers.contains("User:" + user.username())
                || user.groups().stream().anyMatch(group -> superUsers.contains("Group:" + group));
    }

    @Override
    public void close() {
        for (AutoCloseable watch : watches) {
            try {
                watch.close();
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        }
    }
}
