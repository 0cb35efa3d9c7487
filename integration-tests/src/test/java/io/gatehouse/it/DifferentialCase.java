/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.it;

import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;

/**
 * A request that is sent in both worlds.
 *
 * @param what tells cases of one API apart
 * @param from lowest version for which it is meant
 * @param to highest version
 * @param isList whether the response lists the whole cluster
 */
record DifferentialCase(ApiKeys api, String what, int from, int to, boolean isList, Request request, Then then) {

    /** Makes the request for a version; may prepare its world before. */
    interface Request {
        ApiMessage in(World world, short version) throws Exception;
    }

    /** Looks at the response. */
    interface Then {
        void with(World world, short version, ApiMessage response) throws Exception;
    }

    static DifferentialCase of(ApiKeys api, String what, Request request) {
        return new DifferentialCase(
                api, what, api.oldestVersion(), api.latestVersion(), false, request, (world, version, response) -> {});
    }

    DifferentialCase versions(int lowest, int highest) {
        return new DifferentialCase(api, what, lowest, highest, isList, request, then);
    }

    DifferentialCase listing() {
        return new DifferentialCase(api, what, from, to, true, request, then);
    }

    DifferentialCase then(Then next) {
        return new DifferentialCase(api, what, from, to, isList, request, next);
    }

    @Override
    public String toString() {
        return api.name + " " + what;
    }
}
