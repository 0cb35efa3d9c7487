/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.plugins.records;

import io.gatehouse.spi.interception.Interceptor;
import io.gatehouse.spi.interception.InterceptorContext;
import io.gatehouse.spi.interception.InterceptorFactory;
import org.pf4j.Extension;

/** The extension: {@code type: records}. */
@Extension
public final class RecordsInterceptorFactory implements InterceptorFactory<RecordsConfig> {

    @Override
    public String name() {
        return "records";
    }

    @Override
    public Class<RecordsConfig> configType() {
        return RecordsConfig.class;
    }

    @Override
    public Interceptor create(RecordsConfig config, InterceptorContext context) {
        return new RecordsInterceptor(config);
    }
}
