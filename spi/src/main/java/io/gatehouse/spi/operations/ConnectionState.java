/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.spi.operations;

import io.gatehouse.spi.Experimental;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;

/**
 * A client that is connected. Immutable. What authentication yields is empty until it has ended.
 *
 * @param id unique within this gateway process
 * @param address the client's, such as {@code 10.0.0.7:51234}
 * @param listener the listener that accepted it
 * @param encrypted whether the client speaks TLS
 * @param username what policies call the user
 * @param principal what authentication yielded
 * @param method such as {@code PLAIN}
 * @param broker the node that it is connected to, such as {@code 1 at broker1:9092}
 * @param since when it was accepted
 * @param requests how many requests came
 * @param requestBytes their bytes
 * @param responseBytes the bytes of the responses
 */
@Experimental
public record ConnectionState(
        String id,
        String address,
        String listener,
        boolean encrypted,
        Optional<String> username,
        Optional<String> principal,
        Optional<String> method,
        Optional<String> virtualCluster,
        Set<String> groups,
        Optional<String> broker,
        Instant since,
        long requests,
        long requestBytes,
        long responseBytes) {}
