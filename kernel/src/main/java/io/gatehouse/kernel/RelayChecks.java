/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel;

import io.gatehouse.kernel.client.AuthenticationMethods;
import io.gatehouse.kernel.client.AuthenticationMethods.Entry;
import io.gatehouse.kernel.config.ClusterConfig;
import io.gatehouse.kernel.config.Problem;
import java.util.ArrayList;
import java.util.List;

/** Whether the ways in which clients authenticate fit how the cluster behind them lets anybody in. */
final class RelayChecks {

    private RelayChecks() {}

    /** @param path of the list */
    static List<Problem> check(AuthenticationMethods methods, String path, ClusterConfig cluster) {
        List<Problem> problems = new ArrayList<>();
        List<Entry> entries = methods.entries();
        for (int i = 0; i < entries.size(); i++) {
            Entry entry = entries.get(i);
            boolean made = entry.authenticator() != null || entry.anonymous();
            if (entry.relays() && !cluster.asksForCredentials()) {
                problems.add(new Problem(
                        path + "[" + i + "]",
                        entry.type()
                                + " lets clients authenticate at the brokers (expected: security.protocol: SASL_SSL or"
                                + " SASL_PLAINTEXT in the properties of cluster " + cluster.name() + ")"));
            } else if (made && !entry.relays() && !cluster.hasCredentials()) {
                problems.add(new Problem(
                        path + "[" + i + "]",
                        entry.type()
                                + " needs credentials of the gateway's own at the brokers (expected: sasl.jaas.config in"
                                + " the properties of cluster " + cluster.name() + ", or delegated)"));
            }
        }
        return problems;
    }
}
