/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
/**
 * What each Kafka API asks of a user, and how its denial looks: {@link io.gatehouse.plugins.acl.apis.ApiTable} is the list, one class per
 * family says the rest. Everything here follows Kafka's handlers (KafkaApis, ControllerApis) of 4.4.
 */
@NullMarked
package io.gatehouse.plugins.acl.apis;

import org.jspecify.annotations.NullMarked;
