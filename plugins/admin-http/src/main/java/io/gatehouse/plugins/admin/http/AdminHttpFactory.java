/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.plugins.admin.http;

import io.gatehouse.plugins.admin.http.AdminHttpConfig.User;
import io.gatehouse.spi.PluginContext;
import io.gatehouse.spi.operations.ManagementFactory;
import io.gatehouse.spi.operations.Operations;
import java.util.List;
import org.pf4j.Extension;

/** The interface {@code http}. Stateless. */
@Extension
public final class AdminHttpFactory implements ManagementFactory<AdminHttpConfig> {

    @Override
    public String name() {
        return "http";
    }

    @Override
    public Class<AdminHttpConfig> configType() {
        return AdminHttpConfig.class;
    }

    @Override
    public AutoCloseable create(AdminHttpConfig config, PluginContext context, Operations operations) {
        List<User> users = config.users().isEmpty() && config.bearer().isEmpty()
                ? List.of(GeneratedCredentials.user(operations.dataFolder()))
                : config.users();
        return new AdminServer(config, new Access(users, config.bearer()), operations);
    }
}
