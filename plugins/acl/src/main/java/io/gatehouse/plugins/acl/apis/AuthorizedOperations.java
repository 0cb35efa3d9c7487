/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.plugins.acl.apis;

import static org.apache.kafka.common.acl.AclOperation.ALTER;
import static org.apache.kafka.common.acl.AclOperation.ALTER_CONFIGS;
import static org.apache.kafka.common.acl.AclOperation.CLUSTER_ACTION;
import static org.apache.kafka.common.acl.AclOperation.CREATE;
import static org.apache.kafka.common.acl.AclOperation.CREATE_TOKENS;
import static org.apache.kafka.common.acl.AclOperation.DELETE;
import static org.apache.kafka.common.acl.AclOperation.DESCRIBE;
import static org.apache.kafka.common.acl.AclOperation.DESCRIBE_CONFIGS;
import static org.apache.kafka.common.acl.AclOperation.DESCRIBE_TOKENS;
import static org.apache.kafka.common.acl.AclOperation.IDEMPOTENT_WRITE;
import static org.apache.kafka.common.acl.AclOperation.READ;
import static org.apache.kafka.common.acl.AclOperation.TWO_PHASE_COMMIT;
import static org.apache.kafka.common.acl.AclOperation.WRITE;

import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.resource.ResourceType;

/** The {@code *AuthorizedOperations} of responses, which a broker fills with the gateway's rights: made anew for the user. */
final class AuthorizedOperations {

    /** Kafka's value of a field that was not asked for. */
    static final int NOT_ASKED = Integer.MIN_VALUE;

    /** Kafka's AclEntry.supportedOperations. */
    static final Map<ResourceType, Set<AclOperation>> SUPPORTED = Map.of(
            ResourceType.TOPIC, Set.of(READ, WRITE, CREATE, DESCRIBE, DELETE, ALTER, DESCRIBE_CONFIGS, ALTER_CONFIGS),
            ResourceType.GROUP, Set.of(READ, DESCRIBE, DELETE, DESCRIBE_CONFIGS, ALTER_CONFIGS),
            ResourceType.CLUSTER,
                    Set.of(CREATE, CLUSTER_ACTION, DESCRIBE_CONFIGS, ALTER_CONFIGS, IDEMPOTENT_WRITE, ALTER, DESCRIBE),
            ResourceType.TRANSACTIONAL_ID, Set.of(DESCRIBE, WRITE, TWO_PHASE_COMMIT),
            ResourceType.DELEGATION_TOKEN, Set.of(DESCRIBE),
            ResourceType.USER, Set.of(CREATE_TOKENS, DESCRIBE_TOKENS));

    private AuthorizedOperations() {}

    /** The field as the client gets it. */
    static int of(Access access, int asTheBrokerSays, ResourceType type, String name) {
        if (asTheBrokerSays == NOT_ASKED || access.auditOnly()) {
            return asTheBrokerSays;
        }
        int bits = 0;
        for (AclOperation operation : SUPPORTED.getOrDefault(type, Set.of())) {
            if (access.has(operation, type, name)) {
                bits |= 1 << operation.code();
            }
        }
        return bits;
    }
}
