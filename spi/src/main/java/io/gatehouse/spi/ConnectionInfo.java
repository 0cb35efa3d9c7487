/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.spi;

import java.net.InetSocketAddress;

/** A client connection as far as plugins may see it. Immutable and thread-safe; implemented by the kernel. */
@ProvidedByGateway
public interface ConnectionInfo {

    /** Unique within this gateway process; stands in its log. */
    String id();

    /** The client's address; behind a load balancer that speaks the PROXY protocol the one that it says. */
    InetSocketAddress remoteAddress();

    /** The name of the listener that accepted it. */
    String listener();

    /** Whether the client speaks TLS. */
    boolean encrypted();
}
