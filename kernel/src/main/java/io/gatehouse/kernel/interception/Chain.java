/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel.interception;

import io.gatehouse.kernel.interception.InterceptorSet.Entry;
import io.gatehouse.kernel.interception.Link.Limit;
import io.gatehouse.kernel.interception.Link.RequestSubscription;
import io.gatehouse.kernel.interception.Link.ResponseSubscription;
import io.gatehouse.kernel.wire.Apis;
import io.gatehouse.spi.User;
import io.gatehouse.spi.interception.Interceptor;
import io.gatehouse.spi.interception.TopicNames;
import io.gatehouse.spi.interception.TrafficListener;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.protocol.ApiKeys;
import org.jspecify.annotations.Nullable;

/**
 * The interceptors of one connection in order, from the client to the broker, with what they subscribed to. Immutable but for its count
 * of users; belongs to the connection's event loop. Answers "does anybody want this?" from one bit per API.
 */
public final class Chain {

    private static final RequestStep[] NO_REQUEST_STEPS = new RequestStep[0];

    private final InterceptorSet set;
    private final User user;
    private final Link[] links;
    private final List<Link> fetching;
    private final FetchSessions sessions;
    private final Map<ApiKeys, RequestStep[]> requestSteps;
    private final Map<ApiKeys, List<ResponseStep>> responseSteps;
    private final boolean[] wantsRequest = new boolean[Apis.COUNT];
    private final boolean[] wantsResponse = new boolean[Apis.COUNT];
    private final TrafficListener[] traffic;
    private final @Nullable Map<ApiKeys, Limit> limits;
    private final @Nullable TopicNames[] topics;
    private int users = 1;

    /** A request handler at its place in the chain. */
    record RequestStep(int link, ActiveInterceptor owner, RequestSubscription subscription) {}

    /** A response handler at its place in the chain. */
    record ResponseStep(int link, ActiveInterceptor owner, ResponseSubscription subscription) {}

    private Chain(InterceptorSet set, User user, List<Link> links, List<Link> fetching, FetchSessions sessions) {
        this.set = set;
        this.user = user;
        this.fetching = fetching;
        this.sessions = sessions;
        this.links = links.toArray(Link[]::new);
        Map<ApiKeys, List<RequestStep>> requests = new HashMap<>();
        Map<ApiKeys, List<ResponseStep>> responses = new HashMap<>();
        List<TrafficListener> listeners = new ArrayList<>();
        Map<ApiKeys, Limit> narrowed = new HashMap<>();
        for (int i = 0; i < this.links.length; i++) {
            Link link = this.links[i];
            link.retain();
            for (RequestSubscription subscription : link.requests()) {
                requests.computeIfAbsent(subscription.api(), api -> new ArrayList<>(1))
                        .add(new RequestStep(i, link.owner(), subscription));
                wantsRequest[subscription.api().id] = true;
            }
            for (ResponseSubscription subscription : link.responses()) {
                responses
                        .computeIfAbsent(subscription.api(), api -> new ArrayList<>(1))
                        .add(new ResponseStep(i, link.owner(), subscription));
                wantsResponse[subscription.api().id] = true;
            }
            listeners.addAll(link.trafficListeners());
            for (Limit limit : link.limits()) {
                narrowed.merge(limit.api(), limit, Chain::intersection);
            }
        }
        this.requestSteps = new HashMap<>();
        requests.forEach((api, steps) -> requestSteps.put(api, steps.toArray(RequestStep[]::new)));
        this.responseSteps = responses;
        this.traffic = listeners.toArray(TrafficListener[]::new);
        this.limits = narrowed.isEmpty() ? null : narrowed;
        this.topics = new TopicNames[this.links.length];
    }

    private static Limit intersection(Limit one, Limit other) {
        return new Limit(one.api(), Math.max(one.min(), other.min()), Math.min(one.max(), other.max()));
    }

    /**
     * Builds the chain of a connection, asking interceptors for their subscriptions as far as the previous chain has none that still
     * count.
     *
     * @param first interceptors of the kernel at the client's end
     * @param last interceptors of the kernel at the broker's end
     * @param previous the chain so far, which the caller releases afterwards; null when there is none
     * @throws Link.SubscriptionException when an interceptor cannot say what it wants
     */
    public static Chain build(
            InterceptorSet set,
            User user,
            ChainHost host,
            List<? extends Interceptor> first,
            List<? extends Interceptor> last,
            @Nullable Chain previous) {
        List<Link> links = new ArrayList<>();
        List<Link> fetching;
        FetchSessions sessions;
        try {
            first.forEach(own -> links.add(subscribe(new ActiveInterceptor("kernel", own, null), set, user, host)));
            for (Entry entry : set.choose(user)) {
                ActiveInterceptor active = entry.active();
                if (active == null) {
                    continue;
                }
                Optional<Link> reusable = previous == null ? Optional.empty() : previous.reusable(active, set, user);
                if (reusable.isPresent()) {
                    links.add(reusable.get());
                } else if (active.acquire()) {
                    links.add(subscribe(active, set, user, host));
                } else {
                    throw new IllegalStateException("interceptor " + active.name() + " is closed already");
                }
            }
            fetching = links.stream().filter(Link::wantsFetch).toList();
            // What other links have let into a session must not stay in it.
            boolean same = previous != null && previous.fetching.equals(fetching);
            sessions = same ? previous.sessions : new FetchSessions();
            if (!fetching.isEmpty()) {
                links.add(subscribe(new ActiveInterceptor("kernel", sessions, null), set, user, host));
            }
            last.forEach(own -> links.add(subscribe(new ActiveInterceptor("kernel", own, null), set, user, host)));
        } catch (RuntimeException e) {
            abandon(links);
            throw e;
        }
        return new Chain(set, user, links, fetching, sessions);
    }

    private static void abandon(List<Link> links) {
        links.forEach(Link::retain);
        links.forEach(Link::release);
    }

    /**
     * The chain, for its limits only, of interceptors that apply to everybody who comes by a route; null when there are none.
     *
     * @param nobody stands for a user who is not known yet
     * @param namesVirtualCluster whether the route decides the virtual cluster
     * @throws Link.SubscriptionException when an interceptor cannot say what it wants
     */
    public static @Nullable Chain ofRoute(
            InterceptorSet set, User nobody, boolean namesVirtualCluster, ChainHost host) {
        List<Link> links = new ArrayList<>();
        try {
            for (Entry entry : set.choose(nobody)) {
                ActiveInterceptor active = entry.active();
                boolean byRoute = entry.definition().scope().matchesByRoute(namesVirtualCluster);
                if (byRoute && active != null && active.acquire()) {
                    links.add(subscribe(active, set, nobody, host));
                }
            }
        } catch (RuntimeException e) {
            abandon(links);
            throw e;
        }
        return links.isEmpty() ? null : new Chain(set, nobody, links, List.of(), new FetchSessions());
    }

    private static Link subscribe(ActiveInterceptor active, InterceptorSet set, User user, ChainHost host) {
        return Link.subscribe(active, host, user, set.nextRound());
    }

    private Optional<Link> reusable(ActiveInterceptor active, InterceptorSet now, User nextUser) {
        if (!user.equals(nextUser)) {
            return Optional.empty();
        }
        return Arrays.stream(links)
                .filter(link -> link.owner() == active)
                .filter(link -> !now.mustResubscribe(active, nextUser, link.round()))
                .findFirst();
    }

    /** The set of interceptors that it was built from. */
    public InterceptorSet set() {
        return set;
    }

    /** The user that it was built for. */
    public User user() {
        return user;
    }

    /** Whether anybody wants requests of an API. */
    public boolean wantsRequest(int apiKey) {
        return wantsRequest[apiKey];
    }

    /** Whether anybody wants responses of an API. */
    public boolean wantsResponse(int apiKey) {
        return wantsResponse[apiKey];
    }

    /** The sessions that were opened through it. */
    FetchSessions sessions() {
        return sessions;
    }

    /** Who watches traffic; empty for nobody. */
    public TrafficListener[] traffic() {
        return traffic;
    }

    /** Whether a version of an API has been taken away by a limit. */
    public boolean isLimited(ApiKeys api, int version) {
        return limits != null && (version < minimum(api, version) || version > maximum(api, version));
    }

    /** The lowest version that limits leave. */
    public int minimum(ApiKeys api, int offered) {
        Limit limit = limits == null ? null : limits.get(api);
        return limit == null ? offered : Math.max(offered, limit.min());
    }

    /** The highest version that limits leave; below {@link #minimum} when the API is taken away. */
    public int maximum(ApiKeys api, int offered) {
        Limit limit = limits == null ? null : limits.get(api);
        return limit == null ? offered : Math.min(offered, limit.max());
    }

    /** Whether an interceptor of it is no longer for anything new. */
    public boolean holdsRetired() {
        for (Link link : links) {
            if (link.owner().isRetired()) {
                return true;
            }
        }
        return false;
    }

    /** Whether an interceptor of it is of that generation of a plugin. */
    public boolean holds(Object generation) {
        for (Link link : links) {
            if (link.owner().isOfGeneration(generation)) {
                return true;
            }
        }
        return false;
    }

    /** One more request in flight walks it. */
    void retain() {
        users++;
    }

    /** The connection, or a request in flight, lets it go. */
    public void release() {
        users--;
        if (users == 0) {
            for (Link link : links) {
                link.release();
            }
        }
    }

    /** Names of topic ids as they are at a link: after what the links between it and the broker make of them. */
    TopicNames topics(int link, ChainHost host) {
        TopicNames known = topics[link];
        if (known == null) {
            known = LinkTopics.at(link, links, host);
            topics[link] = known;
        }
        return known;
    }

    int length() {
        return links.length;
    }

    ActiveInterceptor owner(int link) {
        return links[link].owner();
    }

    RequestStep[] requestSteps(ApiKeys api) {
        return requestSteps.getOrDefault(api, NO_REQUEST_STEPS);
    }

    List<ResponseStep> responseSteps(ApiKeys api) {
        return responseSteps.getOrDefault(api, List.of());
    }
}
