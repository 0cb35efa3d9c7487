/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.plugins.usermapping.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.kernel.config.Binder;
import io.gatehouse.kernel.config.Bound;
import io.gatehouse.kernel.config.Yaml;
import io.gatehouse.redis.RedisServer;
import io.gatehouse.spi.config.Default;
import io.gatehouse.spi.config.Description;
import io.gatehouse.spi.identity.UserMapping;
import java.io.IOException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** What the page on user mappings in Redis says is so. */
class DocumentationTest {

    private static final String PAGE = read();
    private static final Pattern SHELL = Pattern.compile("```sh\n(.*?)```", Pattern.DOTALL);
    private static final Pattern EXAMPLE = Pattern.compile("```yml\n(.*?)```", Pattern.DOTALL);

    private static String read() {
        try {
            return Files.readString(Path.of("../../docs/user-mapping-redis.md"));
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    @Test
    void theTableOfKeysIsWhatTheRecordSays() {
        List<String> rows = new ArrayList<>();
        addRows(RedisConfig.class, "", rows);

        assertThat(PAGE.lines().filter(line -> line.matches("\\| `[^`]+` \\| (required|optional|default .*) \\| .*")))
                .containsExactlyElementsOf(rows);
    }

    private static void addRows(Class<?> type, String prefix, List<String> rows) {
        for (RecordComponent component : type.getRecordComponents()) {
            Default value = component.getAnnotation(Default.class);
            String presence = value != null
                    ? "default `" + value.value() + "`"
                    : component.getType() == Optional.class ? "optional" : "required";
            String description = component.getAnnotation(Description.class).value();
            rows.add("| `" + prefix + component.getName() + "` | " + presence + " | " + description + " |");
            if (component.getGenericType() instanceof ParameterizedType parameterized
                    && parameterized.getActualTypeArguments()[0] instanceof Class<?> nested
                    && nested.isRecord()) {
                addRows(nested, prefix + component.getName() + ".", rows);
            }
        }
    }

    @Test
    void everyExampleOfKeysBinds() {
        long bound = EXAMPLE.matcher(PAGE)
                .results()
                .peek(example -> {
                    Map<String, Object> tree = new TreeMap<>();
                    ((Map<?, ?>) Yaml.read(example.group(1)).documents().get(0))
                            .forEach((key, value) -> tree.put(String.valueOf(key), value));
                    Bound<RedisConfig> config = new Binder().bind(tree, RedisConfig.class, "");
                    assertThat(config.problems()).as(example.group(1)).isEmpty();
                })
                .count();

        assertThat(bound).isEqualTo(2);
    }

    @Test
    void theRightsAreThoseThatAreTested() {
        assertThat(PAGE)
                .contains("ACL SETUSER gateway on >secret " + DocumentedRights.READING + "\n")
                .contains("`" + DocumentedRights.CLUSTER + "`")
                .contains("ACL SETUSER gateway " + DocumentedRights.WRITING + "\n");
    }

    @Test
    void whatIsWrittenWithTheCommandsIsFound() {
        List<String> commands = SHELL.matcher(PAGE)
                .results()
                .flatMap(block -> block.group(1).lines())
                .toList();
        try (RedisServer redis = RedisServer.describe().start()) {
            commands.stream().filter(line -> !line.contains(" DEL ")).forEach(line -> run(redis, line));
            try (StoreUnderTest store = new StoreUnderTest(StoreUnderTest.config(redis.address())).ready()) {
                assertThat(store.find("plain", "alice"))
                        .contains(UserMapping.of("*:alice", "payments", "team-a", Set.of("writers", "readers")));
                assertThat(store.find("oauth", "service-7"))
                        .contains(UserMapping.of("partner-7", null, "team-b", Set.of()));
                assertThat(store.find("plain", "service-7")).isEmpty();
                assertThat(store.find("mallory")).contains(UserMapping.denying("*:mallory"));

                commands.stream().filter(line -> line.contains(" DEL ")).forEach(line -> run(redis, line));
                assertThat(store.list()).hasSize(2);
            }
        }
    }

    private static void run(RedisServer redis, String line) {
        List<String> words = new ArrayList<>(Arrays.asList(line.replace("'", "").split(" ")));
        assertThat(words.remove(0)).isEqualTo("redis-cli");
        redis.cli(words.toArray(String[]::new));
    }
}
