/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel.resources;

import io.gatehouse.kernel.config.Yaml;
import io.gatehouse.spi.resources.ResourceException;
import io.gatehouse.spi.resources.ResourceStore;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/** A store whose content a test writes as YAML; the origin of document {@code n} is {@code test.yaml#n}. */
final class MemoryStore implements ResourceStore {

    private Content content;
    private Consumer<Content> listener = changed -> {};
    private int writes;
    private String beforeNextWrite;

    MemoryStore(String yaml, String... problems) {
        this.content = content(yaml, problems);
    }

    void replace(String yaml, String... problems) {
        content = content(yaml, problems);
        listener.accept(content);
    }

    private static Content content(String yaml, String... problems) {
        List<Document> documents = new ArrayList<>();
        for (Object tree : Yaml.read(yaml).documents()) {
            Map<String, Object> object = new LinkedHashMap<>();
            ((Map<?, ?>) tree).forEach((key, value) -> object.put(String.valueOf(key), value));
            documents.add(
                    new Document("test.yaml#" + (documents.size() + 1), Integer.toHexString(tree.hashCode()), object));
        }
        return new Content(documents, List.of(problems));
    }

    /** Like a store that another gateway writes to: the next write finds this content first. */
    void replaceBeforeNextWrite(String yaml) {
        beforeNextWrite = yaml;
    }

    @Override
    public Optional<String> readOnly() {
        return Optional.empty();
    }

    @Override
    public void write(List<Write> changes) {
        if (beforeNextWrite != null) {
            replace(beforeNextWrite);
            beforeNextWrite = null;
        }
        List<Document> documents = new ArrayList<>(content.documents());
        for (Write change : changes) {
            Optional<Document> now = documents.stream()
                    .filter(document -> FileResourceStore.isOf(document.tree(), change))
                    .findFirst();
            if (!now.map(Document::version).equals(change.expectedVersion())) {
                throw new ResourceException(ResourceException.Reason.CONFLICT, change + " but " + now);
            }
            now.ifPresent(documents::remove);
            change.tree().ifPresent(tree -> documents.add(new Document("written", "v" + ++writes, tree)));
        }
        content = new Content(documents, content.problems());
        listener.accept(content);
    }

    /** How many documents were written. */
    int writes() {
        return writes;
    }

    @Override
    public void open(Consumer<Content> changed) {
        listener = changed;
        changed.accept(content);
    }

    @Override
    public void close() {
        listener = changed -> {};
    }
}
