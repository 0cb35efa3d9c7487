/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.spi.resources;

import io.gatehouse.spi.Experimental;
import java.util.List;
import java.util.stream.Collectors;

/** Changes that did not happen, none of those that were asked for together. The message lists every issue. */
@Experimental
public final class ResourceException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final Reason reason;
    private final transient List<Issue> issues;

    /** Why nothing happened. */
    public enum Reason {
        /** What was to be written is not valid. */
        INVALID,
        /** Nobody offers the kind. */
        UNKNOWN_KIND,
        /** Others refer to what was to be deleted or changed; the issues name them. */
        REFERENCED,
        /** A precondition does not hold. */
        CONFLICT,
        /** The store takes no changes. */
        READ_ONLY,
        /** The store cannot be reached or written; whether it has taken the change may be unknown. */
        UNAVAILABLE
    }

    /**
     * One thing that is wrong.
     *
     * @param kind of the resource; empty when it is about none
     * @param name of the resource; empty when it is about none
     * @param path within the resource, such as {@code spec.principal}; empty for the whole
     * @param message the value and the expectation; never a secret
     */
    public record Issue(String kind, String name, String path, String message) {
        @Override
        public String toString() {
            String where = kind.isEmpty() ? "" : kind + "/" + name + (path.isEmpty() ? "" : " ");
            String subject = where + path;
            return subject.isEmpty() ? message : subject + ": " + message;
        }
    }

    public ResourceException(Reason reason, List<Issue> issues) {
        super(issues.stream().map(Issue::toString).collect(Collectors.joining("; ")));
        this.reason = reason;
        this.issues = List.copyOf(issues);
    }

    /** With one issue that is about no resource in particular. */
    public ResourceException(Reason reason, String message) {
        this(reason, List.of(new Issue("", "", "", message)));
    }

    public Reason reason() {
        return reason;
    }

    /** At least one. */
    public List<Issue> issues() {
        return issues;
    }
}
