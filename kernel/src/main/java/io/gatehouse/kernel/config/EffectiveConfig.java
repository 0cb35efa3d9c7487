/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel.config;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.dataformat.yaml.YAMLGenerator;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.gatehouse.spi.config.Secret;
import java.lang.reflect.RecordComponent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Shows a configuration record as YAML without showing secrets. */
final class EffectiveConfig {

    private static final YAMLMapper MAPPER = YAMLMapper.builder()
            .disable(YAMLGenerator.Feature.WRITE_DOC_START_MARKER)
            .enable(YAMLGenerator.Feature.MINIMIZE_QUOTES)
            .disable(YAMLGenerator.Feature.SPLIT_LINES)
            .build();

    private static final Pattern SECRET_KEY = Pattern.compile(
            "(?i).*(passw|passphrase|secret|jaas|token|credential|assertion|private|(store|api|ssl)[._-]?key$).*");

    private static final Pattern PLACEHOLDER = Pattern.compile("\\$\\{[^}]*}");

    private final Map<String, String> origins;

    private EffectiveConfig(Map<String, String> origins) {
        this.origins = origins;
    }

    static String text(Record config, Map<String, String> origins) {
        try {
            return MAPPER.writeValueAsString(new EffectiveConfig(origins).record(config, ""));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("the effective configuration cannot be written", e);
        }
    }

    private Map<String, Object> record(Record record, String path) {
        Map<String, Object> shown = new LinkedHashMap<>();
        for (RecordComponent component : record.getClass().getRecordComponents()) {
            String key = Components.key(component);
            Object value = value(record, component);
            if (value == null || value.equals(Optional.empty())) {
                continue;
            }
            String keyPath = Paths.key(path, key);
            if (component.isAnnotationPresent(Secret.class)) {
                shown.put(key, Trees.MASK);
            } else if (Components.takesRemaining(component)) {
                ((Map<?, ?>) value)
                        .forEach((own, tree) -> shown.put(
                                String.valueOf(own), pluginValue(tree, Paths.key(path, String.valueOf(own)))));
            } else if (holdsKafkaProperties(record) && value instanceof Map<?, ?> properties) {
                shown.put(key, properties(properties, keyPath));
            } else if (value instanceof Map<?, ?>) {
                shown.put(key, pluginValue(value, keyPath));
            } else {
                shown.put(key, value(value, keyPath));
            }
        }
        return shown;
    }

    /** Kafka's names tell which of its properties are secret. */
    private static boolean holdsKafkaProperties(Record record) {
        return record instanceof ClusterConfig || record instanceof ListenerConfig;
    }

    private static @Nullable Object value(Record record, RecordComponent component) {
        try {
            component.getAccessor().setAccessible(true);
            return component.getAccessor().invoke(record);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(component + " cannot be read", e);
        }
    }

    private Object value(Object value, String path) {
        if (origins.containsKey(path)) {
            return origins.get(path);
        }
        if (value instanceof Optional<?> optional) {
            return value(optional.orElseThrow(), path);
        }
        if (value instanceof Collection<?> collection) {
            List<Object> shown = new ArrayList<>();
            collection.forEach(element -> shown.add(value(element, Paths.index(path, shown.size()))));
            return shown;
        }
        if (value instanceof Record record && !Scalars.parses(record.getClass())) {
            return record(record, path);
        }
        if (value instanceof Duration duration) {
            return duration.toMillis() % 1000 == 0 ? duration.toSeconds() + "s" : duration.toMillis() + "ms";
        }
        return value instanceof Number || value instanceof Boolean ? value : value.toString();
    }

    private Map<String, Object> properties(Map<?, ?> properties, String path) {
        Map<String, Object> shown = new LinkedHashMap<>();
        properties.forEach((key, value) -> {
            String name = String.valueOf(key);
            shown.put(name, SECRET_KEY.matcher(name).matches() ? Trees.MASK : value(value, Paths.key(path, name)));
        });
        return shown;
    }

    /** A placeholder is shown where it is all there is: text beside it may be secret. */
    private @Nullable Object pluginValue(@Nullable Object tree, String path) {
        String origin = origins.get(path);
        if (origin != null) {
            return PLACEHOLDER.matcher(origin).matches() ? origin : Trees.MASK;
        }
        if (tree instanceof Map<?, ?> map) {
            Map<String, Object> shown = new LinkedHashMap<>();
            map.forEach((key, value) ->
                    shown.put(String.valueOf(key), pluginValue(value, Paths.key(path, String.valueOf(key)))));
            return shown;
        }
        if (tree instanceof List<?> list) {
            List<Object> shown = new ArrayList<>();
            list.forEach(element -> shown.add(pluginValue(element, Paths.index(path, shown.size()))));
            return shown;
        }
        return tree == null || tree instanceof Boolean ? tree : Trees.MASK;
    }
}
