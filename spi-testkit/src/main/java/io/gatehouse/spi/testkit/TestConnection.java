/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.spi.testkit;

import io.gatehouse.spi.ConnectionInfo;
import java.net.InetAddress;
import java.net.InetSocketAddress;

/**
 * A client connection that exists only in a test.
 *
 * @param id unique
 */
public record TestConnection(String id, InetSocketAddress remoteAddress, String listener, boolean encrypted)
        implements ConnectionInfo {

    /** A connection from loopback without TLS to a listener named {@code test}. */
    public static TestConnection local() {
        return new TestConnection(
                "test-1", new InetSocketAddress(InetAddress.getLoopbackAddress(), 50_000), "test", false);
    }
}
