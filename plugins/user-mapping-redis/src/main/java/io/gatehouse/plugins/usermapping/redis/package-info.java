/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
/**
 * User mappings in Redis, standalone, with Sentinel or as a Cluster, through Jedis. Mappings are read when they are needed, kept, and forgotten
 * when Redis says that they have changed; found ones are used for a while when Redis is away. A marker key proves that a Redis is the store.
 */
@NullMarked
package io.gatehouse.plugins.usermapping.redis;

import org.jspecify.annotations.NullMarked;
