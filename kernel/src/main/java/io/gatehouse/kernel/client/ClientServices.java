/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel.client;

import io.gatehouse.kernel.broker.Transport;
import io.gatehouse.kernel.identity.UserResolver;
import io.gatehouse.kernel.interception.Interceptors;
import io.gatehouse.kernel.operations.AuditLog;
import io.gatehouse.kernel.wire.AdmissionBudget;
import io.gatehouse.kernel.wire.Codec;

/** What all client connections share. */
public record ClientServices(
        Transport transport,
        Codec codec,
        AdmissionBudget budget,
        Interceptors interceptors,
        UserResolver resolver,
        ClientLimits limits,
        TrafficMeters meters,
        AuditLog audit,
        ConnectionRegistry connections) {}
