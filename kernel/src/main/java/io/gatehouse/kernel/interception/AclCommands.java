/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel.interception;

import io.gatehouse.spi.User;
import io.gatehouse.spi.interception.Decision;
import io.gatehouse.spi.interception.Interceptor;
import io.gatehouse.spi.interception.Subscriptions;
import org.apache.kafka.common.message.CreateAclsRequestData;
import org.apache.kafka.common.message.DeleteAclsRequestData;
import org.apache.kafka.common.message.DescribeAclsRequestData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;

/**
 * ACL commands that no interceptor has answered: the broker's ACLs are about the gateway's principal, not about the user, so they are
 * not for it. Stands last in the chains of virtual clusters other than {@code passthrough}. Thread-safe, without state.
 */
public final class AclCommands implements Interceptor {

    /** The one instance. */
    public static final AclCommands DISABLED = new AclCommands();

    private AclCommands() {}

    /** Whether it answers an API. */
    public static boolean isOne(ApiKeys api) {
        return api == ApiKeys.DESCRIBE_ACLS || api == ApiKeys.CREATE_ACLS || api == ApiKeys.DELETE_ACLS;
    }

    @Override
    public void subscribe(User user, Subscriptions on) {
        Decision refuse = Decision.refuse(Errors.SECURITY_DISABLED, "No authorizer is configured.");
        on.request(ApiKeys.DESCRIBE_ACLS, DescribeAclsRequestData.class, (request, context) -> refuse);
        on.request(ApiKeys.CREATE_ACLS, CreateAclsRequestData.class, (request, context) -> refuse);
        on.request(ApiKeys.DELETE_ACLS, DeleteAclsRequestData.class, (request, context) -> refuse);
    }
}
