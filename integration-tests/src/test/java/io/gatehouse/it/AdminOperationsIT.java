/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.it.AdminOperations.Operation;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** An Admin client does in passthrough whatever it can do. */
class AdminOperationsIT {

    @RegisterExtension
    static final WatchedGateway gateway = WatchedGateway.passthrough();

    private static @Nullable Admin admin;

    static List<Operation> operations() {
        return new AdminOperations("admin-passthrough").all();
    }

    @BeforeAll
    static void createClient() {
        admin = Admin.create(gateway.config());
    }

    @AfterAll
    static void closeClient() {
        admin.close();
    }

    @Test
    void noOperationIsForgotten() {
        Set<String> offered = Arrays.stream(Admin.class.getMethods())
                .filter(method -> !Modifier.isStatic(method.getModifiers()))
                .map(Method::getName)
                .collect(Collectors.toSet());

        assertThat(operations()).extracting(Operation::method).containsAll(offered);
    }

    @ParameterizedTest
    @MethodSource("operations")
    void inPassthrough(Operation operation) throws Exception {
        assertThat(outcome(operation, admin)).isEqualTo(nameOf(operation.passthroughError()));
    }

    /** The name of the exception that an operation ends with, or "success". */
    static String outcome(Operation operation, Admin admin) throws Exception {
        try {
            Future<?> result = operation.call().on(admin);
            result.get(20, TimeUnit.SECONDS);
            return nameOf(null);
        } catch (ExecutionException e) {
            return nameOf(e.getCause().getClass());
        } catch (IllegalStateException e) {
            return nameOf(e.getClass());
        }
    }

    static String nameOf(@Nullable Class<?> error) {
        return error == null ? "success" : error.getSimpleName();
    }
}
