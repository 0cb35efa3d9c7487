/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel.plugins;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.ClassVisitor;
import org.objectweb.asm.FieldVisitor;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;

/**
 * A class file as linking sees it: what it is, what it declares, and what it refers to. Class names are internal, such as
 * {@code java/lang/Object}. Immutable but for what is read on demand; used by one thread at a time.
 */
final class ClassFile {

    private static final int CONSTANT_CLASS = 7;
    private static final int CONSTANT_FIELD = 9;
    private static final int CONSTANT_METHOD = 10;
    private static final int CONSTANT_INTERFACE_METHOD = 11;

    private final ClassReader reader;
    private final String name;
    private final List<String> parents = new ArrayList<>();
    private @Nullable Map<String, Boolean> members;

    /** @throws RuntimeException when it is not a class file, or one of a Java that ASM does not know yet */
    ClassFile(byte[] bytes) {
        reader = new ClassReader(bytes);
        name = reader.getClassName();
        if (reader.getSuperName() != null) {
            parents.add(reader.getSuperName());
        }
        parents.addAll(List.of(reader.getInterfaces()));
    }

    String name() {
        return name;
    }

    /** The super class, then the interfaces. */
    List<String> parents() {
        return parents;
    }

    /**
     * Whether it declares a member.
     *
     * @param fromOutside whether only what is public or protected counts
     */
    boolean declares(Member member, boolean fromOutside) {
        if (members == null) {
            members = readMembers();
        }
        Boolean accessible = members.get(member.key());
        return accessible != null && (accessible || !fromOutside);
    }

    private Map<String, Boolean> readMembers() {
        Map<String, Boolean> found = new HashMap<>();
        reader.accept(
                new ClassVisitor(Opcodes.ASM9) {
                    @Override
                    public @Nullable FieldVisitor visitField(
                            int access, String field, String type, @Nullable String signature, @Nullable Object value) {
                        add(access, Member.key(field, type));
                        return null;
                    }

                    @Override
                    public @Nullable MethodVisitor visitMethod(
                            int access,
                            String method,
                            String type,
                            @Nullable String signature,
                            String @Nullable [] exceptions) {
                        add(access, Member.key(method, type));
                        return null;
                    }

                    private void add(int access, String key) {
                        found.put(key, (access & (Opcodes.ACC_PUBLIC | Opcodes.ACC_PROTECTED)) != 0);
                    }
                },
                ClassReader.SKIP_CODE | ClassReader.SKIP_DEBUG | ClassReader.SKIP_FRAMES);
        return found;
    }

    /**
     * A field or method that is referred to.
     *
     * @param descriptor the JVM's, such as {@code (I)V}; a method's begins with a parenthesis
     */
    record Member(String owner, String name, String descriptor) {

        static String key(String name, String descriptor) {
            return name + ':' + descriptor;
        }

        String key() {
            return key(name, descriptor);
        }
    }

    /** What becomes of what a class file refers to. */
    interface References {
        void type(String className);

        void member(Member member);
    }

    /** Reads the references from the constant pool, where every one stands once: no byte code has to be walked. */
    void references(References to) {
        char[] buffer = new char[reader.getMaxStringLength()];
        for (int item = 1; item < reader.getItemCount(); item++) {
            int at = reader.getItem(item);
            if (at == 0) {
                continue;
            }
            switch (reader.readByte(at - 1)) {
                case CONSTANT_CLASS -> {
                    String type = elementType(reader.readUTF8(at, buffer));
                    if (type != null) {
                        to.type(type);
                    }
                }
                case CONSTANT_FIELD, CONSTANT_METHOD, CONSTANT_INTERFACE_METHOD -> {
                    String owner = reader.readClass(at, buffer);
                    int nameAndType = reader.getItem(reader.readUnsignedShort(at + 2));
                    // Methods of arrays are those of Object.
                    if (!owner.startsWith("[")) {
                        to.member(new Member(
                                owner, reader.readUTF8(nameAndType, buffer), reader.readUTF8(nameAndType + 2, buffer)));
                    }
                }
                default -> {
                    // Strings, numbers, descriptors: they link nothing by themselves.
                }
            }
        }
    }

    /** The class that an array type is made of; null for arrays of numbers. */
    private static @Nullable String elementType(String type) {
        if (!type.startsWith("[")) {
            return type;
        }
        return type.endsWith(";") ? type.substring(type.lastIndexOf('[') + 2, type.length() - 1) : null;
    }
}
