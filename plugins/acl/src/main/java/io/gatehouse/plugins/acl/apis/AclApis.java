/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.plugins.acl.apis;

import io.gatehouse.plugins.acl.decision.Permissions;
import io.gatehouse.plugins.acl.policy.BindingChecks;
import io.gatehouse.plugins.acl.policy.BindingSpec;
import io.gatehouse.spi.interception.AsyncOptions;
import io.gatehouse.spi.interception.Decision;
import io.gatehouse.spi.interception.RequestContext;
import io.gatehouse.spi.interception.Subscriptions;
import io.gatehouse.spi.resources.ResourceException;
import io.gatehouse.spi.resources.ResourceKind.Problem;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.Collectors;
import org.apache.kafka.common.acl.AccessControlEntryFilter;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclBindingFilter;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.message.CreateAclsRequestData;
import org.apache.kafka.common.message.CreateAclsResponseData;
import org.apache.kafka.common.message.CreateAclsResponseData.AclCreationResult;
import org.apache.kafka.common.message.DeleteAclsRequestData;
import org.apache.kafka.common.message.DeleteAclsRequestData.DeleteAclsFilter;
import org.apache.kafka.common.message.DeleteAclsResponseData;
import org.apache.kafka.common.message.DeleteAclsResponseData.DeleteAclsFilterResult;
import org.apache.kafka.common.message.DescribeAclsRequestData;
import org.apache.kafka.common.message.DescribeAclsResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.ApiError;
import org.apache.kafka.common.requests.CreateAclsRequest;
import org.apache.kafka.common.requests.DeleteAclsResponse;
import org.apache.kafka.common.requests.DescribeAclsResponse;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePatternFilter;
import org.apache.kafka.common.resource.ResourceType;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** ACL commands, answered from the bindings of the user's virtual cluster and never forwarded. */
final class AclApis {

    private static final Logger log = LoggerFactory.getLogger(AclApis.class);
    private static final AsyncOptions DEADLINE = AsyncOptions.within(Duration.ofSeconds(20));

    private AclApis() {}

    static void describe(Access access, Subscriptions on) {
        on.request(ApiKeys.DESCRIBE_ACLS, DescribeAclsRequestData.class, (request, context) -> {
            if (!access.mayCluster(context, AclOperation.DESCRIBE)) {
                return Decision.refuse(Errors.CLUSTER_AUTHORIZATION_FAILED, "");
            }
            AclBindingFilter filter = filter(
                    request.resourceTypeFilter(),
                    request.resourceNameFilter(),
                    request.patternTypeFilter(),
                    request.principalFilter(),
                    request.hostFilter(),
                    request.operation(),
                    request.permissionType());
            if (filter.isUnknown()) {
                return Decision.refuse(
                        Errors.INVALID_REQUEST, "The AclBindingFilter must not contain UNKNOWN elements.");
            }
            Collection<AclBinding> found =
                    access.acls().find(access.virtualCluster(), filter::matches).values();
            return Decision.respond(new DescribeAclsResponseData()
                    .setResources(DescribeAclsResponse.aclsResources(new LinkedHashSet<>(found))));
        });
    }

    static void create(Access access, Subscriptions on) {
        on.requestAsync(
                ApiKeys.CREATE_ACLS,
                CreateAclsRequestData.class,
                DEADLINE,
                (request, context) -> create(access, request, context));
    }

    private static CompletionStage<Decision> create(
            Access access, CreateAclsRequestData request, RequestContext context) {
        if (!access.mayCluster(context, AclOperation.ALTER)) {
            return done(Decision.refuse(Errors.CLUSTER_AUTHORIZATION_FAILED, ""));
        }
        List<AclCreationResult> results = new ArrayList<>();
        List<AclBinding> good = new ArrayList<>();
        for (CreateAclsRequestData.AclCreation creation : request.creations()) {
            AclBinding binding = CreateAclsRequest.aclBinding(creation);
            String problem = problem(access, binding);
            AclCreationResult result = new AclCreationResult();
            if (problem != null) {
                result.setErrorCode(Errors.INVALID_REQUEST.code()).setErrorMessage(problem);
            } else {
                good.add(binding);
            }
            results.add(result);
        }
        return access.acls().add(access.virtualCluster(), good, actor(access)).handle((ignored, failure) -> {
            if (failure != null) {
                ApiError error = error(failure);
                results.stream()
                        .filter(result -> result.errorCode() == Errors.NONE.code())
                        .forEach(result ->
                                result.setErrorCode(error.error().code()).setErrorMessage(error.message()));
            }
            return Decision.respond(new CreateAclsResponseData().setResults(results));
        });
    }

    /** What is wrong with a binding, in Kafka's words where Kafka has some; null when nothing is. */
    private static @Nullable String problem(Access access, AclBinding binding) {
        if (binding.pattern().resourceType() == ResourceType.CLUSTER
                && !binding.pattern().name().equals(Permissions.CLUSTER_NAME)) {
            return "The only valid name for the CLUSTER resource is " + Permissions.CLUSTER_NAME;
        }
        if (binding.pattern().name().isEmpty()) {
            return "Invalid empty resource name";
        }
        List<Problem> problems = BindingChecks.problems(BindingSpec.of(access.virtualCluster(), binding));
        return problems.isEmpty()
                ? null
                : problems.stream()
                        .map(problem -> problem.path() + ": " + problem.message())
                        .collect(Collectors.joining("; "));
    }

    static void delete(Access access, Subscriptions on) {
        on.requestAsync(
                ApiKeys.DELETE_ACLS,
                DeleteAclsRequestData.class,
                DEADLINE,
                (request, context) -> delete(access, request, context));
    }

    private static CompletionStage<Decision> delete(
            Access access, DeleteAclsRequestData request, RequestContext context) {
        if (!access.mayCluster(context, AclOperation.ALTER)) {
            return done(Decision.refuse(Errors.CLUSTER_AUTHORIZATION_FAILED, ""));
        }
        List<DeleteAclsFilterResult> results = new ArrayList<>();
        Set<String> names = new LinkedHashSet<>();
        for (DeleteAclsFilter each : request.filters()) {
            Map<String, AclBinding> found = access.acls().find(access.virtualCluster(), filter(each)::matches);
            names.addAll(found.keySet());
            results.add(new DeleteAclsFilterResult()
                    .setErrorMessage(null)
                    .setMatchingAcls(found.values().stream()
                            .distinct()
                            .map(binding -> DeleteAclsResponse.matchingAcl(binding, ApiError.NONE))
                            .toList()));
        }
        return access.acls().remove(names, actor(access)).handle((ignored, failure) -> {
            if (failure != null) {
                ApiError error = error(failure);
                results.forEach(result -> result.setErrorCode(error.error().code())
                        .setErrorMessage(error.message())
                        .setMatchingAcls(List.of()));
            }
            return Decision.respond(new DeleteAclsResponseData().setFilterResults(results));
        });
    }

    private static AclBindingFilter filter(DeleteAclsFilter filter) {
        return filter(
                filter.resourceTypeFilter(),
                filter.resourceNameFilter(),
                filter.patternTypeFilter(),
                filter.principalFilter(),
                filter.hostFilter(),
                filter.operation(),
                filter.permissionType());
    }

    private static AclBindingFilter filter(
            byte type,
            @Nullable String name,
            byte patternType,
            @Nullable String principal,
            @Nullable String host,
            byte operation,
            byte permissionType) {
        return new AclBindingFilter(
                new ResourcePatternFilter(ResourceType.fromCode(type), name, PatternType.fromCode(patternType)),
                new AccessControlEntryFilter(
                        principal, host, AclOperation.fromCode(operation), AclPermissionType.fromCode(permissionType)));
    }

    private static ApiError error(Throwable failure) {
        Throwable cause = failure.getCause() == null ? failure : failure.getCause();
        if (cause instanceof ResourceException resource) {
            Errors error =
                    switch (resource.reason()) {
                        case INVALID, REFERENCED -> Errors.INVALID_REQUEST;
                        case READ_ONLY, UNKNOWN_KIND -> Errors.SECURITY_DISABLED;
                        case CONFLICT, UNAVAILABLE -> Errors.REQUEST_TIMED_OUT;
                    };
            return new ApiError(error, "ACLs cannot be changed: " + resource.getMessage());
        }
        log.error("ACLs cannot be changed", cause);
        return new ApiError(Errors.UNKNOWN_SERVER_ERROR);
    }

    private static String actor(Access access) {
        return "User:" + access.username();
    }

    private static CompletionStage<Decision> done(Decision decision) {
        return CompletableFuture.completedFuture(decision);
    }
}
