/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.plugins.acl.apis;

import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.resource.ResourceType;

/**
 * One thing that an API may ask for. Who has all of an API's for every name is never asked, and is not subscribed for it.
 *
 * @param operation ALL stands for every operation that the type has
 */
record Need(AclOperation operation, ResourceType type) {

    boolean isAlwaysMet(Access access) {
        if (operation != AclOperation.ALL) {
            return access.everyName(operation, type);
        }
        return AuthorizedOperations.SUPPORTED.get(type).stream().allMatch(each -> access.everyName(each, type));
    }
}
