/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel.wire;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.types.BoundField;
import org.apache.kafka.common.protocol.types.CompactArrayOf;
import org.apache.kafka.common.protocol.types.Schema;
import org.apache.kafka.common.protocol.types.TaggedFields;
import org.apache.kafka.common.protocol.types.Type;
import org.jspecify.annotations.Nullable;

/**
 * How to walk one version of a response that may carry broker addresses, compiled from Kafka's own schema of it: fixed fields melt into
 * one skip, records are skipped by their length, and the place of {@code node_endpoints} (KIP-951) is marked.
 *
 * <p>Immutable; one per API and version, shared by all connections.
 */
final class ScanProgram {

    private static final String ENDPOINTS = "node_endpoints";

    private static final Set<Type> COMPACT = Set.of(
            Type.COMPACT_STRING,
            Type.COMPACT_NULLABLE_STRING,
            Type.COMPACT_BYTES,
            Type.COMPACT_NULLABLE_BYTES,
            Type.COMPACT_RECORDS,
            Type.COMPACT_NULLABLE_RECORDS);

    private static final @Nullable ScanProgram[][] PROGRAMS = new ScanProgram[Apis.COUNT][];

    static {
        for (ApiKeys api : List.of(ApiKeys.PRODUCE, ApiKeys.FETCH, ApiKeys.SHARE_FETCH, ApiKeys.SHARE_ACKNOWLEDGE)) {
            Schema[] schemas = api.messageType.responseSchemas();
            @Nullable ScanProgram[] versions = new ScanProgram[schemas.length];
            for (int version = 0; version < schemas.length; version++) {
                versions[version] = carriesEndpoints(schemas[version]) ? compile(schemas[version]) : null;
            }
            PROGRAMS[api.id] = versions;
        }
    }

    /** One thing to do. */
    sealed interface Step {}

    /** Fields of a fixed size. */
    record Fixed(int bytes) implements Step {}

    /** A compact length, then so many bytes (strings, bytes, records). */
    record Sized() implements Step {}

    /** A compact count, then so many elements. */
    record Elements(Step[] element) implements Step {}

    /** A tagged section; {@code endpointsTag} is -1 when no address can be in it. */
    record Tagged(int endpointsTag) implements Step {}

    /** The array of addresses that ends ShareFetch and ShareAcknowledge responses, with the tagged section behind it. */
    record EndpointsTail() implements Step {}

    private final Step[] steps;

    private ScanProgram(Step[] steps) {
        this.steps = steps;
    }

    /** The program for the response of an API and version; null when it cannot carry addresses that must be scanned for. */
    static @Nullable ScanProgram of(short apiKey, short version) {
        @Nullable ScanProgram[] versions = apiKey >= 0 && apiKey < Apis.COUNT ? PROGRAMS[apiKey] : null;
        return versions == null || version < 0 || version >= versions.length ? null : versions[version];
    }

    Step[] steps() {
        return steps;
    }

    private static boolean carriesEndpoints(@Nullable Schema schema) {
        if (schema == null) {
            return false;
        }
        for (BoundField field : schema.fields()) {
            if (field.def.name.equals(ENDPOINTS)
                    || (field.def.type instanceof TaggedFields tagged && endpointsTag(tagged) >= 0)) {
                return true;
            }
        }
        return false;
    }

    private static int endpointsTag(TaggedFields tagged) {
        return tagged.fields().entrySet().stream()
                .filter(entry -> entry.getValue().name.equals(ENDPOINTS))
                .mapToInt(entry -> entry.getKey())
                .findFirst()
                .orElse(-1);
    }

    /** All versions with addresses are flexible: lengths are compact, and size, correlation id and the header's tagged fields come first. */
    private static ScanProgram compile(Schema schema) {
        List<Step> steps = new ArrayList<>();
        addFixed(steps, 8);
        steps.add(new Tagged(-1));
        addFields(steps, schema);
        return new ScanProgram(steps.toArray(Step[]::new));
    }

    private static void addFields(List<Step> steps, Schema schema) {
        BoundField[] fields = schema.fields();
        for (int i = 0; i < fields.length; i++) {
            if (fields[i].def.name.equals(ENDPOINTS)) {
                checkTail(fields, i);
                steps.add(new EndpointsTail());
                return;
            }
            addType(steps, fields[i].def.type, fields[i].def.name);
        }
    }

    /** What stands behind the addresses is blanked with them, so it must be nothing that a client reads. */
    private static void checkTail(BoundField[] fields, int endpoints) {
        boolean last = endpoints == fields.length - 2
                && fields[endpoints + 1].def.type instanceof TaggedFields tagged
                && tagged.fields().isEmpty();
        if (!last) {
            throw new IllegalStateException(
                    "field " + ENDPOINTS + ": more fields behind it (expected: unknown tagged fields only)");
        }
    }

    private static void addType(List<Step> steps, Type type, String name) {
        if (type instanceof Schema schema && !type.isNullable()) {
            addFields(steps, schema);
        } else if (type instanceof TaggedFields tagged) {
            steps.add(new Tagged(endpointsTag(tagged)));
        } else if (type instanceof CompactArrayOf) {
            List<Step> element = new ArrayList<>();
            addType(element, type.arrayElementType().orElseThrow(), name);
            steps.add(new Elements(element.toArray(Step[]::new)));
        } else if (fixedSize(type) > 0) {
            addFixed(steps, fixedSize(type));
        } else if (COMPACT.contains(type)) {
            steps.add(new Sized());
        } else {
            throw new IllegalStateException("field " + name + ": type " + type + " (expected: one that can be walked)");
        }
    }

    private static void addFixed(List<Step> steps, int bytes) {
        int last = steps.size() - 1;
        if (last >= 0 && steps.get(last) instanceof Fixed before) {
            steps.set(last, new Fixed(before.bytes() + bytes));
            return;
        }
        steps.add(new Fixed(bytes));
    }

    private static int fixedSize(Type type) {
        if (type == Type.INT8 || type == Type.BOOLEAN) {
            return 1;
        }
        if (type == Type.INT16 || type == Type.UINT16) {
            return 2;
        }
        if (type == Type.INT32 || type == Type.UNSIGNED_INT32) {
            return 4;
        }
        if (type == Type.INT64 || type == Type.FLOAT64) {
            return 8;
        }
        return type == Type.UUID ? 16 : 0;
    }
}
