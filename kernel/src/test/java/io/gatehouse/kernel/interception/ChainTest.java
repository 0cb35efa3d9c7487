/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel.interception;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.gatehouse.spi.User;
import io.gatehouse.spi.interception.Decision;
import io.gatehouse.spi.interception.Interceptor;
import io.gatehouse.spi.interception.Subscriptions;
import io.gatehouse.spi.interception.TrafficListener;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.apache.kafka.common.message.ApiVersionsRequestData;
import org.apache.kafka.common.message.FetchRequestData;
import org.apache.kafka.common.message.MetadataRequestData;
import org.apache.kafka.common.message.MetadataResponseData;
import org.apache.kafka.common.message.SaslHandshakeRequestData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.junit.jupiter.api.Test;

class ChainTest {

    private final TestChain chain = new TestChain();
    private final List<String> events = new ArrayList<>();

    /** Counts its subscriptions and says when they are closed. */
    private final class Counting implements Interceptor {
        private final String name;
        private int subscriptions;

        private Counting(String name) {
            this.name = name;
        }

        @Override
        public void subscribe(User user, Subscriptions on) {
            int number = ++subscriptions;
            on.request(ApiKeys.METADATA, MetadataRequestData.class, (request, context) -> Decision.forward());
            on.onClose(() -> events.add(name + number + " closed"));
        }
    }

    @Test
    void onlyWhatSomebodySubscribedToIsWanted() {
        chain.then(on -> on.request(
                        ApiKeys.METADATA, MetadataRequestData.class, (request, context) -> Decision.forward()))
                .then(on -> on.producedRecords((batch, context) -> {}))
                .then(on -> on.fetchedRecords((batch, context) -> {}));

        for (ApiKeys api : ApiKeys.values()) {
            boolean request = List.of(
                            ApiKeys.METADATA,
                            ApiKeys.PRODUCE,
                            ApiKeys.FETCH,
                            ApiKeys.SHARE_FETCH,
                            ApiKeys.SHARE_ACKNOWLEDGE)
                    .contains(api);
            boolean response = api == ApiKeys.FETCH || api == ApiKeys.SHARE_FETCH;

            assertThat(chain.chain().wantsRequest(api.id)).as(api.name).isEqualTo(request);
            assertThat(chain.chain().wantsResponse(api.id)).as(api.name).isEqualTo(response);
        }
    }

    @Test
    void fetchSessionsAreWatchedOnlyWhereSomebodyWantsFetch() {
        chain.then(on ->
                on.request(ApiKeys.METADATA, MetadataRequestData.class, (request, context) -> Decision.forward()));

        assertThat(chain.chain().wantsRequest(ApiKeys.FETCH.id)).isFalse();

        TestChain wanting = new TestChain()
                .then(on ->
                        on.request(ApiKeys.FETCH, FetchRequestData.class, (request, context) -> Decision.forward()));
        assertThat(wanting.chain().wantsRequest(ApiKeys.SHARE_FETCH.id)).isTrue();
    }

    @Test
    void trafficListenersDecodeNothing() {
        TrafficListener listener = new TrafficListener() {
            @Override
            public void request(ApiKeys api, short version, long sizeBytes) {}

            @Override
            public void response(ApiKeys api, short version, long sizeBytes, long durationNanos) {}
        };
        chain.then(on -> on.traffic(listener));

        assertThat(chain.chain().traffic()).containsExactly(listener);
        assertThat(chain.chain().wantsRequest(ApiKeys.PRODUCE.id)).isFalse();
    }

    @Test
    void limitsIntersect() {
        chain.then(on -> on.limit(ApiKeys.FETCH, 4, 12)).then(on -> on.limit(ApiKeys.FETCH, 7, 17));

        assertThat(chain.chain().minimum(ApiKeys.FETCH, 0)).isEqualTo(7);
        assertThat(chain.chain().maximum(ApiKeys.FETCH, 18)).isEqualTo(12);
        assertThat(chain.chain().maximum(ApiKeys.FETCH, 9)).isEqualTo(9);
        assertThat(chain.chain().isLimited(ApiKeys.FETCH, 6)).isTrue();
        assertThat(chain.chain().isLimited(ApiKeys.FETCH, 7)).isFalse();
        assertThat(chain.chain().isLimited(ApiKeys.FETCH, 12)).isFalse();
        assertThat(chain.chain().isLimited(ApiKeys.FETCH, 13)).isTrue();
        assertThat(chain.chain().isLimited(ApiKeys.PRODUCE, 13)).isFalse();
    }

    @Test
    void aLimitToNothingTakesTheApiAway() {
        chain.then(on -> on.limit(ApiKeys.FETCH, 1, 0));

        assertThat(chain.chain().isLimited(ApiKeys.FETCH, 12)).isTrue();
        assertThat(chain.chain().minimum(ApiKeys.FETCH, 4))
                .isGreaterThan(chain.chain().maximum(ApiKeys.FETCH, 18));
    }

    @Test
    void whatInterceptorsMustNotSeeOrDoublesIsRefused() {
        refuses(on -> on.request(
                ApiKeys.API_VERSIONS, ApiVersionsRequestData.class, (request, context) -> Decision.forward()));
        refuses(on -> on.request(
                ApiKeys.SASL_HANDSHAKE, SaslHandshakeRequestData.class, (request, context) -> Decision.forward()));
        refuses(on -> on.limit(ApiKeys.SASL_AUTHENTICATE, 0, 1));
        refuses(on -> on.request(ApiKeys.FETCH, MetadataRequestData.class, (request, context) -> Decision.forward()));
        refuses(on ->
                on.response(ApiKeys.METADATA, MetadataRequestData.class, (response, context) -> Decision.forward()));
        refuses(on -> {
            on.request(ApiKeys.METADATA, MetadataRequestData.class, (request, context) -> Decision.forward());
            on.request(ApiKeys.METADATA, MetadataRequestData.class, (request, context) -> Decision.forward());
        });
        refuses(on -> {
            on.producedRecords((batch, context) -> {});
            on.producedRecords((batch, context) -> {});
        });
    }

    @Test
    void subscribingAfterwardsIsRefused() {
        List<Subscriptions> kept = new ArrayList<>();
        chain.then(kept::add);
        chain.chain();

        assertThatThrownBy(() -> kept.get(0).onClose(() -> {})).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> kept.get(0).limit(ApiKeys.FETCH, 0, 1)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void anInterceptorThatCannotSubscribeEndsTheBuildAndReleasesTheOthers() {
        chain.thenInterceptor(new Counting("a")).then(on -> {
            throw new IllegalStateException("oops");
        });

        assertThatThrownBy(chain::chain)
                .isInstanceOf(Link.SubscriptionException.class)
                .hasMessage("interceptor b failed to subscribe");

        assertThat(events).containsExactly("a1 closed");
        chain.interceptors.update(List.of());
        await().untilAsserted(() -> {
            assertThat(chain.type.get(0).released).hasValue(1);
            assertThat(chain.type.get(1).released).hasValue(1);
        });
    }

    @Test
    void aNewChainReusesTheLinksOfInterceptorsThatAreNotConcerned() {
        chain.thenInterceptor(new Counting("a")).thenInterceptor(new Counting("b"));
        chain.chain();

        chain.type.get(1).resubscribers.get(0).resubscribe(user -> true);
        chain.rebuild(TestChain.ALICE);

        assertThat(events).containsExactly("b1 closed");
        chain.close();
        assertThat(events).containsExactlyInAnyOrder("b1 closed", "a1 closed", "b2 closed");
    }

    @Test
    void anotherUserSubscribesToEverythingAnew() {
        chain.thenInterceptor(new Counting("a")).thenInterceptor(new Counting("b"));
        chain.chain();

        chain.rebuild(User.named("alice").groups(java.util.Set.of("writers")).build());

        assertThat(events).containsExactly("a1 closed", "b1 closed");
    }

    @Test
    void aLinkOutlivesItsChainUntilTheLastRequestInFlightHasEnded() {
        chain.thenInterceptor(new Counting("a"));
        Exchange inFlight = chain.request(ApiKeys.METADATA, new MetadataRequestData());
        chain.type.get(0).resubscribers.get(0).resubscribe(user -> true);

        chain.rebuild(TestChain.ALICE);
        assertThat(events).isEmpty();
        inFlight.response(new MetadataResponseData());

        assertThat(events).containsExactly("a1 closed");
        inFlight.end();
        assertThat(events).hasSize(1);
    }

    @Test
    void aReusedLinkIsClosedOnceAfterBothChains() {
        chain.thenInterceptor(new Counting("a")).thenInterceptor(new Counting("b"));
        Exchange inFlight = chain.request(ApiKeys.METADATA, new MetadataRequestData());
        chain.type.get(1).resubscribers.get(0).resubscribe(user -> true);
        chain.rebuild(TestChain.ALICE);

        chain.close();
        assertThat(events).containsExactly("b2 closed");
        inFlight.end();

        assertThat(events).containsExactlyInAnyOrder("b2 closed", "a1 closed", "b1 closed");
    }

    @Test
    void aCloserThatThrowsDoesNotKeepTheOthersFromRunning() {
        chain.then(on -> {
            on.onClose(() -> {
                throw new IllegalStateException("oops");
            });
            on.onClose(() -> events.add("second"));
        });
        chain.chain();

        chain.close();

        assertThat(events).containsExactly("second");
        assertThat(chain.type.get(0).failures).hasSize(1);
    }

    @Test
    void theInterceptorIsClosedAfterItIsRetiredAndTheLastConnectionHasLetGo() {
        chain.thenInterceptor(new Counting("a"));
        chain.chain();

        chain.interceptors.update(List.of());
        assertThat(chain.type.get(0).released).hasValue(0);
        chain.close();

        await().untilAsserted(() -> assertThat(chain.type.get(0).released).hasValue(1));
    }

    @Test
    void theChainOfARouteHasTheLimitsOfThoseWhomItAloneDecides() {
        TestChain of =
                new TestChain().then(on -> on.limit(ApiKeys.FETCH, 0, 12)).then(on -> on.limit(ApiKeys.PRODUCE, 0, 9));
        of.chain();

        Chain ofRoute = Chain.ofRoute(
                of.interceptors.current(), User.named(User.ANONYMOUS).build(), false, of.host);

        assertThat(ofRoute.maximum(ApiKeys.FETCH, 18)).isEqualTo(12);
        assertThat(ofRoute.maximum(ApiKeys.PRODUCE, 13)).isEqualTo(9);
        assertThat(Chain.ofRoute(InterceptorSet.EMPTY, TestChain.ALICE, true, of.host))
                .isNull();
    }

    @Test
    void theChainOfARouteThatCannotBeBuiltReleasesWhatItHad() {
        TestChain of = new TestChain().thenInterceptor(new Counting("a")).then(on -> {
            throw new IllegalStateException("oops");
        });
        assertThatThrownBy(of::chain).isInstanceOf(Link.SubscriptionException.class);
        events.clear();

        assertThatThrownBy(() -> Chain.ofRoute(of.interceptors.current(), TestChain.ALICE, false, of.host))
                .isInstanceOf(Link.SubscriptionException.class);

        assertThat(events).containsExactly("a2 closed");
    }

    private static void refuses(Consumer<Subscriptions> subscribe) {
        TestChain refusing = new TestChain().then(subscribe);

        assertThatThrownBy(refusing::chain).isInstanceOf(Link.SubscriptionException.class);

        assertThat(refusing.type.get(0).failures).singleElement().asString().contains("IllegalArgumentException");
    }
}
