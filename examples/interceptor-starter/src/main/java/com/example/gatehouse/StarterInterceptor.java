/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package com.example.gatehouse;

import io.gatehouse.spi.User;
import io.gatehouse.spi.interception.Decision;
import io.gatehouse.spi.interception.Interceptor;
import io.gatehouse.spi.interception.RequestContext;
import io.gatehouse.spi.interception.Subscriptions;
import io.gatehouse.spi.records.InterceptedRecord;
import io.gatehouse.spi.records.ProducedBatch;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.regex.Pattern;
import org.apache.kafka.common.message.CreateTopicsRequestData;
import org.apache.kafka.common.message.CreateTopicsRequestData.CreatableTopic;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;

/** One configured interceptor. It serves all connections in its scope, so what it keeps must be immutable or thread-safe. */
final class StarterInterceptor implements Interceptor {

    private final String header;
    private final Pattern topicPattern;

    StarterInterceptor(StarterConfig config) {
        this.header = config.header();
        this.topicPattern = Pattern.compile(config.topicPattern());
    }

    /** Called once for each connection; what is captured here belongs to that connection. */
    @Override
    public void subscribe(User user, Subscriptions on) {
        byte[] username = user.username().getBytes(StandardCharsets.UTF_8);

        on.request(ApiKeys.CREATE_TOPICS, CreateTopicsRequestData.class, this::createTopics);
        on.producedRecords((batch, context) -> produced(batch, username));
    }

    private Decision createTopics(CreateTopicsRequestData request, RequestContext context) {
        List<String> bad = request.topics().stream()
                .map(CreatableTopic::name)
                .filter(name -> !isGood(name))
                .toList();
        if (bad.isEmpty()) {
            return Decision.forward();
        }
        return Decision.refuse(
                Errors.POLICY_VIOLATION, "topics " + bad + " (expected: names that match " + topicPattern + ")");
    }

    private void produced(ProducedBatch batch, byte[] username) {
        String topic = batch.topic();
        if (!isGood(topic)) {
            batch.reject("topic " + topic + " (expected: a name that matches " + topicPattern + ")");
            return;
        }
        for (InterceptedRecord record : batch) {
            // set, not add: what the client claims to be is replaced.
            record.setHeader(header, username);
        }
    }

    private boolean isGood(String topic) {
        return topicPattern.matcher(topic).matches();
    }
}
