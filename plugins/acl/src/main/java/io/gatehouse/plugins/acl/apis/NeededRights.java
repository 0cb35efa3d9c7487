/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.plugins.acl.apis;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.resource.ResourceType;

/**
 * What {@code kafka-authz-table.tsv} says that each API asks for, in its order. {@code TableTest} holds the handlers to the same table, so
 * that what is told of them is what they do.
 */
final class NeededRights {

    private static final String NOTHING = "-";

    /** Of what is asked in any case; whatever else the table says is a condition. */
    private static final Set<String> ALWAYS =
            Set.of("per-topic", "per-group", "per-id", "group", "cluster", "txn", "filter", "filter-response");

    /** Versions that are not offered to clients. */
    private static final Set<String> NEVER = Set.of("v4+", "peer-only");

    private static final Map<ApiKeys, List<Right>> BY_API = read();

    private NeededRights() {}

    /**
     * One right: any of the ways opens it.
     *
     * @param condition when it is asked for; empty for always
     * @param error what its lack is answered with; empty when things are left out instead
     */
    record Right(List<Way> ways, String condition, String error) {}

    /**
     * One way.
     *
     * @param someName whether it is enough to have it for any name
     */
    record Way(AclOperation operation, ResourceType type, boolean someName) {}

    /** None for an API that needs no right. */
    static List<Right> of(ApiKeys api) {
        return BY_API.getOrDefault(api, List.of());
    }

    private static Map<ApiKeys, List<Right>> read() {
        try (InputStream table = NeededRights.class.getResourceAsStream("kafka-authz-table.tsv")) {
            return new String(table.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .skip(1)
                    .map(line -> line.split("\t"))
                    .filter(cells -> !cells[3].equals(NOTHING) && !NEVER.contains(cells[5]))
                    .collect(Collectors.groupingBy(
                            cells -> ApiKeys.forId(Integer.parseInt(cells[0])),
                            Collectors.mapping(NeededRights::right, Collectors.toList())));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Right right(String[] cells) {
        return new Right(
                ways(cells[3].split("\\|"), cells[4].split("\\|")),
                ALWAYS.contains(cells[5]) ? "" : cells[5],
                cells[6].equals(NOTHING) ? "" : cells[6]);
    }

    /** As many operations as types are pairs; else each goes with each. */
    private static List<Way> ways(String[] operations, String[] types) {
        List<Way> ways = new ArrayList<>();
        for (int type = 0; type < types.length; type++) {
            for (int operation = 0; operation < operations.length; operation++) {
                if (types.length != operations.length || type == operation) {
                    ways.add(way(operations[operation], types[type]));
                }
            }
        }
        return ways;
    }

    /** {@code TOPIC}, or {@code anyTOPIC:WRITE} for another operation on whatever topic. */
    private static Way way(String operation, String type) {
        if (!type.startsWith("any")) {
            return new Way(AclOperation.valueOf(operation), ResourceType.valueOf(type), false);
        }
        String[] parts = type.substring("any".length()).split(":");
        return new Way(AclOperation.valueOf(parts[1]), ResourceType.valueOf(parts[0]), true);
    }
}
