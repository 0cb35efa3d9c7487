/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.plugins.acl;

import io.gatehouse.spi.interception.Interceptor;
import io.gatehouse.spi.interception.InterceptorContext;
import io.gatehouse.spi.interception.InterceptorFactory;
import org.pf4j.Extension;

/** The extension: {@code type: acl}. */
@Extension
public final class AclInterceptorFactory implements InterceptorFactory<AclConfig> {

    @Override
    public String name() {
        return "acl";
    }

    @Override
    public Class<AclConfig> configType() {
        return AclConfig.class;
    }

    @Override
    public Interceptor create(AclConfig config, InterceptorContext context) {
        return new AclInterceptor(config, context);
    }
}
