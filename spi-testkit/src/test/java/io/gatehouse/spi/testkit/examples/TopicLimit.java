/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.spi.testkit.examples;

import io.gatehouse.spi.User;
import io.gatehouse.spi.interception.AsyncOptions;
import io.gatehouse.spi.interception.Decision;
import io.gatehouse.spi.interception.Interceptor;
import io.gatehouse.spi.interception.InterceptorContext;
import io.gatehouse.spi.interception.InterceptorFactory;
import io.gatehouse.spi.interception.Subscriptions;
import java.time.Duration;
import java.util.List;
import org.apache.kafka.common.message.CreateTopicsRequestData;
import org.apache.kafka.common.message.DeleteTopicsRequestData;
import org.apache.kafka.common.message.DeleteTopicsResponseData;
import org.apache.kafka.common.message.MetadataRequestData;
import org.apache.kafka.common.message.MetadataResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.pf4j.Extension;

/** An interceptor with a request of its own, a decision that comes later, and a handler for one response. */
@Extension
public final class TopicLimit implements InterceptorFactory<TopicLimit.Config> {

    /** @param most topics that may exist */
    public record Config(int most) {}

    @Override
    public String name() {
        return "topic-limit";
    }

    @Override
    public Class<Config> configType() {
        return Config.class;
    }

    @Override
    public Interceptor create(Config config, InterceptorContext context) {
        return new Limiting(config.most());
    }

    private record Limiting(int most) implements Interceptor {

        @Override
        public void subscribe(User user, Subscriptions on) {
            AsyncOptions options = AsyncOptions.within(Duration.ofSeconds(5));
            on.requestAsync(ApiKeys.CREATE_TOPICS, CreateTopicsRequestData.class, options, (request, context) -> {
                // Null asks for all topics, as this interceptor's place in the chain sees them.
                return context.send(new MetadataRequestData().setTopics(null)).thenApply(answer -> {
                    int topics = ((MetadataResponseData) answer).topics().size();
                    return topics + request.topics().size() > most
                            ? Decision.refuse(
                                    Errors.POLICY_VIOLATION, topics + " topics (expected: at most " + most + ")")
                            : Decision.forward();
                });
            });
            on.request(ApiKeys.DELETE_TOPICS, DeleteTopicsRequestData.class, (request, context) -> audited());
        }

        private static Decision audited() {
            return Decision.forward().onResponse(DeleteTopicsResponseData.class, (response, context) -> {
                List<String> deleted = response.responses().stream()
                        .filter(topic -> topic.errorCode() == Errors.NONE.code())
                        .map(DeleteTopicsResponseData.DeletableTopicResult::name)
                        .toList();
                System.getLogger("audit")
                        .log(System.Logger.Level.INFO, context.user().username() + " deleted " + deleted);
                return Decision.forward();
            });
        }
    }
}
