/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel.interception;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.spi.User;
import io.gatehouse.spi.interception.Decision;
import org.apache.kafka.common.message.FetchRequestData;
import org.apache.kafka.common.message.FetchResponseData;
import org.apache.kafka.common.message.ShareAcknowledgeRequestData;
import org.apache.kafka.common.message.ShareFetchRequestData;
import org.apache.kafka.common.message.ShareFetchResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FetchSessionsTest {

    private final TestChain chain = new TestChain()
            .then(on -> on.request(ApiKeys.FETCH, FetchRequestData.class, (request, context) -> Decision.forward()));

    @Test
    void aRequestWithoutASessionPasses() {
        chain.request(ApiKeys.FETCH, fetch(0, -1));
        chain.request(ApiKeys.FETCH, fetch(0, 0));

        assertThat(chain.events).containsExactly("forward", "forward");
    }

    @Test
    void theSessionThatThisConnectionOpenedPasses() {
        chain.chain().sessions().note(77);

        chain.request(ApiKeys.FETCH, fetch(77, 3));
        chain.request(ApiKeys.FETCH, fetch(77, -1));

        assertThat(chain.events).containsExactly("forward", "forward");
    }

    @Test
    void aResponseWithoutASessionDoesNotEndTheOneThatIsOpen() {
        chain.chain().sessions().note(77);
        chain.chain().sessions().note(0);

        chain.request(ApiKeys.FETCH, fetch(77, 3));

        assertThat(chain.events).containsExactly("forward");
    }

    @Test
    void anIncrementalRequestInAForeignSessionIsAnsweredNotFound() {
        chain.chain().sessions().note(77);

        chain.request(ApiKeys.FETCH, fetch(78, 3));

        assertThat(chain.events).containsExactly("answer");
        assertThat(((FetchResponseData) chain.outcome).errorCode()).isEqualTo(Errors.FETCH_SESSION_ID_NOT_FOUND.code());
    }

    @ParameterizedTest
    @ValueSource(ints = {0, -1})
    void aFullRequestWithAForeignSessionLosesItsId(int epoch) {
        FetchRequestData request = fetch(78, epoch);

        chain.request(ApiKeys.FETCH, request);

        assertThat(chain.events).containsExactly("forward changed");
        assertThat(request.sessionId()).isZero();
    }

    @Test
    void aShareSessionMustBeOpenedHereToBeUsedHere() {
        chain.request(ApiKeys.SHARE_FETCH, share("group", "member", 1));

        assertThat(chain.events).containsExactly("answer");
        assertThat(((ShareFetchResponseData) chain.outcome).errorCode())
                .isEqualTo(Errors.SHARE_SESSION_NOT_FOUND.code());
    }

    @Test
    void anOpenShareSessionIsUsedUntilItIsClosed() {
        open("group", "member", Errors.NONE);
        chain.request(ApiKeys.SHARE_FETCH, share("group", "member", 1));
        chain.request(ApiKeys.SHARE_ACKNOWLEDGE, acknowledge("group", "member", 2));
        chain.request(ApiKeys.SHARE_FETCH, share("group", "other", 1));
        chain.request(ApiKeys.SHARE_FETCH, share("group", "member", -1));
        chain.request(ApiKeys.SHARE_FETCH, share("group", "member", 2));

        assertThat(chain.events)
                .containsExactly("forward", "respond", "forward", "forward", "answer", "forward", "answer");
    }

    /** Kafka refuses acknowledgements in the first epoch before it looks at the session, which may be another member's. */
    @Test
    void aShareSessionThatTheBrokerRefusesToOpenIsNotOfThisConnection() {
        open("group", "victim", Errors.INVALID_REQUEST);

        chain.request(ApiKeys.SHARE_FETCH, share("group", "victim", 1));

        assertThat(chain.events).containsExactly("forward", "respond", "answer");
    }

    @Test
    void aConnectionThatOpensShareSessionAfterShareSessionHasToOpenTheFirstAgain() {
        for (int i = 0; i <= 16; i++) {
            open("group", "member" + i, Errors.NONE);
        }
        chain.events.clear();

        chain.request(ApiKeys.SHARE_FETCH, share("group", "member16", 1));
        chain.request(ApiKeys.SHARE_FETCH, share("group", "member0", 1));

        assertThat(chain.events).containsExactly("forward", "answer");
    }

    @Test
    void anAcknowledgementOpensNoShareSession() {
        chain.request(ApiKeys.SHARE_ACKNOWLEDGE, acknowledge("group", "victim", 0));
        chain.request(ApiKeys.SHARE_FETCH, share("group", "victim", 1));

        assertThat(chain.events).containsExactly("answer", "answer");
    }

    /** As with another account, which does not change what this user may. */
    @Test
    void sessionsGoOnWhileTheLinksThatLookAtFetchAreTheSame() {
        chain.chain().sessions().note(77);
        open("group", "member", Errors.NONE);

        chain.rebuild(TestChain.ALICE);
        chain.request(ApiKeys.FETCH, fetch(77, 3));
        chain.request(ApiKeys.SHARE_FETCH, share("group", "member", 1));

        assertThat(chain.events).containsExactly("forward", "respond", "forward", "forward");
    }

    /** What is in them was judged by other rules, for another user. */
    @Test
    void sessionsThatOtherLinksHaveJudgedHaveToBeOpenedAgain() {
        chain.chain().sessions().note(77);
        open("group", "member", Errors.NONE);
        Exchange inFlight = chain.exchange(ApiKeys.FETCH, true);

        chain.rebuild(User.named("alice").principal("other").build());
        inFlight.fetchSession(77);
        chain.request(ApiKeys.FETCH, fetch(77, 3));
        chain.request(ApiKeys.SHARE_FETCH, share("group", "member", 1));
        chain.request(ApiKeys.FETCH, fetch(77, 0)).fetchSession(78);
        chain.request(ApiKeys.FETCH, fetch(78, 1));

        assertThat(chain.events)
                .containsExactly("forward", "respond", "answer", "answer", "forward changed", "forward");
    }

    private void open(String group, String member, Errors answer) {
        chain.request(ApiKeys.SHARE_FETCH, share(group, member, 0))
                .response(new ShareFetchResponseData().setErrorCode(answer.code()));
    }

    private static FetchRequestData fetch(int session, int epoch) {
        return new FetchRequestData().setSessionId(session).setSessionEpoch(epoch);
    }

    private static ShareFetchRequestData share(String group, String member, int epoch) {
        return new ShareFetchRequestData().setGroupId(group).setMemberId(member).setShareSessionEpoch(epoch);
    }

    private static ApiMessage acknowledge(String group, String member, int epoch) {
        return new ShareAcknowledgeRequestData()
                .setGroupId(group)
                .setMemberId(member)
                .setShareSessionEpoch(epoch);
    }
}
