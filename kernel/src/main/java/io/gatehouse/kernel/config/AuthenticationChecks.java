/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What can only be said about an {@code authentication} list as a whole: listeners and virtual clusters have one. */
public final class AuthenticationChecks {

    private AuthenticationChecks() {}

    /**
     * Checks a list.
     *
     * @param path where it stands
     * @param clusterWithoutAnonymous the cluster behind it when that does not allow anonymous connections; empty when it does or is not
     *     known
     */
    public static List<Problem> check(
            List<AuthenticationEntry> entries, String path, Optional<String> clusterWithoutAnonymous) {
        List<Problem> problems = new ArrayList<>();
        for (int index = 0; index < entries.size(); index++) {
            AuthenticationEntry entry = entries.get(index);
            String entryPath = Paths.index(path, index);
            if (entry.isAnonymous() && clusterWithoutAnonymous.isPresent()) {
                problems.add(new Problem(
                        entryPath,
                        "anonymous (expected: allowAnonymous: true on cluster " + clusterWithoutAnonymous.get() + ")"));
            }
            for (int earlier = 0; earlier < index; earlier++) {
                pair(entry, entryPath, entries.get(earlier), Paths.index(path, earlier))
                        .ifPresent(problems::add);
            }
        }
        return problems;
    }

    private static Optional<Problem> pair(
            AuthenticationEntry entry, String path, AuthenticationEntry earlier, String earlierPath) {
        if (entry.name().equals(earlier.name())) {
            return Optional.of(new Problem(
                    path + ".name",
                    "\"" + entry.name() + "\" (expected: a name of its own, as " + earlierPath + " has it)"));
        }
        boolean apart = entry.isAnonymous()
                || earlier.isAnonymous()
                || !entry.principalPrefix().equals(earlier.principalPrefix())
                || (entry.sharedPrincipals() && earlier.sharedPrincipals());
        if (apart) {
            return Optional.empty();
        }
        return Optional.of(new Problem(
                path,
                "\"" + entry.name() + "\" can yield the same principals as " + earlierPath + " \"" + earlier.name()
                        + "\" (expected: another principalPrefix, or sharedPrincipals: true on both)"));
    }
}
