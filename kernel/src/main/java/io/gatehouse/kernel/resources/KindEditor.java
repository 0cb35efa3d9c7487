/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel.resources;

import io.gatehouse.kernel.config.RecordTrees;
import io.gatehouse.spi.resources.ResourceChange;
import io.gatehouse.spi.resources.ResourceEditor;
import io.gatehouse.spi.resources.ResourceKind;
import io.gatehouse.spi.resources.ResourceOutcome;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;

/** Changes resources of one kind by their records. Thread-safe. */
public final class KindEditor<S extends Record> implements ResourceEditor<S> {

    private final ResourceKind<S> kind;
    private final ResourceWriter writer;

    public KindEditor(ResourceKind<S> kind, ResourceWriter writer) {
        this.kind = kind;
        this.writer = writer;
    }

    @Override
    public CompletionStage<List<ResourceOutcome>> change(List<ResourceChange<S>> changes, String actor) {
        List<ResourceEdit> edits = new ArrayList<>();
        for (ResourceChange<S> change : changes) {
            if (change instanceof ResourceChange.Put<S> put) {
                Map<String, Object> tree = new LinkedHashMap<>();
                tree.put("apiVersion", Envelope.API_VERSION);
                tree.put("kind", kind.kind());
                tree.put("metadata", Map.of("name", put.name()));
                tree.put("spec", RecordTrees.tree(put.spec()));
                edits.add(new ResourceEdit.Put(kind.kind(), put.name(), tree, put.precondition()));
                continue;
            }
            edits.add(new ResourceEdit.Delete(kind.kind(), change.name(), change.precondition()));
        }
        return writer.write(edits, new WriteOptions(false, false, actor));
    }
}
