/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.plugins.acl.decision;

import java.util.Collection;
import java.util.List;
import java.util.stream.Stream;
import org.apache.kafka.common.acl.AclOperation;

/** Sets of operations as the bits of an int, bit {@link AclOperation#code} each. */
public final class Operations {

    /** Operations that can be asked for: not UNKNOWN, ANY and ALL. */
    public static final List<AclOperation> ASKABLE = Stream.of(AclOperation.values())
            .filter(operation -> operation.code() > AclOperation.ALL.code())
            .toList();

    private static final int EVERYTHING =
            ASKABLE.stream().mapToInt(Operations::bit).reduce(0, (one, other) -> one | other);

    private static final int IMPLY_DESCRIBE =
            bit(AclOperation.READ) | bit(AclOperation.WRITE) | bit(AclOperation.DELETE) | bit(AclOperation.ALTER);

    private Operations() {}

    /** The set of these; ALL is every operation. */
    public static int of(Collection<AclOperation> operations) {
        int bits = 0;
        for (AclOperation operation : operations) {
            bits |= operation == AclOperation.ALL ? EVERYTHING : bit(operation);
        }
        return bits;
    }

    /** The set of one. */
    public static int bit(AclOperation operation) {
        return 1 << operation.code();
    }

    /** What an ALLOW of these allows: Kafka lets some imply DESCRIBE or DESCRIBE_CONFIGS, for ALLOW only. */
    static int withImplied(int allowed) {
        int bits = allowed;
        if ((bits & IMPLY_DESCRIBE) != 0) {
            bits |= bit(AclOperation.DESCRIBE);
        }
        if ((bits & bit(AclOperation.ALTER_CONFIGS)) != 0) {
            bits |= bit(AclOperation.DESCRIBE_CONFIGS);
        }
        return bits;
    }

    static boolean contains(int bits, AclOperation operation) {
        return (bits & bit(operation)) != 0;
    }
}
