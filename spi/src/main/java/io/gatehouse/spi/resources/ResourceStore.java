/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.spi.resources;

import io.gatehouse.spi.Experimental;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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
     * Why the store takes no changes; empty when it does.
     *
     * @return a sentence for operators
     */
    default Optional<String> readOnly() {
        return Optional.of(
                "the resource store takes no changes (expected: what it reads to be changed where it stands)");
    }

    /**
     * Stores several changes. When this method returns they will survive a crash, and the listener has been given a content that has them.
     * Expectations are checked for all of them before the first is stored. A store that dies in the middle may have stored some of them,
     * each one whole: what is read later is, for every document, the old or the new state.
     *
     * <p>Threading: called by one thread at a time, which may block, never by an event loop.
     *
     * @param changes at most one for each kind and name
     * @throws ResourceException {@code CONFLICT} when an expectation does not hold, after the listener has been given the content that
     *     contradicts it; {@code READ_ONLY}, or {@code UNAVAILABLE} when the store cannot be reached or written
     */
    default void write(List<Write> changes) {
        throw new ResourceException(
                ResourceException.Reason.READ_ONLY, readOnly().orElse("read-only"));
    }

    /**
     * One document that is to be stored, or removed.
     *
     * @param expectedVersion what the store must hold; empty when it must hold no such document
     * @param tree the whole document; empty to remove it
     */
    record Write(String kind, String name, Optional<String> expectedVersion, Optional<Map<String, Object>> tree) {}

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
