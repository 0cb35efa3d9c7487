/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.plugins.records;

import dev.cel.runtime.CelEvaluationException;
import io.gatehouse.spi.User;
import io.gatehouse.spi.interception.Interceptor;
import io.gatehouse.spi.interception.Subscriptions;
import io.gatehouse.spi.records.FetchedBatch;
import io.gatehouse.spi.records.InterceptedRecord;
import io.gatehouse.spi.records.ProducedBatch;
import io.gatehouse.spi.records.RecordsBatch;
import java.util.List;

/**
 * The rules of one interceptor. A condition that cannot be evaluated for a record denies: the record is refused, or hidden. Who no rule can
 * ever concern subscribes to nothing.
 */
final class RecordsInterceptor implements Interceptor {

    private final List<Rule> produce;
    private final List<Rule> fetch;

    RecordsInterceptor(RecordsConfig config) {
        this.produce = config.produce().stream().map(Rule::of).toList();
        this.fetch = config.fetch().stream().map(Rule::of).toList();
    }

    @Override
    public void subscribe(User user, Subscriptions on) {
        UserVariables variables = UserVariables.of(user);
        List<Rule> produced = ofUser(produce, variables);
        List<Rule> fetched = ofUser(fetch, variables);
        if (!produced.isEmpty()) {
            on.producedRecords((batch, context) -> produced(batch, ofTopic(produced, batch), variables));
        }
        if (!fetched.isEmpty()) {
            on.fetchedRecords((batch, context) -> fetched(batch, ofTopic(fetched, batch), variables));
        }
    }

    private static List<Rule> ofUser(List<Rule> rules, UserVariables user) {
        return rules.stream().filter(rule -> !rule.isNeverFor(user)).toList();
    }

    private static List<Rule> ofTopic(List<Rule> rules, RecordsBatch batch) {
        return rules.stream().filter(rule -> rule.isFor(batch.topic())).toList();
    }

    private static void produced(ProducedBatch batch, List<Rule> rules, UserVariables user) {
        if (rules.isEmpty()) {
            return;
        }
        for (InterceptedRecord record : batch) {
            Rule.End end = apply(rules, batch, record, user);
            switch (end.kind()) {
                case REJECT -> batch.reject(record, end.reason());
                case DROP -> batch.drop(record, end.reason());
                case GO_ON -> {}
            }
        }
    }

    private static void fetched(FetchedBatch batch, List<Rule> rules, UserVariables user) {
        if (rules.isEmpty()) {
            return;
        }
        for (InterceptedRecord record : batch) {
            if (apply(rules, batch, record, user).kind() != Rule.Kind.GO_ON) {
                batch.drop(record);
            }
        }
    }

    private static Rule.End apply(List<Rule> rules, RecordsBatch batch, InterceptedRecord record, UserVariables user) {
        RecordVariables variables = new RecordVariables(user, batch.topic(), batch.partition(), record);
        for (Rule rule : rules) {
            Rule.End end;
            try {
                end = rule.apply(record, variables);
            } catch (CelEvaluationException e) {
                return new Rule.End(
                        Rule.Kind.REJECT, "condition " + rule.condition() + " cannot be evaluated: " + e.getMessage());
            }
            if (end.kind() != Rule.Kind.GO_ON) {
                return end;
            }
        }
        return Rule.End.GO_ON;
    }
}
