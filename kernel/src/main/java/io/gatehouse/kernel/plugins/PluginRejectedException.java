/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel.plugins;

import org.jspecify.annotations.Nullable;

/** A jar is refused. The message is one sentence for operators and plugin authors. */
public final class PluginRejectedException extends Exception {

    private static final long serialVersionUID = 1L;

    private final RejectionCode code;

    PluginRejectedException(RejectionCode code, String message) {
        this(code, message, null);
    }

    PluginRejectedException(RejectionCode code, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.code = code;
    }

    /** Why, for machines. */
    public RejectionCode code() {
        return code;
    }

    /** Why, for people; never null. */
    @Override
    public String getMessage() {
        String message = super.getMessage();
        return message == null ? code.name() : message;
    }
}
