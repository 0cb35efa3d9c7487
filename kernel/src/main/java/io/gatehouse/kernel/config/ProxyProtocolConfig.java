/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel.config;

import io.gatehouse.spi.config.Description;
import java.util.List;

/** A listener's {@code proxyProtocol}: every connection begins with a load balancer's word on where it comes from. Immutable. */
public record ProxyProtocolConfig(
        @Description("Addresses and networks of the load balancers, such as 10.0.0.0/8; others are closed.")
        List<Cidr> trusted) {

    public ProxyProtocolConfig {
        if (trusted.isEmpty()) {
            throw new IllegalArgumentException(
                    "trusted: empty (expected: addresses or networks of load balancers such as 10.0.0.0/8)");
        }
    }
}
