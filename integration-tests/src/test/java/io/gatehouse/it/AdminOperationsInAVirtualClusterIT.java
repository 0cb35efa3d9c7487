/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.it;

import static io.gatehouse.it.AdminOperationsIT.nameOf;
import static io.gatehouse.it.AdminOperationsIT.outcome;
import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.it.AdminOperations.Operation;
import java.util.List;
import org.apache.kafka.clients.admin.Admin;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** An Admin client does in a virtual cluster what does not act on the whole cluster. */
class AdminOperationsInAVirtualClusterIT {

    @RegisterExtension
    static final WatchedGateway gateway = WatchedGateway.virtualCluster("refuse");

    private static @Nullable Admin admin;

    static List<Operation> operations() {
        return new AdminOperations("admin-virtual").all();
    }

    @BeforeAll
    static void createClient() {
        admin = Admin.create(gateway.config());
    }

    @AfterAll
    static void closeClient() {
        admin.close();
    }

    @ParameterizedTest
    @MethodSource("operations")
    void inAVirtualCluster(Operation operation) throws Exception {
        assertThat(outcome(operation, admin)).isEqualTo(nameOf(operation.virtualClusterError()));
    }

    @Test
    void theClusterIdIsTheVirtualClustersOwn() throws Exception {
        try (Admin other = Admin.create(gateway.config())) {
            assertThat(other.describeCluster().clusterId().get())
                    .isEqualTo("team-a@" + gateway.kafka().clusterId());
        }
    }
}
