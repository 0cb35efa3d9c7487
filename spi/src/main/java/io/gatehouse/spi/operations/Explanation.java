/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.spi.operations;

import io.gatehouse.spi.Experimental;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Why a client gets what it gets. Immutable.
 *
 * @param listener where it comes, or would
 * @param authentication the entry under which it authenticates
 * @param mapping the name of the user mapping that counts
 * @param refusal why it is refused; empty when it is admitted
 * @param user who it is; empty when it is refused before that is known
 * @param gateway what the gateway itself says to the API that was asked about, whatever interceptors say; empty when it has no opinion
 * @param interceptors all that are configured: those that apply first, from the client to the broker, then the others
 */
@Experimental
public record Explanation(
        String listener,
        String authentication,
        Optional<String> mapping,
        Optional<String> refusal,
        Optional<ExplainedUser> user,
        Optional<String> gateway,
        List<ExplainedInterceptor> interceptors) {

    /**
     * A user, and why each field is as it is.
     *
     * @param reasons each a sentence, such as {@code username: of mapping payments}
     */
    public record ExplainedUser(
            String username,
            String principal,
            String virtualCluster,
            String cluster,
            Set<String> groups,
            List<String> reasons) {}

    /**
     * An interceptor, and why it applies or not.
     *
     * @param applies whether it sees this user's requests
     * @param reason why, or why not, in a sentence
     * @param problem why it cannot work; then everybody to whom it applies is refused
     * @param opinion what it says to the API and resource that were asked about
     */
    public record ExplainedInterceptor(
            String name,
            String policy,
            String type,
            int priority,
            String scope,
            boolean applies,
            String reason,
            Optional<String> problem,
            Optional<String> opinion) {}
}
