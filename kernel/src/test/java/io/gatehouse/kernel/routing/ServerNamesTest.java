/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel.routing;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.kernel.routing.ServerNames.Meaning;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ServerNamesTest {

    private static final ServerNames SEPARATE = new ServerNames(false, ".kafka.example.org", 9093);
    private static final ServerNames SHARED = new ServerNames(true, ".kafka.example.org", 443);

    @ParameterizedTest
    @CsvSource({
        "bootstrap.team-a.kafka.example.org, bootstrap-team-a.kafka.example.org, team-a, -1",
        "broker-7.team-a.kafka.example.org, broker-7-team-a.kafka.example.org, team-a, 7",
        "broker-0.a.kafka.example.org, broker-0-a.kafka.example.org, a, 0",
        "broker-2147483647.a.kafka.example.org, broker-2147483647-a.kafka.example.org, a, 2147483647",
        "broker-2.3-x.kafka.example.org, broker-2-3-x.kafka.example.org, 3-x, 2",
        "bootstrap.broker-1.kafka.example.org, bootstrap-broker-1.kafka.example.org, broker-1, -1",
        "broker-1.bootstrap.kafka.example.org, broker-1-bootstrap.kafka.example.org, bootstrap, 1",
    })
    void aNameStandsForALabelAndANode(String separate, String shared, String label, int node) {
        Meaning meaning = new Meaning(label, node < 0 ? OptionalInt.empty() : OptionalInt.of(node));

        assertThat(SEPARATE.read(separate)).contains(meaning);
        assertThat(SHARED.read(shared)).contains(meaning);
    }

    @ParameterizedTest
    @CsvSource({
        "broker-7.team-a.kafka.example.org, broker-7-team-a.kafka.example.org, team-a, 7",
        "broker-0.3-x.kafka.example.org, broker-0-3-x.kafka.example.org, 3-x, 0",
    })
    void clientsAreToldTheNameThatIsRead(String separate, String shared, String label, int node) {
        assertThat(SEPARATE.of(label).of(node)).isEqualTo(new Endpoint(separate, 9093));
        assertThat(SHARED.of(label).of(node)).isEqualTo(new Endpoint(shared, 443));
        assertThat(SEPARATE.of(label).bootstrap())
                .isEqualTo(new Endpoint("bootstrap." + label + ".kafka.example.org", 9093));
        assertThat(SHARED.of(label).bootstrap())
                .isEqualTo(new Endpoint("bootstrap-" + label + ".kafka.example.org", 443));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "kafka.example.org",
                ".kafka.example.org",
                "team-a.kafka.example.org",
                "bootstrap.kafka.example.org",
                "bootstrap.team-a.kafka.example.com",
                "bootstrap.team-a.kafka.example.org.",
                "broker.team-a.kafka.example.org",
                "broker-.team-a.kafka.example.org",
                "broker-01.team-a.kafka.example.org",
                "broker-+1.team-a.kafka.example.org",
                "broker--1.team-a.kafka.example.org",
                "broker-2147483648.team-a.kafka.example.org",
                "broker-1-team-a.kafka.example.org",
                "bootstrap-team-a.kafka.example.org",
            })
    void everyOtherNameStandsForNothing(String name) {
        assertThat(SEPARATE.read(name)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "bootstrap.kafka.example.org",
                "bootstrap.team-a.kafka.example.org",
                "broker-1.kafka.example.org",
                "broker-01-team-a.kafka.example.org",
                "broker--team-a.kafka.example.org",
                "broker-x-team-a.kafka.example.org",
            })
    void norInTheSharedForm(String name) {
        assertThat(SHARED.read(name)).isEmpty();
    }

    @Test
    void addressesOfTheSameConfigurationAreEqualSoThatAReloadKeepsConnections() {
        assertThat(new ServerNames(true, ".kafka.example.org", 9092).of("team-a"))
                .isEqualTo(new ServerNames(true, ".kafka.example.org", 9092).of("team-a"))
                .isNotEqualTo(new ServerNames(true, ".kafka.example.org", 9093).of("team-a"));
    }
}
