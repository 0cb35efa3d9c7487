/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.spi.operations;

import io.gatehouse.spi.Experimental;
import io.gatehouse.spi.ProvidedByGateway;
import io.gatehouse.spi.resources.Precondition;
import io.gatehouse.spi.resources.ResourceException;
import io.gatehouse.spi.resources.ResourceOutcome;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/** The resources of all kinds as documents: maps, lists, texts, numbers, booleans and nulls. Thread-safe; reads are from memory. */
@Experimental
@ProvidedByGateway
public interface ResourceOperations {

    /** The kinds that are registered now, ordered by name. */
    List<Kind> kinds();

    /** The resources of a kind as they are stored, ordered by name. */
    List<Document> list(String kind);

    /** One resource as it is stored. */
    Optional<Document> get(String kind, String name);

    /**
     * Adds or replaces a resource. When the stage completes, it is in force.
     *
     * @param document the whole document; {@code ******} stands for the secret that is stored
     * @return fails with {@link ResourceException}
     */
    CompletionStage<ResourceOutcome> put(
            String kind, String name, Map<String, Object> document, Precondition precondition, Options options);

    /**
     * Removes a resource.
     *
     * @return {@code UNCHANGED} when there is none; fails with {@link ResourceException}
     */
    CompletionStage<ResourceOutcome> delete(String kind, String name, Precondition precondition, Options options);

    /**
     * Adds, replaces and removes several resources: all of them, or none when one cannot be. They may refer to each other.
     *
     * @return the outcomes in the order of the changes; fails with {@link ResourceException}
     */
    CompletionStage<List<ResourceOutcome>> change(List<Change> changes, Options options);

    /** What is wrong with what is stored, and what waits for a plugin, each a sentence. */
    List<String> problems();

    /**
     * A kind of resources.
     *
     * @param description a sentence
     * @param specSchema the JSON Schema (2020-12) of {@code spec}, as a tree
     */
    record Kind(String name, String description, Map<String, Object> specSchema) {}

    /**
     * A resource as it is stored, whether or not it is in force.
     *
     * @param version changes whenever the resource does
     * @param document the whole document, secrets masked
     * @param origin where it stands, such as {@code users.yaml#2}
     * @param problems what is wrong with it, each a sentence; none when it is in force as it stands
     */
    record Document(
            String kind,
            String name,
            String version,
            Map<String, Object> document,
            String origin,
            List<String> problems) {}

    /**
     * One change.
     *
     * @param document the whole document; empty to remove the resource
     */
    record Change(String kind, String name, Optional<Map<String, Object>> document, Precondition precondition) {}

    /**
     * How a change is made.
     *
     * @param dryRun whether all is checked and nothing is written
     * @param allowPending whether it may name a type that no loaded plugin offers; it is not in force until one does
     * @param actor who asks, for the audit event
     */
    record Options(boolean dryRun, boolean allowPending, String actor) {}
}
