/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.spi.identity;

import io.gatehouse.spi.Experimental;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/**
 * A user mapping store through which mappings can be changed too, so that they are managed in one way wherever they live. What is written
 * is found by the next {@link #find}, here and in every other gateway over the same store, as soon as {@code changed} is called there.
 *
 * <p>Thread-safe. May be called on any thread, and must not block it; a stage that fails says why, and then nothing has changed, or it is not
 * known whether something has.
 */
@Experimental
public interface EditableUserMappingStore extends UserMappingStore {

    /**
     * A mapping as it is stored. At most one has the same principal and authentication entry.
     *
     * @param authentication the name of the one authentication entry that it is for; empty when it is for all
     * @param principal exact
     */
    record Entry(Optional<String> authentication, String principal, UserMapping mapping) {}

    /** All mappings, in no order. Fails when one of them does not parse. */
    CompletionStage<List<Entry>> list();

    /** Stores a mapping, in the place of one for the same principal and authentication entry. */
    CompletionStage<Void> put(Entry entry);

    /** Removes a mapping; whether there was one. */
    CompletionStage<Boolean> remove(Optional<String> authentication, String principal);
}
