/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.plugins.usermapping.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.kernel.config.Binder;
import io.gatehouse.kernel.config.Yaml;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RedisConfigTest {

    @ParameterizedTest
    @CsvSource(delimiterString = " -> ", textBlock = """
            {} -> address, sentinel, cluster: 0 of them (expected: exactly one)
            {address: 'a:1', cluster: {addresses: ['b:1']}} -> address, sentinel, cluster: 2 of them (expected: exactly one)
            {address: redis} -> address: "redis" (expected: host:port)
            {cluster: {addresses: []}} -> addresses: empty (expected: at least one host:port)
            {cluster: {addresses: ['b:1']}, database: 3} -> database: 3 (expected: left out, as a Cluster has none)
            {address: 'a:1', prefix: 'a{b'} -> prefix: "a{b" (expected: letters, digits, dots, dashes or underscores)
            {address: 'a:1', username: u} -> password: missing (expected: the password of u)
            {address: 'a:1', connections: 0} -> connections: 0 (expected: 1 or more)
            {address: 'a:1', timeout: 0s} -> timeout: PT0S (expected: more than 0)
            {address: 'a:1', staleTim: 0s} -> staleTim: unknown key (did you mean `staleTime`?)
            """)
    void whatCannotWorkIsNamed(String yaml, String problem) {
        assertThat(new Binder()
                        .bind(Yaml.read(yaml).documents().get(0), RedisConfig.class, "")
                        .problems())
                .singleElement()
                .asString()
                .contains(problem);
    }
}
