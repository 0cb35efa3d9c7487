/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.plugins.admin.http;

import io.gatehouse.spi.resources.ResourceException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A request that is not answered as asked: a problem document of RFC 9457. Carries no stack trace. */
final class Problem extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final int status;
    private final String code;
    private final String title;
    private final transient List<Map<String, Object>> errors;
    private final transient Map<String, String> headers = new LinkedHashMap<>();

    Problem(int status, String code, String title, String detail, List<Map<String, Object>> errors) {
        super(detail, null, false, false);
        this.status = status;
        this.code = code;
        this.title = title;
        this.errors = errors;
    }

    Problem(int status, String code, String title, String detail) {
        this(status, code, title, detail, List.of());
    }

    static Problem badRequest(String detail) {
        return new Problem(400, "bad-request", "The request is not understood", detail);
    }

    static Problem notFound(String detail) {
        return new Problem(404, "not-found", "There is nothing here", detail);
    }

    static Problem of(ResourceException refusal) {
        List<Map<String, Object>> errors = new ArrayList<>();
        for (ResourceException.Issue issue : refusal.issues()) {
            Map<String, Object> error = new LinkedHashMap<>();
            error.put("kind", issue.kind());
            error.put("name", issue.name());
            error.put("path", issue.path());
            error.put("message", issue.message());
            errors.add(error);
        }
        String detail = refusal.getMessage();
        return switch (refusal.reason()) {
            case INVALID -> new Problem(422, "invalid", "The resource is not valid", detail, errors);
            case UNKNOWN_KIND -> new Problem(404, "unknown-kind", "There is no such kind", detail, errors);
            case REFERENCED -> new Problem(409, "referenced", "Other resources refer to it", detail, errors);
            case CONFLICT -> new Problem(412, "conflict", "The resource has changed", detail, errors);
            case READ_ONLY -> new Problem(409, "read-only", "Resources cannot be changed here", detail);
            case UNAVAILABLE -> new Problem(503, "unavailable", "The resource store does not answer", detail);
        };
    }

    /** The same about something else than a resource. */
    Problem titled(String other) {
        return new Problem(status, code, other, String.valueOf(getMessage()), errors);
    }

    Problem with(String header, String value) {
        headers.put(header, value);
        return this;
    }

    int status() {
        return status;
    }

    Map<String, String> headers() {
        return headers;
    }

    Map<String, Object> document() {
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("type", "urn:gatehouse:problem:" + code);
        document.put("title", title);
        document.put("status", status);
        document.put("detail", getMessage());
        if (!errors.isEmpty()) {
            document.put("errors", errors);
        }
        return document;
    }
}
