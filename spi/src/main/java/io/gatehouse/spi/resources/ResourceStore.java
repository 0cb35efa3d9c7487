/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.spi.resources;

import io.gatehouse.spi.Experimental;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * A watched store of documents. It knows nothing of kinds or specs: the kernel validates.
 *
 * <p>Threading: {@link #open} is called once; the store calls its listener one call at a time, from any thread but an event loop.
 */
@Experimental
public interface ResourceStore extends AutoCloseable {

    /**
     * Starts watching. The listener gets the whole content at once before this method returns, and again after every change.
     *
     * @throws java.io.UncheckedIOException when the store cannot be read; the gateway does not become ready
     */
    void open(Consumer<Content> listener);

    /**
     * One document: the tree of a YAML or JSON object, as maps, lists, strings, numbers, booleans and nulls.
     *
     * @param origin where it stands, for messages, such as {@code users.yaml#2}
     * @param version changes whenever the document does
     */
    record Document(String origin, String version, Map<String, Object> tree) {}

    /**
     * Everything in the store.
     *
     * @param documents those that could be read
     * @param problems what could not be read, as sentences naming the place
     */
    record Content(List<Document> documents, List<String> problems) {}

    @Override
    void close();
}
