/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class RedisServerTest {

    @Test
    void aServerThatIsKilledComesBackWithWhatWasWritten() {
        try (RedisServer redis = RedisServer.describe().start()) {
            redis.cli("SET", "greeting", "hello");

            redis.kill();
            assertThatThrownBy(() -> redis.cli("GET", "greeting")).isInstanceOf(RuntimeException.class);
            redis.startAgain();

            assertThat(redis.cli("GET", "greeting")).isEqualTo("hello");
        }
    }

    @Test
    void aForgetfulOneComesBackEmpty() {
        try (RedisServer redis = RedisServer.describe().forgetful().start()) {
            redis.cli("SET", "greeting", "hello");

            redis.kill();
            redis.startAgain();

            assertThat(redis.cli("GET", "greeting")).isEmpty();
        }
    }
}
