/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.it;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.internals.ConsumerProtocol;
import org.apache.kafka.common.protocol.Errors;

/**
 * Makes responses of two worlds comparable, knowing nothing of how names are renamed: the prefix goes from every text, what two calls can
 * never have in common goes, and so do, where a list is of the whole cluster, elements without the prefix.
 */
final class ResponseNormalizer {

    private static final String UUID = "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}";

    private static final Set<String> VOLATILE = Set.of(
            "clusterId",
            "host",
            "port",
            "sessionId",
            "producerId",
            "clientInstanceId",
            "timestamp",
            "timestampMs",
            "logAppendTimeMs",
            "lastTimestamp",
            "transactionStartTimeMs",
            "subscriptionId",
            "clientHost");

    /** Lists of the whole cluster by the response's class, and the field of an element that is the name. */
    private static final Map<String, String[]> LISTS = Map.of(
            "MetadataResponseData", new String[] {"topics", "name"},
            "DescribeTopicPartitionsResponseData", new String[] {"topics", "name"},
            "ListGroupsResponseData", new String[] {"groups", "groupId"},
            "ListTransactionsResponseData", new String[] {"transactionStates", "transactionalId"},
            "ListConfigResourcesResponseData", new String[] {"configResources", "resourceName"});

    private final String prefix;
    private final Map<String, String> topicsById;

    /**
     * For the responses of a world.
     *
     * @param prefix that texts have; empty for none
     * @param topicsById real names with their prefixes, by id
     */
    ResponseNormalizer(String prefix, Map<String, String> topicsById) {
        this.prefix = prefix;
        this.topicsById = topicsById;
    }

    JsonNode normalize(JsonNode response, String type, boolean isList) {
        JsonNode copy = response.deepCopy();
        String[] list = LISTS.get(type);
        if (isList && list != null && !prefix.isEmpty()) {
            ArrayNode kept = JsonNodeFactory.instance.arrayNode();
            for (JsonNode element : copy.path(list[0])) {
                if (element.path(list[1]).asText().startsWith(prefix)) {
                    kept.add(element);
                }
            }
            ((ObjectNode) copy).set(list[0], kept);
        }
        return walk(copy, "");
    }

    private JsonNode walk(JsonNode node, String field) {
        if (VOLATILE.contains(field)) {
            return text(node.isNull() ? "null" : "*");
        }
        if (node.isObject()) {
            ObjectNode walked = JsonNodeFactory.instance.objectNode();
            node.properties().forEach(entry -> walked.set(entry.getKey(), walk(entry.getValue(), entry.getKey())));
            if (walked.path("errorCode").asInt() == Errors.SECURITY_DISABLED.code()) {
                // The gateway says so itself, in words of its own.
                walked.put("errorMessage", "*");
            }
            return walked;
        }
        if (node.isArray()) {
            List<JsonNode> elements = new ArrayList<>();
            node.forEach(element -> elements.add(walk(element, field)));
            elements.sort(Comparator.comparing(JsonNode::toString));
            return JsonNodeFactory.instance.arrayNode().addAll(elements);
        }
        if (node.isBinary()) {
            return text(bytes(node, field));
        }
        return node.isTextual() ? text(text(node.asText(), field)) : node;
    }

    private static JsonNode text(String value) {
        return JsonNodeFactory.instance.textNode(value);
    }

    private String text(String value, String field) {
        if (field.equals("topicId")) {
            String name = topicsById.get(value);
            return name == null ? (value.matches("A{22}") ? "none" : "unknown") : "id of " + afterPrefix(name);
        }
        if (field.equals("subscribedTopicRegex") && !prefix.isEmpty()) {
            String start = prefix.replace(".", "\\.") + "(?:";
            return value.startsWith(start) ? value.substring(start.length(), value.length() - 1) : value;
        }
        String stripped = prefix.isEmpty() ? value : value.replace(prefix, "");
        return field.equals("memberId") || field.equals("leader") ? stripped.replaceAll(UUID, "*") : stripped;
    }

    /** Both worlds have prefixes that end with a dot. */
    private static String afterPrefix(String name) {
        return name.substring(name.indexOf('.') + 1);
    }

    private String bytes(JsonNode node, String field) {
        try {
            ByteBuffer bytes = ByteBuffer.wrap(node.binaryValue());
            String shown =
                    switch (field) {
                        case "metadata", "memberMetadata" ->
                            ConsumerProtocol.deserializeSubscription(bytes).toString();
                        case "assignment", "memberAssignment" ->
                            ConsumerProtocol.deserializeAssignment(bytes).toString();
                        default -> node.asText();
                    };
            return prefix.isEmpty() ? shown : shown.replace(prefix, "");
        } catch (java.io.IOException | RuntimeException e) {
            return node.asText();
        }
    }
}
