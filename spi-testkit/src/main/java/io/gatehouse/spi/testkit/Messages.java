/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.spi.testkit;

import org.apache.kafka.common.message.ApiMessageType;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.common.protocol.MessageUtil;

/** Kafka's messages through their bytes, so that a test sees what a version really carries. */
final class Messages {

    private Messages() {}

    static ApiMessage request(ApiKeys api, short version, ApiMessage request) {
        requireVersion(api, version);
        return read(
                request, version, requireClass(ApiMessageType.fromApiKey(api.id).newRequest(), request));
    }

    static ApiMessage response(ApiKeys api, short version, ApiMessage response) {
        return read(
                response,
                version,
                requireClass(ApiMessageType.fromApiKey(api.id).newResponse(), response));
    }

    private static void requireVersion(ApiKeys api, short version) {
        if (version < api.messageType.lowestSupportedVersion()
                || version > api.messageType.highestSupportedVersion(true)) {
            throw new IllegalArgumentException(
                    "version: " + version + " of " + api + " (expected: " + api.messageType.lowestSupportedVersion()
                            + "-" + api.messageType.highestSupportedVersion(true) + ")");
        }
    }

    private static ApiMessage requireClass(ApiMessage empty, ApiMessage message) {
        if (message.getClass() != empty.getClass()) {
            throw new IllegalArgumentException(message.getClass().getName() + " (expected: "
                    + empty.getClass().getName() + ")");
        }
        return empty;
    }

    private static ApiMessage read(ApiMessage message, short version, ApiMessage into) {
        ByteBufferAccessor bytes = MessageUtil.toByteBufferAccessor(message, version);
        into.read(bytes, version);
        return into;
    }
}
