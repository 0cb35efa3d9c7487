/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel;

import io.gatehouse.kernel.config.ListenerConfig;
import io.gatehouse.kernel.resources.InterceptorSpec;
import io.gatehouse.kernel.resources.Scope;
import io.gatehouse.spi.User;
import java.util.Collection;
import java.util.List;

/** Says at start which listeners let everybody do on a cluster what the gateway itself may, as that is seldom meant. Without state. */
final class UnboundedPassthrough {

    private static final String AUTHORIZATION = "acl";

    private UnboundedPassthrough() {}

    /**
     * @param open the listeners on which users without a virtual cluster have the gateway's own rights
     * @param interceptors of the resources
     * @return a sentence for each that no authorization bounds
     */
    static List<String> warnings(Collection<ListenerConfig> open, Collection<InterceptorSpec> interceptors) {
        if (interceptors.stream().anyMatch(UnboundedPassthrough::bounds)) {
            return List.of();
        }
        return open.stream()
                .map(listener -> "Listener " + listener.name()
                        + ": users without a virtual cluster have the gateway's own rights on the whole "
                        + "of cluster " + listener.route().cluster().orElseThrow()
                        + " (to bound them: an Interceptor of type acl for all or for virtual cluster passthrough, "
                        + "passthrough: false in the route, or identity.mandatoryVirtualCluster: true)")
                .toList();
    }

    private static boolean bounds(InterceptorSpec interceptor) {
        Scope scope = interceptor.scope();
        boolean everybody = scope.group().isEmpty() && scope.username().isEmpty();
        return interceptor.type().equals(AUTHORIZATION)
                && interceptor.enabled()
                && everybody
                && scope.virtualCluster().map(User.PASSTHROUGH::equals).orElse(true);
    }
}
