/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.spi.resources;

import io.gatehouse.spi.Experimental;
import io.gatehouse.spi.ProvidedByGateway;
import java.util.List;
import java.util.concurrent.CompletionStage;

/**
 * Changes resources of one kind, as operators do through the API: specs are validated, {@link ResourceKind#beforeStoring} is applied,
 * references are checked, an audit event is written. Thread-safe; never blocks, so event loops may call it.
 */
@Experimental
@ProvidedByGateway
public interface ResourceEditor<S extends Record> {

    /**
     * Changes several resources: all of them, or none when one cannot be. A gateway that dies in the middle may have stored some of them,
     * each one whole.
     *
     * <p>When the stage completes, views show what was changed. It completes on a kernel thread, for work that takes no time.
     *
     * @param changes at most one for each name
     * @param actor who asked for it, for the audit event, such as {@code User:alice}
     * @return the outcomes, in the order of the changes; fails with {@link ResourceException}
     */
    CompletionStage<List<ResourceOutcome>> change(List<ResourceChange<S>> changes, String actor);
}
