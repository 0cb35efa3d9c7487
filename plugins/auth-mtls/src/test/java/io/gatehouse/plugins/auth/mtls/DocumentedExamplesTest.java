/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.plugins.auth.mtls;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.kernel.config.Binder;
import io.gatehouse.kernel.config.Bound;
import io.gatehouse.kernel.config.Yaml;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** What the page on authentication shows of this plugin is what it accepts. */
class DocumentedExamplesTest {

    private static final Pattern EXAMPLE = Pattern.compile("```yml\n(type: mtls\n.*?)```", Pattern.DOTALL);

    @Test
    void everyExampleBinds() throws IOException {
        String page = Files.readString(Path.of("../../docs/authentication.md"));

        long bound = EXAMPLE.matcher(page).results().peek(this::bind).count();

        assertThat(bound).isEqualTo(2);
    }

    private void bind(MatchResult example) {
        Map<String, Object> tree = new TreeMap<>(entry(example.group(1)));
        tree.remove("type");

        Bound<MtlsConfig> config = new Binder().bind(tree, MtlsConfig.class, "");

        assertThat(config.problems()).as(example.group(1)).isEmpty();
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> entry(String yaml) {
        return (Map<String, Object>) Yaml.read(yaml).documents().get(0);
    }
}
