/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.kafka.junit.KafkaExtension;
import io.gatehouse.kafka.raw.RawKafkaClient;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.apache.kafka.common.message.DescribeClusterRequestData;
import org.apache.kafka.common.message.DescribeClusterResponseData;
import org.apache.kafka.common.message.SaslAuthenticateResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * 200 threads log in as 50 users over real connections, with right and wrong credentials in turn, on new connections and again on open
 * ones (KIP-368). Each user has a virtual cluster of its own, so that the cluster id of an answer tells as whom the gateway knows the
 * connection; conformance line 45.
 */
class RightUserIT {

    private static final int THREADS = 200;
    private static final int USERS = 50;

    @RegisterExtension
    static final KafkaExtension kafka = KafkaExtension.shared(3);

    private static TestGateway gateway;

    @BeforeAll
    static void start() {
        StringBuilder yaml = new StringBuilder();
        for (int i = 0; i < USERS; i++) {
            yaml.append("""
                    ---
                    apiVersion: gatehouse/v1
                    kind: VirtualCluster
                    metadata: {name: of-user-%1$d}
                    spec: {cluster: local}
                    ---
                    apiVersion: gatehouse/v1
                    kind: Account
                    metadata: {name: user-%1$d}
                    spec: {password: "password-%1$d", virtualCluster: of-user-%1$d}
                    """.formatted(i));
        }
        gateway = TestGateway.inFrontOf(kafka.bootstrapServers())
                .plugin(TestGateway.jarOf("plugins/auth-plain"))
                .authentication("[{type: plain, cost: 4}]")
                .resource("users.yaml", yaml.toString())
                .start();
    }

    @AfterAll
    static void stop() {
        gateway.close();
    }

    @Test
    void threeThousandAttemptsNeverAuthenticateTheWrongUser() throws Exception {
        attempt(3_000);
    }

    @Test
    @Tag("full")
    void fiftyThousandAttemptsNeverAuthenticateTheWrongUser() throws Exception {
        attempt(50_000);
    }

    private static void attempt(int attempts) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(THREADS);
        List<Future<?>> clients = new ArrayList<>();
        LongAdder right = new LongAdder();
        LongAdder wrong = new LongAdder();
        long start = System.nanoTime();
        try {
            for (int i = 0; i < THREADS; i++) {
                Client client = new Client(new Random(i), right, wrong);
                clients.add(threads.submit(() -> client.attempt(attempts / THREADS)));
            }
            for (Future<?> client : clients) {
                client.get(5, TimeUnit.MINUTES);
            }
        } finally {
            threads.shutdownNow();
        }
        System.out.printf(
                "right user: %d right and %d wrong attempts in %d ms%n",
                right.sum(), wrong.sum(), TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start));
        assertThat(right.sum() + wrong.sum()).isEqualTo(attempts);
        assertThat(wrong.sum()).isGreaterThan(attempts / 10);
    }

    /** What one thread does. */
    private static final class Client {
        private final Random random;
        private final LongAdder right;
        private final LongAdder wrong;

        private Client(Random random, LongAdder right, LongAdder wrong) {
            this.random = random;
            this.right = right;
            this.wrong = wrong;
        }

        Void attempt(int attempts) throws IOException {
            int made = 0;
            while (made < attempts) {
                int user = random.nextInt(USERS);
                try (RawKafkaClient connection = RawRequests.connect(gateway)) {
                    connection.timeout(Duration.ofSeconds(60));
                    boolean open = true;
                    for (boolean first = true; open && made < attempts; first = false) {
                        made++;
                        open = random.nextInt(5) == 0 ? isRefused(connection, user, first) : isLetIn(connection, user);
                    }
                }
            }
            return null;
        }

        private boolean isLetIn(RawKafkaClient connection, int user) throws IOException {
            SaslAuthenticateResponseData answer = connection.saslPlain("user-" + user, "password-" + user);
            assertThat(answer.errorCode()).as(answer.errorMessage()).isZero();
            DescribeClusterResponseData cluster =
                    connection.exchange(ApiKeys.DESCRIBE_CLUSTER, 0, new DescribeClusterRequestData(), 1, "raw");
            assertThat(cluster.clusterId()).startsWith("of-user-" + user + "@");
            right.increment();
            return true;
        }

        /** Another's password, or, where a user is known already, another's right credentials. */
        private boolean isRefused(RawKafkaClient connection, int user, boolean first) throws IOException {
            int other = (user + 1 + random.nextInt(USERS - 1)) % USERS;
            boolean asOther = !first && random.nextBoolean();
            SaslAuthenticateResponseData answer =
                    connection.saslPlain("user-" + (asOther ? other : user), "password-" + other);
            assertThat(answer.errorCode()).isEqualTo(Errors.SASL_AUTHENTICATION_FAILED.code());
            wrong.increment();
            return false;
        }
    }
}
