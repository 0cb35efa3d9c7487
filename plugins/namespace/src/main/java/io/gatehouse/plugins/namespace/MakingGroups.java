/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.plugins.namespace;

import org.apache.kafka.common.message.AlterShareGroupOffsetsRequestData;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatRequestData;
import org.apache.kafka.common.message.JoinGroupRequestData;
import org.apache.kafka.common.message.OffsetCommitRequestData;
import org.apache.kafka.common.message.OffsetFetchRequestData;
import org.apache.kafka.common.message.ShareGroupHeartbeatRequestData;
import org.apache.kafka.common.message.StreamsGroupHeartbeatRequestData;
import org.apache.kafka.common.message.TxnOffsetCommitRequestData;
import org.apache.kafka.common.protocol.ApiMessage;

/**
 * Requests for which the namespace's own group has to be there still: in one that was deleted a moment ago they would make it anew, so that
 * nobody came to the additional one ever. Those that look for where to go on are among them: what is then committed goes to the other.
 */
final class MakingGroups {

    private MakingGroups() {}

    /** Whether a request makes a group that it does not find, or begins what does. */
    static boolean isMaking(ApiMessage request) {
        return request instanceof JoinGroupRequestData
                || (request instanceof ConsumerGroupHeartbeatRequestData consumer && consumer.memberEpoch() == 0)
                || (request instanceof ShareGroupHeartbeatRequestData share && share.memberEpoch() == 0)
                || (request instanceof StreamsGroupHeartbeatRequestData streams && streams.memberEpoch() == 0)
                // Of nobody who is a member.
                || (request instanceof OffsetCommitRequestData commit && commit.generationIdOrMemberEpoch() < 0)
                || (request instanceof TxnOffsetCommitRequestData commit && commit.generationIdOrMemberEpoch() < 0)
                || request instanceof OffsetFetchRequestData
                || request instanceof AlterShareGroupOffsetsRequestData;
    }
}
