/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel.resources;

import io.gatehouse.spi.resources.ResourceOutcome;
import io.gatehouse.spi.resources.ResourceStore.Document;
import io.gatehouse.spi.resources.ResourceStore.Write;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What an edit comes to, given what is stored. Immutable.
 *
 * @param stored what the store holds now
 * @param tree what it is to hold; empty for nothing
 */
record PlannedChange(
        ResourceEdit edit,
        Optional<Document> stored,
        Optional<Map<String, Object>> tree,
        ResourceOutcome.Result result,
        List<String> warnings) {

    boolean concerns(String kind, String name) {
        return edit.kind().equals(kind) && edit.name().equals(name);
    }

    boolean deletes() {
        return edit instanceof ResourceEdit.Delete;
    }

    Write write() {
        return new Write(edit.kind(), edit.name(), stored.map(Document::version), tree);
    }

    ResourceOutcome outcome(Optional<String> version) {
        return new ResourceOutcome(edit.kind(), edit.name(), result, version, warnings);
    }
}
