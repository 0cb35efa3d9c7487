/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.plugins.acl.apis;

import io.gatehouse.spi.interception.Decision;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Function;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.Errors;

/** What was taken out of a request, with its place, to be put back as errors into the response. Not thread-safe. */
final class Denied<T> {

    private final List<Item<T>> items = new ArrayList<>(0);

    private record Item<T>(int place, T value, Errors error) {}

    /** Takes out of a collection what the judge has an error for. */
    static <T> Denied<T> takeFrom(Collection<T> items, Function<T, Errors> judge) {
        Denied<T> denied = new Denied<>();
        int[] place = {0};
        items.removeIf(item -> {
            Errors error = judge.apply(item);
            if (error != Errors.NONE) {
                denied.items.add(new Item<>(place[0], item, error));
            }
            place[0]++;
            return error != Errors.NONE;
        });
        return denied;
    }

    boolean isEmpty() {
        return items.isEmpty();
    }

    /** Puts an error for each into the response, at the place that it had in the request where the response has places. */
    <R> void mergeInto(Collection<R> responses, BiFunction<T, Errors, R> form) {
        for (Item<T> item : items) {
            R response = form.apply(item.value(), item.error());
            if (responses instanceof List<R> list) {
                list.add(Math.min(item.place(), list.size()), response);
            } else {
                responses.add(response);
            }
        }
    }

    /**
     * What follows for the request: all of it goes on, the rest goes on and its response gets the errors, or nothing does.
     *
     * @param empty a response without items, for the case that nothing is left
     * @param merge puts the errors into a response
     */
    <M extends ApiMessage> Decision decide(
            ApiMessage rest, boolean nothingLeft, M empty, Class<M> type, Consumer<M> merge) {
        if (items.isEmpty()) {
            return Decision.forward();
        }
        if (nothingLeft) {
            merge.accept(empty);
            return Decision.respond(empty);
        }
        return Decision.forward(rest).onResponse(type, (response, context) -> {
            merge.accept(response);
            return Decision.forward(response);
        });
    }
}
