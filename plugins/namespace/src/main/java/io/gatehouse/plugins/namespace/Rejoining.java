/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.plugins.namespace;

import org.apache.kafka.common.message.ConsumerGroupHeartbeatRequestData;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatResponseData;
import org.apache.kafka.common.message.ShareGroupHeartbeatRequestData;
import org.apache.kafka.common.message.ShareGroupHeartbeatResponseData;
import org.apache.kafka.common.message.StreamsGroupHeartbeatRequestData;
import org.apache.kafka.common.message.StreamsGroupHeartbeatResponseData;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.Errors;

/**
 * Members of a group whose name has come to mean another one. It does not know them, or is none of their type yet; for the latter clients
 * end, but for the former they join.
 */
final class Rejoining {

    private static final short NO_GROUP = Errors.GROUP_ID_NOT_FOUND.code();
    private static final short NO_MEMBER = Errors.UNKNOWN_MEMBER_ID.code();

    private Rejoining() {}

    /** Whether a request is of a member that has joined. */
    static boolean isOfMember(ApiMessage request) {
        return (request instanceof ConsumerGroupHeartbeatRequestData consumer && consumer.memberEpoch() > 0)
                || (request instanceof ShareGroupHeartbeatRequestData share && share.memberEpoch() > 0)
                || (request instanceof StreamsGroupHeartbeatRequestData streams && streams.memberEpoch() > 0);
    }

    /** Has the member join; whether the response has changed. */
    static boolean response(ApiMessage response) {
        if (response instanceof ConsumerGroupHeartbeatResponseData consumer && consumer.errorCode() == NO_GROUP) {
            consumer.setErrorCode(NO_MEMBER);
            return true;
        }
        if (response instanceof ShareGroupHeartbeatResponseData share && share.errorCode() == NO_GROUP) {
            share.setErrorCode(NO_MEMBER);
            return true;
        }
        if (response instanceof StreamsGroupHeartbeatResponseData streams && streams.errorCode() == NO_GROUP) {
            streams.setErrorCode(NO_MEMBER);
            return true;
        }
        return false;
    }
}
