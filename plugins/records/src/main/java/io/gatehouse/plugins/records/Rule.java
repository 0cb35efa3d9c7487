/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.plugins.records;

import dev.cel.runtime.CelEvaluationException;
import dev.cel.runtime.CelVariableResolver;
import io.gatehouse.spi.records.InterceptedRecord;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.header.Header;

/** A rule, compiled: when it counts, and what it does to headers. Immutable and thread-safe. */
final class Rule {

    private final Globs topics;
    private final Expression when;
    private final Map<String, Expression> setHeaders;
    private final Globs removeHeaders;
    private final End end;

    /** What a rule that counts does with the record in the end. */
    enum Kind {
        GO_ON,
        REJECT,
        DROP
    }

    /** @param reason for the client */
    record End(Kind kind, String reason) {
        static final End GO_ON = new End(Kind.GO_ON, "");
    }

    private Rule(
            List<String> topics, String when, Map<String, String> setHeaders, List<String> removeHeaders, End end) {
        this.topics = new Globs(topics);
        this.when = Expression.condition("when", when);
        this.setHeaders = new LinkedHashMap<>();
        setHeaders.forEach(
                (header, value) -> this.setHeaders.put(header, Expression.text("setHeaders." + header, value)));
        this.removeHeaders = new Globs(removeHeaders);
        this.end = end;
    }

    static Rule of(ProduceRule rule) {
        End end = rule.reject()
                .map(reason -> new End(Kind.REJECT, reason))
                .or(() -> rule.drop().map(reason -> new End(Kind.DROP, reason)))
                .orElse(End.GO_ON);
        return new Rule(rule.topics(), rule.when(), rule.setHeaders(), rule.removeHeaders(), end);
    }

    static Rule of(FetchRule rule) {
        End end = rule.skip() ? new End(Kind.DROP, "") : End.GO_ON;
        return new Rule(rule.topics(), rule.when(), rule.setHeaders(), rule.removeHeaders(), end);
    }

    boolean isFor(String topic) {
        return topics.match(topic);
    }

    /** Whether it never counts for a user. */
    boolean isNeverFor(CelVariableResolver user) {
        return when.isNeverTrue(user);
    }

    /** The condition as it was written, for messages. */
    String condition() {
        return when.toString();
    }

    /**
     * Does to a record what it says, if it counts.
     *
     * @throws CelEvaluationException when that cannot be said; the record is then as it was before
     */
    End apply(InterceptedRecord record, RecordVariables variables) throws CelEvaluationException {
        if (!when.isTrue(variables)) {
            return End.GO_ON;
        }
        Map<String, byte[]> values = new LinkedHashMap<>();
        for (Map.Entry<String, Expression> header : setHeaders.entrySet()) {
            values.put(header.getKey(), header.getValue().text(variables).getBytes(StandardCharsets.UTF_8));
        }
        for (Header header : List.copyOf(record.headers())) {
            if (removeHeaders.match(header.key())) {
                record.removeHeaders(header.key());
            }
        }
        values.forEach(record::setHeader);
        variables.headersChanged();
        return end;
    }
}
