/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.plugins.acl.policy;

import dev.cel.common.values.NullValue;
import dev.cel.runtime.CelVariableResolver;
import io.gatehouse.spi.User;
import java.net.InetAddress;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What conditions see of a user. Immutable. */
public final class Identity implements CelVariableResolver {

    private final Map<String, Object> variables;

    public Identity(User user, InetAddress address) {
        Map<String, Object> claims = texts(user.claims());
        this.variables = Map.of(
                "context.auth.type", user.authentication().method(),
                "context.auth.principal.name", user.principal(),
                "context.auth.token.claims", claims,
                "context.auth.claims", claims,
                "user.username", user.username(),
                "user.groups", List.copyOf(user.groups()),
                "user.virtualCluster", user.virtualCluster(),
                "connection.address", address.getHostAddress());
    }

    @Override
    public Optional<Object> find(String name) {
        return Optional.ofNullable(variables.get(name));
    }

    private static Map<String, Object> texts(Map<?, ?> map) {
        Map<String, Object> values = new LinkedHashMap<>();
        map.forEach((key, value) -> values.put(String.valueOf(key), celValue(value)));
        return values;
    }

    /** CEL knows one kind of integer and one of floating-point number. */
    private static Object celValue(@Nullable Object value) {
        if (value == null) {
            return NullValue.NULL_VALUE;
        }
        if (value instanceof Integer || value instanceof Short || value instanceof Byte) {
            return ((Number) value).longValue();
        }
        if (value instanceof Float || value instanceof java.math.BigDecimal) {
            return ((Number) value).doubleValue();
        }
        if (value instanceof Map<?, ?> map) {
            return texts(map);
        }
        if (value instanceof Collection<?> collection) {
            return collection.stream().map(Identity::celValue).toList();
        }
        if (value instanceof java.util.Date date) {
            return date.toInstant().getEpochSecond();
        }
        return value;
    }
}
