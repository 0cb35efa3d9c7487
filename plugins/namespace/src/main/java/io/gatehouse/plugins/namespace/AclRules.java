/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.plugins.namespace;

import io.gatehouse.plugins.namespace.Denial.RequestDenied;
import java.util.List;
import java.util.Set;
import org.apache.kafka.common.message.CreateAclsRequestData;
import org.apache.kafka.common.message.DeleteAclsRequestData;
import org.apache.kafka.common.message.DeleteAclsResponseData;
import org.apache.kafka.common.message.DescribeAclsRequestData;
import org.apache.kafka.common.message.DescribeAclsResponseData;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourceType;

/**
 * ACLs of brokers, where they reach a broker at all: with delegated authentication. A literal name or a prefix is put into the namespace,
 * and {@code *}, all names, becomes the namespace's prefix. What is not about topics, groups and transactional ids is the cluster's.
 */
final class AclRules {

    private static final String ALL = "*";
    private static final byte LITERAL = PatternType.LITERAL.code();
    private static final byte PREFIXED = PatternType.PREFIXED.code();
    private static final byte ANY_TYPE = ResourceType.ANY.code();
    private static final Set<Byte> OWN_TYPES =
            Set.of(ResourceType.TOPIC.code(), ResourceType.GROUP.code(), ResourceType.TRANSACTIONAL_ID.code());

    private final Namespace namespace;

    /** The only pattern type that the client asks for, which it sees for another one on the cluster; or any. */
    private byte describedType = PatternType.ANY.code();

    /** A pattern: names, or the beginning of names. */
    private record Pattern(String name, byte type) {}

    /** The rules for one request and its response. */
    AclRules(Namespace namespace) {
        this.namespace = namespace;
    }

    /** Renames in a request of one of the three APIs; leaves others alone, and says false. */
    boolean request(ApiMessage request) {
        if (request instanceof CreateAclsRequestData create) {
            for (var creation : create.creations()) {
                requireOwnType(creation.resourceType(), false);
                Pattern real = real(creation.resourceName(), creation.resourcePatternType(), creation.resourceType());
                creation.setResourceName(real.name()).setResourcePatternType(real.type());
            }
            return true;
        }
        if (request instanceof DescribeAclsRequestData describe) {
            requireOwnType(describe.resourceTypeFilter(), true);
            describe(describe);
            return true;
        }
        if (request instanceof DeleteAclsRequestData delete) {
            for (var filter : delete.filters()) {
                requireOwnType(filter.resourceTypeFilter(), false);
                requireExact(filter);
                Pattern real =
                        real(filter.resourceNameFilter(), filter.patternTypeFilter(), filter.resourceTypeFilter());
                filter.setResourceNameFilter(real.name()).setPatternTypeFilter(real.type());
            }
            return true;
        }
        return false;
    }

    private void describe(DescribeAclsRequestData filter) {
        if (filter.resourceNameFilter() != null) {
            Pattern real = real(filter.resourceNameFilter(), filter.patternTypeFilter(), filter.resourceTypeFilter());
            filter.setResourceNameFilter(real.name()).setPatternTypeFilter(real.type());
        } else if (namespace.hides() && isExact(filter.patternTypeFilter())) {
            // All of a type: "*" is literal to the client, and a prefix on the cluster.
            describedType = filter.patternTypeFilter();
            filter.setPatternTypeFilter(PatternType.ANY.code());
        }
    }

    private static boolean isExact(byte patternType) {
        return patternType == LITERAL || patternType == PREFIXED;
    }

    private boolean isDescribed(byte patternTypeSeen) {
        return describedType == PatternType.ANY.code() || describedType == patternTypeSeen;
    }

    private static void requireOwnType(byte type, boolean orAny) {
        if (!OWN_TYPES.contains(type) && !(orAny && type == ANY_TYPE)) {
            throw new RequestDenied(new Denial(
                    Errors.CLUSTER_AUTHORIZATION_FAILED,
                    "ACLs of " + ResourceType.fromCode(type) + " are not this virtual cluster's."));
        }
    }

    /** A filter that matches whatever there is would match what is not the namespace's. */
    private static void requireExact(DeleteAclsRequestData.DeleteAclsFilter filter) {
        if (filter.resourceNameFilter() == null || !isExact(filter.patternTypeFilter())) {
            throw new RequestDenied(new Denial(
                    Errors.INVALID_REQUEST,
                    "ACLs can be deleted here by a name and the pattern type LITERAL or PREFIXED only."));
        }
    }

    private Pattern real(String name, byte patternType, byte resourceType) {
        if (name.equals(ALL) && patternType != PREFIXED) {
            return new Pattern(namespace.prefix(), PREFIXED);
        }
        if (namespace.hides()) {
            return new Pattern(namespace.prefix() + name, patternType);
        }
        if (name.startsWith(namespace.prefix())) {
            return new Pattern(name, patternType);
        }
        Errors error = resourceType == ResourceType.GROUP.code()
                ? Errors.GROUP_AUTHORIZATION_FAILED
                : Errors.TOPIC_AUTHORIZATION_FAILED;
        throw new RequestDenied(
                new Denial(error, "\"" + name + "\" has to start with \"" + namespace.prefix() + "\" here."));
    }

    /** Renames in a response, and takes out what is not the namespace's. */
    boolean response(ApiMessage response) {
        if (response instanceof DescribeAclsResponseData describe) {
            describe.setResources(List.copyOf(describe.resources().stream()
                    .filter(resource -> isSeen(resource.resourceType(), resource.resourceName()))
                    .map(resource -> {
                        Pattern seen = seen(resource.resourceName(), resource.patternType());
                        return resource.setResourceName(seen.name()).setPatternType(seen.type());
                    })
                    .filter(resource -> isDescribed(resource.patternType()))
                    .toList()));
            return true;
        }
        if (response instanceof DeleteAclsResponseData delete) {
            for (var result : delete.filterResults()) {
                result.setMatchingAcls(result.matchingAcls().stream()
                        .filter(acl -> isSeen(acl.resourceType(), acl.resourceName()))
                        .map(acl -> {
                            Pattern seen = seen(acl.resourceName(), acl.patternType());
                            return acl.setResourceName(seen.name()).setPatternType(seen.type());
                        })
                        .toList());
            }
            return true;
        }
        return false;
    }

    private boolean isSeen(byte resourceType, String name) {
        return OWN_TYPES.contains(resourceType) && name.startsWith(namespace.prefix());
    }

    private Pattern seen(String name, byte patternType) {
        if (!namespace.hides()) {
            return new Pattern(name, patternType);
        }
        String own = name.substring(namespace.prefix().length());
        return own.isEmpty() && patternType == PREFIXED ? new Pattern(ALL, LITERAL) : new Pattern(own, patternType);
    }
}
