/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.plugins.acl.apis;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import io.gatehouse.plugins.acl.apis.GroupSubscriptions.Member;
import io.gatehouse.plugins.acl.apis.GroupSubscriptions.Subscription;
import io.gatehouse.plugins.acl.decision.Permissions;
import io.gatehouse.spi.interception.AsyncOptions;
import io.gatehouse.spi.interception.Decision;
import io.gatehouse.spi.interception.RequestContext;
import io.gatehouse.spi.interception.Subscriptions;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.Collectors;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatRequestData;
import org.apache.kafka.common.message.MetadataRequestData;
import org.apache.kafka.common.message.MetadataResponseData;
import org.apache.kafka.common.message.MetadataResponseData.MetadataResponseTopic;
import org.apache.kafka.common.message.ShareGroupHeartbeatRequestData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.resource.ResourceType;
import org.jspecify.annotations.Nullable;

/**
 * Heartbeats of consumer and share groups: READ on the group, DESCRIBE on every topic that is named. A broker would let a pattern reach what
 * the gateway may describe; so it is told the topics that the user may, again when topics or rights have changed. By their names, since a
 * broker resolves a pattern later, and takes the member's partitions away until it has.
 *
 * <table>
 * <caption>Patterns, of a user who may describe what starts with {@code orders-}</caption>
 * <tr><td>{@code orders-(in|out)}</td><td>passes: it reaches nothing else</td></tr>
 * <tr><td>{@code .*-in}</td><td>becomes the name {@code orders-in}, as long as that is all there is</td></tr>
 * </table>
 *
 * <p>See SubscriptionsByPatternTest.
 */
final class HeartbeatApi {

    /** Of a member that has said nothing yet. */
    private static final Subscription NEW = new Subscription(List.of(), "", null, Permissions.EVERYTHING, 0);

    private static final AsyncOptions DEADLINE = AsyncOptions.within(Duration.ofSeconds(20));
    private static final int PATTERNS_SINCE = 1;
    private static final long FRESH_NANOS = Duration.ofSeconds(10).toNanos();
    private static final int FIRST_EPOCH = 0;

    private final Access access;

    private HeartbeatApi(Access access) {
        this.access = access;
    }

    static void subscribe(Access access, Subscriptions on) {
        on.requestAsync(
                ApiKeys.CONSUMER_GROUP_HEARTBEAT,
                ConsumerGroupHeartbeatRequestData.class,
                DEADLINE,
                new HeartbeatApi(access)::decide);
    }

    static void subscribeShare(Access access, Subscriptions on) {
        on.request(ApiKeys.SHARE_GROUP_HEARTBEAT, ShareGroupHeartbeatRequestData.class, (request, context) -> {
            if (!access.may(context, AclOperation.READ, ResourceType.GROUP, request.groupId())) {
                return Decision.refuse(Errors.GROUP_AUTHORIZATION_FAILED, "");
            }
            return mayDescribeAll(access, context, request.subscribedTopicNames())
                    ? Decision.forward()
                    : Decision.refuse(Errors.TOPIC_AUTHORIZATION_FAILED, "");
        });
    }

    private static boolean mayDescribeAll(Access access, RequestContext context, @Nullable Iterable<String> topics) {
        boolean all = true;
        if (topics != null) {
            for (String topic : topics) {
                all &= access.may(context, AclOperation.DESCRIBE, ResourceType.TOPIC, topic);
            }
        }
        return all;
    }

    private CompletionStage<Decision> decide(ConsumerGroupHeartbeatRequestData request, RequestContext context) {
        if (!access.may(context, AclOperation.READ, ResourceType.GROUP, request.groupId())) {
            return done(Decision.refuse(Errors.GROUP_AUTHORIZATION_FAILED, ""));
        }
        if (!mayDescribeAll(access, context, request.subscribedTopicNames())) {
            return done(Decision.refuse(Errors.TOPIC_AUTHORIZATION_FAILED, ""));
        }
        if (context.apiVersion() < PATTERNS_SINCE
                || access.auditOnly()
                || access.everyName(AclOperation.DESCRIBE, ResourceType.TOPIC)) {
            return done(Decision.forward());
        }
        Member member = new Member(access.virtualCluster(), access.username(), request.groupId(), request.memberId());
        if (request.memberEpoch() < FIRST_EPOCH) {
            access.groupSubscriptions().remove(member);
            return done(Decision.forward());
        }
        Subscription known = request.memberEpoch() == FIRST_EPOCH
                ? NEW
                : access.groupSubscriptions().find(member).orElse(null);
        if (known == null) {
            // It may have a pattern that nobody here has seen: it joins again, and says it.
            return done(Decision.refuse(Errors.FENCED_MEMBER_EPOCH, ""));
        }
        List<String> names =
                request.subscribedTopicNames() == null ? known.names() : List.copyOf(request.subscribedTopicNames());
        String pattern = request.subscribedTopicRegex() == null ? known.pattern() : request.subscribedTopicRegex();
        return subscription(request, context, member, known, names, pattern);
    }

    private CompletionStage<Decision> subscription(
            ConsumerGroupHeartbeatRequestData request,
            RequestContext context,
            Member member,
            Subscription known,
            List<String> names,
            String pattern) {
        boolean unchanged = request.subscribedTopicNames() == null && request.subscribedTopicRegex() == null;
        boolean fresh =
                known.permissions() == access.permissions() && System.nanoTime() - known.madeNanos() < FRESH_NANOS;
        if (unchanged && request.memberEpoch() != FIRST_EPOCH && (pattern.isEmpty() || fresh)) {
            return done(Decision.forward());
        }
        Pattern compiled;
        try {
            compiled = Pattern.compile(pattern);
        } catch (PatternSyntaxException e) {
            return done(Decision.refuse(Errors.INVALID_REGULAR_EXPRESSION, "Invalid regular expression"));
        }
        if (pattern.isEmpty()
                || access.everyNameFrom(AclOperation.DESCRIBE, ResourceType.TOPIC, literalStart(pattern))) {
            remember(member, names, pattern, null);
            return done(
                    known.expanded() == null
                            ? Decision.forward()
                            : Decision.forward(
                                    request.setSubscribedTopicRegex(pattern).setSubscribedTopicNames(names)));
        }
        return visible(compiled, context).thenApply(expanded -> {
            remember(member, names, pattern, expanded);
            if (unchanged && expanded.equals(known.expanded())) {
                return Decision.forward();
            }
            Set<String> all = new TreeSet<>(names);
            all.addAll(expanded);
            return Decision.forward(request.setSubscribedTopicRegex("").setSubscribedTopicNames(List.copyOf(all)));
        });
    }

    private void remember(Member member, List<String> names, String pattern, @Nullable Set<String> expanded) {
        access.groupSubscriptions()
                .put(member, new Subscription(names, pattern, expanded, access.permissions(), System.nanoTime()));
    }

    /** The names that a pattern matches and the user may describe. */
    private CompletionStage<Set<String>> visible(Pattern pattern, RequestContext context) {
        return context.send(new MetadataRequestData().setTopics(null))
                .thenApply(answer -> ((MetadataResponseData) answer)
                        .topics().stream()
                                .map(MetadataResponseTopic::name)
                                .filter(pattern::matches)
                                .filter(name -> access.sees(AclOperation.DESCRIBE, ResourceType.TOPIC, name))
                                .collect(Collectors.toSet()));
    }

    /** What every name starts with that a pattern matches; less than that when the pattern is not simple. */
    static String literalStart(String pattern) {
        if (pattern.indexOf('|') >= 0 && !insideOneGroup(pattern)) {
            return "";
        }
        StringBuilder start = new StringBuilder();
        for (int at = 0; at < pattern.length(); at++) {
            char character = pattern.charAt(at);
            boolean escaped = character == '\\' && at + 1 < pattern.length() && isPunctuation(pattern.charAt(at + 1));
            char literal = escaped ? pattern.charAt(at + 1) : character;
            if (!escaped && !isNameCharacter(character)) {
                break;
            }
            int after = escaped ? at + 2 : at + 1;
            if (after < pattern.length() && "?*+{".indexOf(pattern.charAt(after)) >= 0) {
                break;
            }
            start.append(literal);
            at = after - 1;
        }
        return start.toString();
    }

    /** Whether every {@code |} stands between the first parenthesis and the last one, which ends the pattern. */
    private static boolean insideOneGroup(String pattern) {
        int open = pattern.indexOf('(');
        int depth = 0;
        if (open < 0 || pattern.indexOf('|') < open || pattern.contains("\\") || pattern.contains("[")) {
            return false;
        }
        for (int at = open; at < pattern.length(); at++) {
            char character = pattern.charAt(at);
            depth += character == '(' ? 1 : character == ')' ? -1 : 0;
            if (character == '|' && depth <= 0) {
                return false;
            }
        }
        return depth == 0;
    }

    private static boolean isNameCharacter(char character) {
        return character < 128 && Character.isLetterOrDigit(character) || character == '-' || character == '_';
    }

    private static boolean isPunctuation(char character) {
        return character == '.' || character == '-' || character == '_';
    }

    private static CompletionStage<Decision> done(Decision decision) {
        return CompletableFuture.completedFuture(decision);
    }
}
