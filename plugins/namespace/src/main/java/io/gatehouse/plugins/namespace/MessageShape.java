/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.plugins.namespace;

import io.gatehouse.plugins.namespace.FieldVisitor.Field;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.Method;
import java.lang.reflect.ParameterizedType;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.protocol.types.BoundField;
import org.apache.kafka.common.protocol.types.Schema;
import org.apache.kafka.common.protocol.types.TaggedFields;
import org.apache.kafka.common.protocol.types.Type;
import org.apache.kafka.common.utils.internals.ImplicitLinkedHashCollection;
import org.jspecify.annotations.Nullable;

/**
 * Where the names are in one version of one message: the way through its parts to each field that is not harmless. Made once from Kafka's
 * own schema of that version and the {@link FieldTable}, so a field that the table does not know cannot be overlooked. Immutable.
 */
final class MessageShape {

    /** What cannot be a name. Anything else can: a type that is new in Kafka has to be looked at. */
    private static final Set<Type> NUMBERS = Set.of(
            Type.BOOLEAN,
            Type.INT8,
            Type.INT16,
            Type.UINT16,
            Type.INT32,
            Type.UNSIGNED_INT32,
            Type.INT64,
            Type.FLOAT64,
            Type.VARINT,
            Type.VARLONG);

    /** What became of a message, or of a part of it, that a visitor was shown. */
    private static final int KEPT = 0;

    private static final int CHANGED = 1;
    private static final int GONE = 2;

    private final List<Leaf> leaves = new ArrayList<>();
    private final List<Part> parts = new ArrayList<>();
    private boolean hasNames;
    private Set<String> paths = Set.of();

    /** A field of text, ids or bytes, or a list of texts. */
    private record Leaf(Field field, MethodHandle get, MethodHandle set) {}

    /** A field of other parts: one, or a collection. */
    private record Part(MessageShape shape, MethodHandle get, MethodHandle set) {}

    /** The table does not know a field. */
    static final class UnknownFieldException extends Exception {
        private static final long serialVersionUID = 1L;

        private UnknownFieldException(String message, String field) {
            super(message + " " + field + " (expected: a field that stands in fields.txt)");
        }
    }

    private MessageShape() {}

    /**
     * The shape of a message.
     *
     * @param message as the table calls it, such as {@code MetadataRequest}
     * @param type the message's class
     * @param schema of one version
     */
    static MessageShape of(FieldTable table, String message, Class<?> type, Schema schema)
            throws UnknownFieldException {
        MessageShape shape = new Compiler(table, message).shape(type, schema, "", false);
        shape.hasNames = shape.fields().anyMatch(field -> field.kind() != FieldKind.TOPIC_ID);
        shape.paths = shape.fields().map(Field::path).collect(Collectors.toUnmodifiableSet());
        return shape;
    }

    /** Whether this version has a field that is not harmless. */
    boolean has(String path) {
        return paths.contains(path);
    }

    /** All fields that are not harmless. */
    Stream<Field> fields() {
        return Stream.concat(leaves.stream().map(Leaf::field), parts.stream().flatMap(part -> part.shape.fields()));
    }

    /** Whether there is a field other than ids, which need no renaming. */
    boolean hasNames() {
        return hasNames;
    }

    /**
     * Shows the fields of a message to a visitor, and sets what it says.
     *
     * @return false when a field outside of any list has to go
     */
    boolean visit(Object message, FieldVisitor visitor) {
        return walk(message, visitor) != GONE;
    }

    private int walk(Object message, FieldVisitor visitor) {
        int outcome = KEPT;
        for (Leaf leaf : leaves) {
            int ofLeaf = visit(leaf, message, visitor);
            if (ofLeaf == GONE) {
                return GONE;
            }
            outcome |= ofLeaf;
        }
        for (Part part : parts) {
            Object value = get(part.get, message);
            if (value instanceof Collection<?> elements) {
                outcome |= visitAll(part, message, elements, visitor);
            } else if (value != null) {
                int ofPart = part.shape.walk(value, visitor);
                if (ofPart == GONE) {
                    set(part.set, message, null);
                    ofPart = CHANGED;
                }
                outcome |= ofPart;
            }
        }
        return outcome;
    }

    private static int visit(Leaf leaf, Object owner, FieldVisitor visitor) {
        Object value = get(leaf.get, owner);
        Object now;
        if (value instanceof List<?> list) {
            now = texts(leaf.field, list, owner, visitor);
        } else if (value instanceof Uuid id) {
            now = visitor.id(leaf.field, id, owner);
        } else if (value instanceof byte[] bytes) {
            now = visitor.bytes(leaf.field, bytes, owner);
        } else {
            now = visitor.text(leaf.field, (String) value, owner);
        }
        if (now == FieldVisitor.GONE || now == FieldVisitor.GONE_ID) {
            return GONE;
        }
        if (now == value) {
            return KEPT;
        }
        set(leaf.set, owner, now);
        return CHANGED;
    }

    /** The same list when nothing has changed. */
    private static List<?> texts(Field field, List<?> list, Object owner, FieldVisitor visitor) {
        List<String> now = new ArrayList<>(list.size());
        boolean changed = false;
        for (Object value : list) {
            String text = visitor.text(field, (String) value, owner);
            changed |= text != value;
            if (text != FieldVisitor.GONE) {
                now.add(text);
            }
        }
        return changed ? now : list;
    }

    private static int visitAll(Part part, Object owner, Collection<?> elements, FieldVisitor visitor) {
        int outcome = KEPT;
        Set<Object> gone = Set.of();
        for (Object element : elements) {
            int ofElement = part.shape.walk(element, visitor);
            if (ofElement == GONE) {
                gone = gone.isEmpty() ? Collections.newSetFromMap(new IdentityHashMap<>()) : gone;
                gone.add(element);
                ofElement = CHANGED;
            }
            outcome |= ofElement;
        }
        if (outcome == KEPT) {
            return KEPT;
        }
        List<Object> kept = new ArrayList<>(elements.size());
        for (Object element : elements) {
            if (!gone.contains(element)) {
                kept.add(element);
            }
        }
        if (elements instanceof ImplicitLinkedHashCollection<?> keyed) {
            refill(keyed, kept);
        } else if (!gone.isEmpty()) {
            set(part.set, owner, kept);
        }
        return outcome;
    }

    /** Its elements are found by their names, which may have changed. */
    @SuppressWarnings("unchecked")
    private static void refill(ImplicitLinkedHashCollection<?> keyed, List<Object> elements) {
        keyed.clear();
        for (Object element : elements) {
            var linked = (ImplicitLinkedHashCollection.Element) element;
            linked.setPrev(ImplicitLinkedHashCollection.INVALID_INDEX);
            linked.setNext(ImplicitLinkedHashCollection.INVALID_INDEX);
            ((ImplicitLinkedHashCollection<ImplicitLinkedHashCollection.Element>) keyed).add(linked);
        }
    }

    private static @Nullable Object get(MethodHandle getter, Object owner) {
        try {
            return (Object) getter.invokeExact(owner);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    private static void set(MethodHandle setter, Object owner, @Nullable Object value) {
        try {
            setter.invokeExact(owner, value);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    private static RuntimeException unexpected(Throwable e) {
        return e instanceof RuntimeException runtime ? runtime : new IllegalStateException(e);
    }

    /** Makes the shape of one version. */
    private record Compiler(FieldTable table, String message) {

        private MessageShape shape(Class<?> type, Schema schema, String path, boolean inList)
                throws UnknownFieldException {
            MessageShape shape = new MessageShape();
            for (BoundField field : schema.fields()) {
                if (field.def.type instanceof TaggedFields tagged) {
                    for (var entry : tagged.fields().values()) {
                        add(shape, type, entry.name, entry.type, path, inList);
                    }
                } else {
                    add(shape, type, field.def.name, field.def.type, path, inList);
                }
            }
            return shape;
        }

        private void add(MessageShape shape, Class<?> owner, String snakeName, Type type, String path, boolean inList)
                throws UnknownFieldException {
            Type element = type.arrayElementType().orElse(type);
            if (NUMBERS.contains(element)) {
                return;
            }
            String name = camelCase(snakeName);
            boolean nowInList = inList || type.isArray();
            if (element instanceof Schema nested) {
                Class<?> nestedType = elementType(getter(owner, name).getGenericReturnType());
                MessageShape part = shape(nestedType, nested, path + name + ".", nowInList);
                if (!part.leaves.isEmpty() || !part.parts.isEmpty()) {
                    shape.parts.add(new Part(part, get(owner, name), set(owner, name)));
                }
                return;
            }
            FieldKind kind =
                    table.kind(message, path + name).orElseThrow(() -> new UnknownFieldException(message, path + name));
            if (kind != FieldKind.HARMLESS) {
                Field field = new Field(path + name, kind, nowInList);
                shape.leaves.add(new Leaf(field, get(owner, name), set(owner, name)));
            }
        }

        /** Of {@code X}, {@code List<X>}, or of a generated collection of {@code X}. */
        private static Class<?> elementType(java.lang.reflect.Type type) {
            if (type instanceof ParameterizedType list) {
                return (Class<?>) list.getActualTypeArguments()[0];
            }
            Class<?> plain = (Class<?>) type;
            return Collection.class.isAssignableFrom(plain) ? elementType(plain.getGenericSuperclass()) : plain;
        }

        private static Method getter(Class<?> owner, String name) {
            try {
                return owner.getMethod(Character.toLowerCase(name.charAt(0)) + name.substring(1));
            } catch (NoSuchMethodException e) {
                throw new IllegalStateException(owner + ": no getter of " + name + " (expected: as Kafka makes them)");
            }
        }

        private static MethodHandle get(Class<?> owner, String name) {
            try {
                return MethodHandles.publicLookup()
                        .unreflect(getter(owner, name))
                        .asType(MethodType.methodType(Object.class, Object.class));
            } catch (IllegalAccessException e) {
                throw new IllegalStateException(e);
            }
        }

        private static MethodHandle set(Class<?> owner, String name) {
            try {
                Method setter =
                        owner.getMethod("set" + name, getter(owner, name).getReturnType());
                return MethodHandles.publicLookup()
                        .unreflect(setter)
                        .asType(MethodType.methodType(void.class, Object.class, Object.class));
            } catch (NoSuchMethodException | IllegalAccessException e) {
                throw new IllegalStateException(owner + ": no setter of " + name + " (expected: as Kafka makes them)");
            }
        }
    }

    /** {@code topic_id} of schemas is {@code TopicId} in definitions. */
    static String camelCase(String snakeName) {
        StringBuilder name = new StringBuilder();
        for (String word : snakeName.split("_")) {
            name.append(Character.toUpperCase(word.charAt(0))).append(word, 1, word.length());
        }
        return name.toString();
    }
}
