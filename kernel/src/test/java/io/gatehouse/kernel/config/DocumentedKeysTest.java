/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The tables of keys in the documentation are what the records say. A failure shows the rows to paste. */
class DocumentedKeysTest {

    private static final Path DOCS = Path.of("../docs");

    @Test
    void thePageOfTheBootstrapFileHasEveryKeyAndNoOther() throws IOException {
        assertThat(rowsOn("configuration.md")).containsExactlyElementsOf(KeyTable.rowsOf(GatehouseConfig.class));
    }

    @ParameterizedTest
    @ValueSource(strings = {"configuration.md", "resources.md"})
    void everyRowHasThreeCells(String page) throws IOException {
        assertThat(rowsOn(page)).allMatch(row -> row.split("\\|").length == 4);
    }

    /** Rows of tables whose head is "key". */
    private static List<String> rowsOn(String page) throws IOException {
        List<String> lines = Files.readAllLines(DOCS.resolve(page));
        return lines.stream()
                .filter(line -> line.startsWith("| `"))
                .filter(line -> line.matches("\\| `[^`]+` \\| (required|optional|default `[^`]*`) \\| .*"))
                .toList();
    }
}
