/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.plugins.namespace;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.plugins.namespace.NamespaceConfig.AdditionalNames;
import io.gatehouse.plugins.namespace.NamespaceConfig.Conflict;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NameListTest {

    private static NameList list(List<String> exact, String glob) {
        AdditionalNames names = new AdditionalNames(exact, Optional.ofNullable(glob), Conflict.WARN, false);
        return new NameList(List.of(names), name -> false);
    }

    @ParameterizedTest
    @CsvSource({
        "public.*, public.a, true",
        "public.*, publicXa, false",
        "audit-?, audit-1, true",
        "audit-?, audit-10, false",
        "*, orders, true",
        "*, _schemas, true",
        "*, __remote_log_metadata, false",
        "?_remote*, __remote_log_metadata, false",
        "__debezium*, __debezium-heartbeat, true",
    })
    void aGlobMeansWholeNamesAndInternalOnesOnlyWhenItSaysSo(String glob, String name, boolean found) {
        assertThat(list(List.of(), glob).find(name).isPresent()).isEqualTo(found);
    }

    @Test
    void aNameIsMeantWhateverItStartsWith() {
        assertThat(list(List.of("__debezium-heartbeat"), null).find("__debezium-heartbeat"))
                .isPresent();
    }

    @Test
    void anEmptyListIsNoEntry() {
        NameList empty = list(List.of(), null);

        assertThat(empty.isEmpty()).isTrue();
        assertThat(empty.find("orders")).isEmpty();
    }
}
