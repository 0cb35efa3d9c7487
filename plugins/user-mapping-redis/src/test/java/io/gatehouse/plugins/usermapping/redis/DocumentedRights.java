/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.plugins.usermapping.redis;

/** The ACL rules that the documentation gives to the gateway's user. */
final class DocumentedRights {

    static final String READING = "resetkeys ~{gatehouse}:* -@all +hello +ping +hgetall +get +client|tracking +info";
    static final String CLUSTER = "+cluster|slots +cluster|shards";
    static final String WRITING = "+multi +exec +hset +del +scan";

    private DocumentedRights() {}
}
