/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel.wire;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.types.BoundField;
import org.apache.kafka.common.protocol.types.CompactArrayOf;
import org.apache.kafka.common.protocol.types.Field;
import org.apache.kafka.common.protocol.types.Schema;
import org.apache.kafka.common.protocol.types.TaggedFields;
import org.apache.kafka.common.protocol.types.Type;
import org.jspecify.annotations.Nullable;

/**
 * Writes random frames of any API and version straight from Kafka's schemas, with tagged fields, unknown tags, nulls and empty arrays.
 * The same seed yields the same frames.
 */
public final class RandomMessages {

    /** Part of the host of every broker address that is written. */
    public static final String SECRET = "secret-host";

    private static final int UNKNOWN_TAG = 99;

    private final Random random;
    private int endpoints = -1;
    private boolean nulls;

    public RandomMessages(long seed) {
        this.random = new Random(seed);
    }

    /** How many node endpoints responses have from now on; random when negative. */
    public RandomMessages endpoints(int count) {
        endpoints = count;
        return this;
    }

    /**
     * From now on everything is null that may be, arrays have one element, numbers are 0 but for {@code acks}, and there are no unknown
     * tags.
     */
    public RandomMessages nulls() {
        nulls = true;
        return this;
    }

    /** A request frame. */
    public ByteBuf request(ApiKeys api, short version, int correlationId, @Nullable String clientId) {
        ByteBuf out = Unpooled.buffer().writeInt(0);
        out.writeShort(api.id).writeShort(version).writeInt(correlationId);
        if (clientId == null) {
            out.writeShort(-1);
        } else {
            byte[] bytes = clientId.getBytes(StandardCharsets.UTF_8);
            out.writeShort(bytes.length).writeBytes(bytes);
        }
        if (api.requestHeaderVersion(version) >= 2) {
            unknownTags(out);
        }
        body(api.messageType.requestSchemas()[version], out);
        return sized(out);
    }

    /** A response frame. */
    public ByteBuf response(ApiKeys api, short version, int correlationId) {
        ByteBuf out = Unpooled.buffer().writeInt(0).writeInt(correlationId);
        if (api.responseHeaderVersion(version) >= 1) {
            unknownTags(out);
        }
        body(api.messageType.responseSchemas()[version], out);
        return sized(out);
    }

    private static ByteBuf sized(ByteBuf frame) {
        return frame.setInt(0, frame.readableBytes() - 4);
    }

    private void body(Schema schema, ByteBuf out) {
        for (BoundField field : schema.fields()) {
            value(field.def.type, field.def.name, out);
        }
    }

    private void value(Type type, String name, ByteBuf out) {
        if (type instanceof Schema schema) {
            if (!type.isNullable()) {
                body(schema, out);
            } else if (absent(3)) {
                out.writeByte(-1);
            } else {
                out.writeByte(1);
                body(schema, out);
            }
        } else if (type instanceof TaggedFields tagged) {
            tags(tagged, out);
        } else if (type.arrayElementType().isPresent()) {
            array(type, name, out);
        } else {
            primitive(type, name, out);
        }
    }

    private void array(Type type, String name, ByteBuf out) {
        boolean compact = type instanceof CompactArrayOf;
        int count = name.equals("node_endpoints") && endpoints >= 0 ? endpoints : nulls ? 1 : random.nextInt(4);
        if (type.isNullable() && absent(4)) {
            count = -1;
        }
        if (compact) {
            varint(count + 1, out);
        } else {
            out.writeInt(count);
        }
        for (int i = 0; i < count; i++) {
            value(type.arrayElementType().orElseThrow(), name, out);
        }
    }

    private void tags(TaggedFields tagged, ByteBuf out) {
        ByteBuf written = Unpooled.buffer();
        int count = 0;
        for (int tag = 0; tag < UNKNOWN_TAG; tag++) {
            Field field = tagged.fields().get(tag);
            if (field == null || !wanted(field)) {
                continue;
            }
            ByteBuf value = Unpooled.buffer();
            value(field.type, field.name, value);
            varint(tag, written);
            varint(value.readableBytes(), written);
            written.writeBytes(value);
            count++;
        }
        if (!nulls && random.nextInt(4) == 0) {
            count++;
            unknownTag(written);
        }
        varint(count, out);
        out.writeBytes(written);
    }

    private boolean wanted(Field field) {
        if (field.name.equals("node_endpoints") && endpoints >= 0) {
            return endpoints > 0;
        }
        return nulls ? !isDefault(field.type) : !random.nextBoolean();
    }

    /** Whether its null or 0 is what a writer leaves out. */
    private static boolean isDefault(Type type) {
        return type.isNullable() || (type.arrayElementType().isEmpty() && !(type instanceof Schema));
    }

    private void unknownTags(ByteBuf out) {
        boolean present = !nulls && random.nextInt(3) == 0;
        varint(present ? 1 : 0, out);
        if (present) {
            unknownTag(out);
        }
    }

    private void unknownTag(ByteBuf out) {
        byte[] bytes = bytes(random.nextInt(10));
        varint(UNKNOWN_TAG, out);
        varint(bytes.length, out);
        out.writeBytes(bytes);
    }

    private void primitive(Type type, String name, ByteBuf out) {
        if (type == Type.BOOLEAN) {
            out.writeByte(nulls ? 0 : random.nextInt(2));
        } else if (type == Type.INT8) {
            out.writeByte(nulls ? 0 : random.nextInt());
        } else if (type == Type.INT16 || type == Type.UINT16) {
            out.writeShort(nulls ? name.equals("acks") ? 1 : 0 : random.nextInt());
        } else if (type == Type.INT32) {
            out.writeInt(nulls ? 0 : random.nextInt());
        } else if (type == Type.INT64) {
            out.writeLong(nulls ? 0 : random.nextLong());
        } else if (type == Type.UUID) {
            out.writeLong(random.nextLong()).writeLong(random.nextLong());
        } else if (type == Type.FLOAT64) {
            out.writeDouble(random.nextDouble());
        } else {
            sized(type, name, out);
        }
    }

    private void sized(Type type, String name, ByteBuf out) {
        boolean absent = type.isNullable() && absent(3);
        byte[] bytes = type.toString().contains("STRING") ? text(name) : bytes(length());
        if (type.toString().startsWith("COMPACT")) {
            varint(absent ? 0 : bytes.length + 1, out);
        } else if (type.toString().contains("STRING")) {
            out.writeShort(absent ? -1 : bytes.length);
        } else {
            out.writeInt(absent ? -1 : bytes.length);
        }
        if (!absent) {
            out.writeBytes(bytes);
        }
    }

    private boolean absent(int outOf) {
        return nulls || random.nextInt(outOf) == 0;
    }

    private byte[] text(String name) {
        if (name.equals("host")) {
            return ("broker-" + random.nextInt(1_000) + "." + SECRET).getBytes(StandardCharsets.UTF_8);
        }
        StringBuilder text = new StringBuilder();
        for (int length = length(); length > 0; length--) {
            text.append((char) ('a' + random.nextInt(26)));
        }
        return text.toString().getBytes(StandardCharsets.UTF_8);
    }

    private int length() {
        return random.nextInt(12) == 0 ? 120 + random.nextInt(150) : random.nextInt(12);
    }

    private byte[] bytes(int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }

    private static void varint(int value, ByteBuf out) {
        int rest = value;
        while ((rest & ~0x7f) != 0) {
            out.writeByte(rest & 0x7f | 0x80);
            rest >>>= 7;
        }
        out.writeByte(rest);
    }
}
