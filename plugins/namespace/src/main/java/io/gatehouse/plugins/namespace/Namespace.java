/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.plugins.namespace;

import io.gatehouse.plugins.namespace.NamespaceConfig.Mode;
import java.util.Optional;
import java.util.function.Predicate;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.internals.Topic;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/**
 * What a name is called on the other side. Immutable, thread-safe.
 *
 * <table>
 * <caption>With the prefix {@code team-a.} and the additional topic {@code audit}</caption>
 * <tr><th>the client says</th><th>hide</th><th>enforce</th></tr>
 * <tr><td>{@code orders}</td><td>{@code team-a.orders}</td><td>denied</td></tr>
 * <tr><td>{@code team-a.orders}</td><td>{@code team-a.team-a.orders}</td><td>{@code team-a.orders}</td></tr>
 * <tr><td>{@code audit}</td><td>{@code audit}, or {@code team-a.audit} if there is one</td><td>{@code audit}</td></tr>
 * </table>
 *
 * <p>Groups are the same.
 *
 * <p>A name that is denied, but has an element of its own in the request, is sent as a {@link #stand stand-in}: a name that cannot exist.
 * The broker then answers for it in the right place and form of each API and version, and does nothing; the response gets the name and the
 * error. See NamespaceTest.
 */
final class Namespace {

    /** A slash stands in no name of a topic, and the random part in none of anything. */
    private final String standIn = "gatehouse-denied-" + Uuid.randomUuid() + "/";

    private final String prefix;
    private final boolean hides;
    private final NameList topics;
    private final NameList groups;

    /**
     * A name on the cluster, or why there is none.
     *
     * @param name as the cluster knows it; a stand-in when denied
     */
    record Real(String name, @Nullable Denial denial) {}

    Namespace(NamespaceConfig config) {
        this.prefix = config.prefix();
        this.hides = config.mode() == Mode.HIDE;
        this.topics =
                new NameList(config.additional().topics(), name -> name.startsWith(prefix) || Topic.isInternal(name));
        this.groups = new NameList(config.additional().groups(), name -> name.startsWith(prefix));
    }

    String prefix() {
        return prefix;
    }

    /** Whether clients see names without the prefix. */
    boolean hides() {
        return hides;
    }

    /** Additional topics. */
    NameList topics() {
        return topics;
    }

    /** Additional groups. */
    NameList groups() {
        return groups;
    }

    /** Whether there are names that could be an additional group's or one of the namespace's own. */
    boolean hasTwofoldGroups() {
        return hides && !groups.isEmpty();
    }

    // ---- from the client to the cluster

    /**
     * The topic that a client names.
     *
     * @param manage whether the request does more than describe, read or write
     * @param isOwn whether the namespace has a topic of that real name, which then hides an additional one
     */
    Real topic(String name, boolean manage, Predicate<String> isOwn) {
        if (isNeverATopic(name)) {
            return new Real(name, null);
        }
        return real(name, manage, topics, isOwn, Errors.TOPIC_AUTHORIZATION_FAILED, "topic");
    }

    /** What brokers refuse by itself, while with a prefix it would be a name like any other. */
    private static boolean isNeverATopic(String name) {
        return name.isEmpty() || name.equals(".") || name.equals("..");
    }

    /** The group that a client names; see {@link #topic}. Of one of which it cannot be known whose it is, nothing is guessed. */
    Real group(String id, boolean manage, OwnGroups own, Errors whenUnknown) {
        if (isTwofold(id) && own.isUnknown(prefix + id)) {
            return new Real(
                    stand(id),
                    new Denial(
                            whenUnknown,
                            "Whether the group \"" + id
                                    + "\" is one of the virtual cluster's own cannot be known at the moment."));
        }
        return real(id, manage, groups, own::exists, Errors.GROUP_AUTHORIZATION_FAILED, "group");
    }

    /** Whether the name is that of an additional group, and could be that of one of the namespace's own. */
    private boolean isTwofold(String id) {
        return hides && groups.find(id).isPresent();
    }

    /** The transactional id that a client names. */
    Real transactionalId(String id) {
        if (hides || id.startsWith(prefix)) {
            return new Real(hides ? prefix + id : id, null);
        }
        return denied(id, Errors.TRANSACTIONAL_ID_AUTHORIZATION_FAILED, "transactional id");
    }

    private Real real(
            String name, boolean manage, NameList additional, Predicate<String> isOwn, Errors error, String what) {
        if (!hides && name.startsWith(prefix)) {
            return new Real(name, null);
        }
        Optional<NameList.Entry> entry = additional.find(name);
        if (entry.isPresent() && !(hides && isOwn.test(prefix + name))) {
            boolean allowed = !manage || entry.get().manage();
            return allowed ? new Real(name, null) : denied(name, error, what, "may be read and written, not managed");
        }
        return hides ? new Real(prefix + name, null) : denied(name, error, what);
    }

    private Real denied(String name, Errors error, String what) {
        return denied(name, error, what, "has to start with \"" + prefix + "\" here");
    }

    private Real denied(String name, Errors error, String what, String why) {
        return new Real(stand(name), new Denial(error, "The " + what + " \"" + name + "\" " + why + "."));
    }

    /** A name that cannot exist, in place of one that must not be named to the broker. */
    String stand(String name) {
        return standIn + name;
    }

    /** Whether a name that a broker gave back is a stand-in. */
    boolean isStandIn(String name) {
        return name.startsWith(standIn);
    }

    /** What a stand-in stands for. */
    String standsFor(String name) {
        return name.substring(standIn.length());
    }

    // ---- from the cluster to the client

    /**
     * The name of a topic as the client sees it; empty when it does not see it. Kafka's internal topics are never seen.
     *
     * @param isOwn see {@link #topic}
     */
    Optional<String> topicSeen(String real, Predicate<String> isOwn) {
        if (Topic.isInternal(real) || real.equals(prefix) && hides) {
            return Optional.empty();
        }
        if (!real.isEmpty() && isNeverATopic(real)) {
            // It went as it was, and comes back with the broker's refusal.
            return Optional.of(real);
        }
        return seen(real, topics, isOwn);
    }

    /** The id of a group as the client sees it; empty when it does not see it. Of two groups with one name it sees one. */
    Optional<String> groupSeen(String real, OwnGroups own) {
        boolean hidden = real.startsWith(prefix) && isTwofold(real.substring(prefix.length())) && !own.exists(real);
        return hidden ? Optional.empty() : seen(real, groups, own::exists);
    }

    /** A transactional id as the client sees it; empty when it does not see it. */
    Optional<String> transactionalIdSeen(String real) {
        if (!real.startsWith(prefix)) {
            return Optional.empty();
        }
        return Optional.of(hides ? real.substring(prefix.length()) : real);
    }

    private Optional<String> seen(String real, NameList additional, Predicate<String> isOwn) {
        if (real.startsWith(prefix)) {
            return Optional.of(hides ? real.substring(prefix.length()) : real);
        }
        if (additional.find(real).isEmpty() || (hides && isOwn.test(prefix + real))) {
            return Optional.empty();
        }
        return Optional.of(real);
    }

    /**
     * Words of a broker with names as the client knows them: the prefix goes where a name starts, and stand-ins are what they stand for.
     *
     * <p>Whose topic it is that a new one collides with is not for the client: only that it does.
     */
    String textSeen(String text) {
        int collision = text.indexOf("' collides with existing topic");
        String shown = collision < 0 ? text : text.substring(0, collision) + "' collides with an existing topic";
        shown = shown.replace(standIn, "");
        if (!hides || !shown.contains(prefix)) {
            return shown;
        }
        StringBuilder stripped = new StringBuilder(shown.length());
        int at = 0;
        for (int found = shown.indexOf(prefix); found >= 0; found = shown.indexOf(prefix, at)) {
            boolean startsName = found == 0 || !isPartOfName(shown.charAt(found - 1));
            stripped.append(shown, at, startsName ? found : found + prefix.length());
            at = found + prefix.length();
        }
        return stripped.append(shown, at, shown.length()).toString();
    }

    private static boolean isPartOfName(char character) {
        return Character.isLetterOrDigit(character) || character == '.' || character == '_' || character == '-';
    }
}
