/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel.interception;

import io.gatehouse.kernel.wire.Apis;
import io.gatehouse.spi.interception.Decision;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/** Holds plugins to the contract of {@link Decision}: never null, the right class, no refusal of what the broker has done already. */
final class DecisionContract {

    private DecisionContract() {}

    /**
     * The decision of a request handler, when it keeps the contract.
     *
     * @throws IllegalStateException when it does not
     */
    static Decision onRequest(ApiKeys api, @Nullable Decision decision) {
        requireClasses(api, decision, Apis.requestClass(api));
        return decision;
    }

    /**
     * The decision of a response handler, when it keeps the contract.
     *
     * @throws IllegalStateException when it does not
     */
    static Decision onResponse(ApiKeys api, @Nullable Decision decision) {
        requireClasses(api, decision, Apis.responseClass(api));
        if (!(decision instanceof Decision.Forward) && !(decision instanceof Decision.Close)) {
            throw new IllegalStateException("decided " + decision + " on a response (expected: forward or close)");
        }
        return decision;
    }

    /** What counts when a request handler failed. */
    static Decision failedRequest(ActiveInterceptor owner) {
        return Decision.refuse(Errors.UNKNOWN_SERVER_ERROR, "policy " + owner.name() + " failed");
    }

    /** What counts when a response handler failed: the broker has acted, so the client must find out by asking again. */
    static Decision failedResponse(ActiveInterceptor owner) {
        return Decision.close("policy " + owner.name() + " failed on a response");
    }

    private static void requireClasses(ApiKeys api, @Nullable Decision decision, Class<?> forwarded) {
        if (decision == null) {
            throw new IllegalStateException("returned null (expected: a decision)");
        }
        if (decision instanceof Decision.Forward forward) {
            if (forward.message() != null) {
                requireClass(api, forward.message().getClass(), forwarded);
            }
            if (forward.responseType() != null) {
                requireClass(api, forward.responseType(), Apis.responseClass(api));
            }
        } else if (decision instanceof Decision.Respond respond) {
            requireClass(api, respond.response().getClass(), Apis.responseClass(api));
        }
    }

    private static void requireClass(ApiKeys api, Class<?> given, Class<?> expected) {
        if (given != expected) {
            throw new IllegalStateException("returned a " + given.getSimpleName() + " for " + api + " (expected: a "
                    + expected.getSimpleName() + ")");
        }
    }
}
