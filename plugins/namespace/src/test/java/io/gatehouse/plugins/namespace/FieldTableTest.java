/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.plugins.namespace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.gatehouse.plugins.namespace.FieldVisitor.Field;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.jar.JarFile;
import java.util.stream.Collectors;
import org.apache.kafka.common.protocol.ApiKeys;
import org.junit.jupiter.api.Test;

/**
 * Holds {@code fields.txt} to the message definitions that Kafka ships as JSON inside the kafka-clients jar: every string, bytes, records
 * and uuid field of whatever brokers take from clients is named in the table, and the table names nothing else.
 */
class FieldTableTest {

    private static final Set<String> NAMING = Set.of("string", "bytes", "records", "uuid");
    private static final Set<String> NUMBERS =
            Set.of("bool", "int8", "int16", "uint16", "int32", "uint32", "int64", "float64");

    private static final FieldTable TABLE = FieldTable.OF_KAFKA;

    @Test
    void everyFieldThatCanBeANameStandsInTheTableAndNoOther() throws Exception {
        Map<String, Set<String>> defined = new TreeMap<>();
        for (JsonNode definition : definitionsOfOfferedApis()) {
            Set<String> fields = new Definition(definition).namingFields();
            if (!fields.isEmpty()) {
                defined.put(definition.get("name").asText(), fields);
            }
        }

        Map<String, Set<String>> inTable = new TreeMap<>();
        TABLE.messages()
                .forEach(message ->
                        inTable.put(message, new TreeSet<>(TABLE.fields(message).keySet())));

        assertThat(inTable).isEqualTo(defined);
    }

    /** Kafka's entity types miss much of what names something, but what they say is so. */
    @Test
    void whatKafkaItselfCallsTheNameOfSomethingIsThatInTheTable() throws Exception {
        Map<String, Set<FieldKind>> meaning = Map.of(
                "topicName", EnumSet.of(FieldKind.TOPIC, FieldKind.SUBSCRIBED_TOPIC),
                "groupId", EnumSet.of(FieldKind.GROUP),
                "transactionalId", EnumSet.of(FieldKind.TRANSACTIONAL_ID));
        List<String> wrong = new ArrayList<>();
        int checked = 0;
        for (JsonNode definition : definitionsOfOfferedApis()) {
            String message = definition.get("name").asText();
            for (Map.Entry<String, String> field :
                    new Definition(definition).entityTypes().entrySet()) {
                Set<FieldKind> kinds = meaning.get(field.getValue());
                if (kinds != null) {
                    checked++;
                    FieldKind kind = TABLE.kind(message, field.getKey()).orElseThrow();
                    if (!kinds.contains(kind)) {
                        wrong.add(message + " " + field + " is " + kind);
                    }
                }
            }
        }

        assertThat(wrong).isEmpty();
        assertThat(checked).isGreaterThan(100);
    }

    @Test
    void everyApiOfBrokersIsEitherInTheTableOrRefusedOrTheGatewaysOwn() throws Exception {
        Set<String> apis = definitions().stream()
                .filter(FieldTableTest::isForBrokers)
                .map(definition -> apiName(definition))
                .collect(Collectors.toCollection(TreeSet::new));

        Set<String> known = new TreeSet<>(TABLE.refused());
        known.addAll(TABLE.ofGateway());
        Shapes.of(TABLE).apis().keySet().forEach(api -> known.add(api.name));

        assertThat(known).isEqualTo(apis);
    }

    @Test
    void everyVersionOfEveryApiOfThisKafkaIsKnown() {
        Shapes shapes = Shapes.of(TABLE);

        assertThat(shapes.problems()).isEmpty();
        shapes.apis().forEach((api, shape) -> {
            assertThat(shape.oldest()).as(api.name).isEqualTo(api.oldestVersion());
            assertThat(shape.latest()).as(api.name).isEqualTo(api.latestVersion(true));
        });
    }

    @Test
    void whatIsReachedInMessagesIsWhatTheTableNames() {
        Map<String, Set<String>> reached = new TreeMap<>();
        Shapes.of(TABLE).apis().forEach((api, shape) -> {
            shape.requests().values().forEach(request -> collect(reached, api.name + "Request", request));
            shape.responses().values().forEach(response -> collect(reached, api.name + "Response", response));
        });

        Map<String, Set<String>> named = new TreeMap<>();
        for (String message : TABLE.messages()) {
            Set<String> fields = TABLE.fields(message).entrySet().stream()
                    .filter(entry -> entry.getValue() != FieldKind.HARMLESS)
                    .map(Map.Entry::getKey)
                    .collect(Collectors.toCollection(TreeSet::new));
            if (!fields.isEmpty() && !message.startsWith("ConsumerProtocol")) {
                named.put(message, fields);
            }
        }
        assertThat(reached).isEqualTo(named);
    }

    @Test
    void aVersionWithAFieldThatTheTableDoesNotKnowIsNotOffered() {
        List<String> lines = List.of(
                "MetadataRequest",
                "  Topics.TopicId topic-id",
                "  Topics.Name topic",
                "MetadataResponse",
                "  Brokers.Host - place",
                "  Topics.Name topic");

        Shapes shapes = Shapes.of(FieldTable.parse(lines));

        assertThat(shapes.find(ApiKeys.METADATA).orElseThrow().latest())
                .as("racks came with version 1")
                .isZero();
        assertThat(shapes.problems().get(ApiKeys.METADATA)).startsWith("version 1: MetadataResponse Brokers.Rack");
        assertThat(shapes.find(ApiKeys.PRODUCE)).isEmpty();
    }

    @Test
    void aLineThatCannotBeReadIsNamed() {
        assertThatThrownBy(() -> FieldTable.parse(List.of("MetadataRequest", "  Topics.Name topic extra")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("Topics.Name topic extra (expected: a field and its kind");
        assertThatThrownBy(() -> FieldTable.parse(List.of("MetadataRequest", "  Topics.Name name")))
                .isInstanceOf(IllegalArgumentException.class);
    }

    private static void collect(Map<String, Set<String>> reached, String message, MessageShape shape) {
        shape.fields()
                .map(Field::path)
                .forEach(path -> reached.computeIfAbsent(message, name -> new TreeSet<>())
                        .add(path));
    }

    // ---- Kafka's definitions

    private static List<JsonNode> definitionsOfOfferedApis() throws IOException {
        Set<Integer> ofBrokers = definitions().stream()
                .filter(FieldTableTest::isForBrokers)
                .map(definition -> definition.get("apiKey").asInt())
                .collect(Collectors.toSet());
        return definitions().stream()
                .filter(definition -> definition.get("name").asText().startsWith("ConsumerProtocol")
                        || (definition.has("apiKey")
                                && ofBrokers.contains(definition.get("apiKey").asInt())
                                && !TABLE.refused().contains(apiName(definition))
                                && !TABLE.ofGateway().contains(apiName(definition))))
                .toList();
    }

    private static boolean isForBrokers(JsonNode definition) {
        for (JsonNode listener : definition.path("listeners")) {
            if (listener.asText().equals("broker")) {
                return true;
            }
        }
        return false;
    }

    private static String apiName(JsonNode definition) {
        return definition.get("name").asText().replaceAll("(Request|Response)$", "");
    }

    private static List<JsonNode> definitions() throws IOException {
        Path jar = Path.of(ApiKeys.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .getPath());
        ObjectMapper mapper =
                JsonMapper.builder().enable(JsonParser.Feature.ALLOW_COMMENTS).build();
        List<JsonNode> definitions = new ArrayList<>();
        try (JarFile file = new JarFile(jar.toFile())) {
            for (var entry : file.stream()
                    .filter(entry -> entry.getName().matches("common/message/[^/]+\\.json"))
                    .toList()) {
                try (InputStream in = file.getInputStream(entry)) {
                    definitions.add(mapper.readTree(in));
                }
            }
        }
        assertThat(definitions).as("definitions in %s", jar).hasSizeGreaterThan(150);
        return definitions;
    }

    /** One message, with the structures that its fields refer to. */
    private static final class Definition {
        private final JsonNode message;
        private final Map<String, JsonNode> structures = new HashMap<>();

        private Definition(JsonNode message) {
            this.message = message;
            message.path("commonStructs")
                    .forEach(structure -> structures.put(structure.get("name").asText(), structure.get("fields")));
            declare(message.path("fields"));
        }

        private void declare(JsonNode fields) {
            for (JsonNode field : fields) {
                if (field.has("fields")) {
                    structures.put(elementType(field), field.get("fields"));
                    declare(field.get("fields"));
                }
            }
        }

        private static String elementType(JsonNode field) {
            return field.get("type").asText().replace("[]", "");
        }

        private Set<String> namingFields() {
            Set<String> found = new TreeSet<>();
            collect(message.path("fields"), "", found);
            return found;
        }

        /** What Kafka says that fields name, such as {@code topicName}. */
        private Map<String, String> entityTypes() {
            Map<String, String> found = new TreeMap<>();
            collectEntityTypes(message.path("fields"), "", found);
            return found;
        }

        private void collectEntityTypes(JsonNode fields, String path, Map<String, String> found) {
            for (JsonNode field : fields) {
                String type = elementType(field);
                String name = path + field.get("name").asText();
                if (field.has("entityType") && NAMING.contains(type)) {
                    found.put(name, field.get("entityType").asText());
                } else if (structures.containsKey(type)) {
                    collectEntityTypes(structures.get(type), name + ".", found);
                }
            }
        }

        private void collect(JsonNode fields, String path, Set<String> found) {
            for (JsonNode field : fields) {
                String type = elementType(field);
                String name = path + field.get("name").asText();
                if (NAMING.contains(type)) {
                    found.add(name);
                } else if (!NUMBERS.contains(type)) {
                    assertThat(structures).as(name).containsKey(type);
                    collect(structures.get(type), name + ".", found);
                }
            }
        }
    }
}
