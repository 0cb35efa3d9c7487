/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel;

import io.gatehouse.spi.interception.Question;
import io.gatehouse.spi.interception.Question.Resource;
import io.gatehouse.spi.operations.ExplanationRequest;
import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.resource.ResourceType;

/**
 * What operators ask about a request, read strictly: what would be ignored is refused.
 *
 * <table>
 * <caption>Examples</caption>
 * <tr><td>{@code Produce}, {@code PRODUCE}, {@code CreateTopics}, {@code CREATE_TOPICS}</td><td>an API</td></tr>
 * <tr><td>{@code topic:orders}, {@code transactional-id:payments}, {@code TRANSACTIONAL_ID:payments}</td><td>a resource</td></tr>
 * <tr><td>{@code cluster}</td><td>the cluster, which has one name</td></tr>
 * <tr><td>{@code 10.0.0.7}, {@code 2001:db8::1}</td><td>an address; names are never looked up</td></tr>
 * </table>
 *
 * Stateless. Tested by {@code QuestionsTest}.
 */
final class Questions {

    private static final String CLUSTER_NAME = "kafka-cluster";
    private static final String ANYWHERE = "0.0.0.0";
    private static final Set<ResourceType> TYPES =
            EnumSet.complementOf(EnumSet.of(ResourceType.UNKNOWN, ResourceType.ANY));

    private Questions() {}

    /**
     * What is asked; empty when no API is.
     *
     * @param connected the address of the connection that is asked about, if it is one
     * @throws IllegalArgumentException for what is none
     */
    static Optional<Question> of(ExplanationRequest request, Optional<InetAddress> connected) {
        if (request.connection().isPresent()) {
            requireNothingElse(request);
        }
        if (request.principal().isPresent() && request.username().isPresent()) {
            throw new IllegalArgumentException("principal together with username (expected: one of both)");
        }
        InetAddress address =
                connected.orElseGet(() -> address(request.address().orElse(ANYWHERE)));
        if (request.api().isEmpty()) {
            if (request.resource().isPresent() || request.address().isPresent()) {
                throw new IllegalArgumentException(
                        "resource or address without api (expected: an api such as Produce)");
            }
            return Optional.empty();
        }
        return Optional.of(
                new Question(api(request.api().get()), request.resource().map(Questions::resource), address));
    }

    private static void requireNothingElse(ExplanationRequest request) {
        boolean others = request.listener().isPresent()
                || request.authentication().isPresent()
                || request.principal().isPresent()
                || request.username().isPresent()
                || request.virtualCluster().isPresent()
                || request.address().isPresent()
                || !request.groups().isEmpty();
        if (others) {
            throw new IllegalArgumentException(
                    "connection together with who somebody would be (expected: beside it, api and resource only)");
        }
    }

    private static String plain(String name) {
        return name.replace("_", "").replace("-", "").toLowerCase(Locale.ROOT);
    }

    private static ApiKeys api(String name) {
        for (ApiKeys api : ApiKeys.values()) {
            if (plain(api.name).equals(plain(name))) {
                return api;
            }
        }
        throw new IllegalArgumentException("api: \"" + name + "\" (expected: a Kafka API such as Produce)");
    }

    private static Resource resource(String text) {
        String[] parts = text.split(":", 2);
        ResourceType type = TYPES.stream()
                .filter(each -> plain(each.name()).equals(plain(parts[0])))
                .findFirst()
                .orElseThrow(() -> noResource(text));
        if (type == ResourceType.CLUSTER && (parts.length == 1 || parts[1].equals(CLUSTER_NAME))) {
            return new Resource(type, CLUSTER_NAME);
        }
        if (type == ResourceType.CLUSTER || parts.length == 1 || parts[1].isEmpty()) {
            throw noResource(text);
        }
        return new Resource(type, parts[1]);
    }

    private static IllegalArgumentException noResource(String text) {
        return new IllegalArgumentException("resource: \"" + text + "\" (expected: cluster, or one of "
                + TYPES.stream()
                        .filter(type -> type != ResourceType.CLUSTER)
                        .map(type -> type.name().toLowerCase(Locale.ROOT).replace('_', '-'))
                        .sorted()
                        .collect(Collectors.joining(", "))
                + " with a name, such as topic:orders)");
    }

    private static InetAddress address(String text) {
        byte[] bytes = NetUtil.createByteArrayFromIpAddressString(text);
        if (bytes == null) {
            throw new IllegalArgumentException("address: \"" + text + "\" (expected: an IP address such as 10.0.0.7)");
        }
        try {
            return InetAddress.getByAddress(bytes);
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException("address: \"" + text + "\" (expected: an IP address)", e);
        }
    }
}
