/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.plugins.acl.apis;

import io.gatehouse.plugins.acl.apis.NeededRights.Right;
import io.gatehouse.plugins.acl.apis.NeededRights.Way;
import io.gatehouse.plugins.acl.decision.Permissions;
import io.gatehouse.plugins.acl.decision.Rule;
import io.gatehouse.spi.interception.Question;
import io.gatehouse.spi.interception.Question.Resource;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.resource.ResourceType;

/**
 * Says what {@link ApiTable} decides, for operators who ask:
 *
 * <table>
 * <caption>Examples</caption>
 * <tr><td>Produce, TOPIC orders</td><td>{@code ALLOWED: WRITE on TOPIC orders by MatchingAcl(...)}</td></tr>
 * <tr><td>Produce, TOPIC orders</td><td>{@code DENIED: WRITE on TOPIC orders: no rule allows it (TOPIC_AUTHORIZATION_FAILED)}</td></tr>
 * <tr><td>Produce</td><td>{@code needs WRITE on a TRANSACTIONAL_ID, if-transactional: for no name; WRITE on a TOPIC: for some names}</td></tr>
 * <tr><td>Produce, GROUP g</td><td>{@code ALLOWED: Produce needs no right on a GROUP}</td></tr>
 * </table>
 *
 * Tested by {@code ExplanationsTest}.
 */
public final class Explanations {

    private static final String ALLOWED = "ALLOWED: ";
    private static final String DENIED = "DENIED: ";

    private final Access access;
    private final ApiKeys api;

    private Explanations(Access access, ApiKeys api) {
        this.access = access;
        this.api = api;
    }

    /** One sentence. */
    public static String of(Access access, Question question) {
        if (!ApiTable.isOffered(question.api())) {
            return DENIED + question.api().name + " is not offered (UNSUPPORTED_VERSION)";
        }
        if (access.isSuperUser()) {
            return ALLOWED + "super user";
        }
        Explanations explanations = new Explanations(access, question.api());
        return question.resource().map(explanations::about).orElseGet(explanations::inGeneral);
    }

    // ---- about one resource

    private String about(Resource resource) {
        List<Right> rights = NeededRights.of(api).stream()
                .filter(right -> right.ways().stream().anyMatch(way -> concerns(way, resource.type())))
                .toList();
        if (rights.isEmpty()) {
            return ALLOWED + api.name + " needs no right on a " + resource.type();
        }
        return rights.stream().map(right -> about(right, resource)).collect(Collectors.joining("; "));
    }

    private static boolean concerns(Way way, ResourceType type) {
        return way.type() == type && !way.someName();
    }

    private String about(Right right, Resource resource) {
        for (Way way : right.ways()) {
            if (isOpen(way, resource)) {
                return ALLOWED + named(way, resource) + by(way, resource) + when(right);
            }
        }
        Way asked = right.ways().stream()
                .filter(way -> concerns(way, resource.type()))
                .findFirst()
                .orElseThrow();
        String others = right.ways().stream()
                .filter(way -> way != asked)
                .map(way -> ", nor " + named(way, resource))
                .collect(Collectors.joining());
        String why = deciding(asked, resource).map(rule -> ": " + rule.origin()).orElse(": no rule allows it");
        return (passes() ? "DENIED, but it passes (mode audit): " : DENIED)
                + named(asked, resource)
                + why
                + others
                + (right.error().isEmpty() ? ", so it is left out" : " (" + right.error() + ")")
                + when(right);
    }

    private boolean passes() {
        return access.passesAllTheSame(api);
    }

    private boolean isOpen(Way way, Resource resource) {
        if (way.someName()) {
            return access.permissions().allowsSomeName(way.operation(), way.type());
        }
        if (way.type() == ResourceType.CLUSTER) {
            return access.hasCluster(way.operation());
        }
        // DeleteTopics: who may delete and not describe is refused as well.
        boolean alsoDescribes =
                api != ApiKeys.DELETE_TOPICS || access.has(AclOperation.DESCRIBE, ResourceType.TOPIC, resource.name());
        return way.type() == resource.type()
                && access.has(way.operation(), way.type(), resource.name())
                && alsoDescribes;
    }

    private static String named(Way way, Resource resource) {
        if (way.someName()) {
            return way.operation() + " on any " + way.type();
        }
        if (way.type() == ResourceType.CLUSTER) {
            return way.operation() + " on the CLUSTER";
        }
        return way.operation() + " on "
                + (way.type() == resource.type() ? way.type() + " " + resource.name() : "the " + way.type());
    }

    private String by(Way way, Resource resource) {
        return way.someName()
                ? ""
                : deciding(way, resource).map(rule -> " by " + rule.origin()).orElse("");
    }

    private Optional<Rule> deciding(Way way, Resource resource) {
        String name = way.type() == ResourceType.CLUSTER ? Permissions.CLUSTER_NAME : resource.name();
        return access.deciding(way.operation(), way.type(), name);
    }

    private static String when(Right right) {
        return right.condition().isEmpty() ? "" : ", " + right.condition();
    }

    // ---- about none

    private String inGeneral() {
        List<Right> rights = NeededRights.of(api);
        if (rights.isEmpty()) {
            return ALLOWED + api.name + " needs no right";
        }
        return "needs " + rights.stream().map(this::inGeneral).collect(Collectors.joining("; "));
    }

    private String inGeneral(Right right) {
        return right.ways().stream()
                        .map(way -> way.operation() + (way.someName() ? " on any " : " on a ") + way.type() + ": "
                                + extent(way))
                        .collect(Collectors.joining(", or "))
                + when(right);
    }

    private String extent(Way way) {
        if (way.type() == ResourceType.CLUSTER) {
            return access.hasCluster(way.operation()) ? "allowed" : "denied";
        }
        if (access.everyName(way.operation(), way.type())) {
            return "allowed for every name";
        }
        return access.permissions().allowsSomeName(way.operation(), way.type())
                ? "allowed for some names"
                : "allowed for no name, or not certainly";
    }
}
