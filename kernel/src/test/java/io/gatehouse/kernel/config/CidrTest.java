/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.UnknownHostException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CidrTest {

    @ParameterizedTest
    @CsvSource({
        "10.0.0.0/8, 10.255.255.255, true",
        "10.0.0.0/8, 11.0.0.0, false",
        "192.0.2.128/25, 192.0.2.128, true",
        "192.0.2.128/25, 192.0.2.127, false",
        "192.0.2.7, 192.0.2.7, true",
        "192.0.2.7, 192.0.2.6, false",
        "0.0.0.0/0, 203.0.113.1, true",
        "0.0.0.0/0, 2001:db8::1, false",
        "2001:db8::/32, 2001:db8:ffff::1, true",
        "2001:db8::/32, 2001:db9::1, false",
        "::/0, 127.0.0.1, false",
        "::1, ::1, true",
        "::ffff:192.0.2.7, 192.0.2.7, true",
    })
    void anAddressIsInANetworkOrNot(String network, String address, boolean contained) throws UnknownHostException {
        assertThat(Cidr.parse(network).contains(InetAddress.getByName(address))).isEqualTo(contained);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "localhost",
                "balancer/8",
                "10/8",
                "10.0.0/8",
                "10.0.0.256",
                "10.0.0.0/33",
                "10.0.0.0/-1",
                "10.0.0.0/",
                "2001:db8::/129",
                ":::",
                "fe80::1%eth0"
            })
    void whatIsNoNetworkIsRefusedWithoutALookUp(String text) {
        assertThatThrownBy(() -> Cidr.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("\"" + text
                        + "\" (expected: an address or network such as 10.0.0.0/8, 192.0.2.7 or 2001:db8::/32)");
    }

    @ParameterizedTest
    @ValueSource(strings = {"10.1.0.0/8", "192.0.2.7/24", "2001:db8::1/64"})
    void bitsAfterTheNetworkAreAMistake(String text) {
        assertThatThrownBy(() -> Cidr.parse(text)).hasMessageContaining("\"" + text + "\" (expected: a network");
    }
}
