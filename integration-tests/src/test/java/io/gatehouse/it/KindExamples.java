/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.it;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** A resource of every kind there is, those of plugins and of a plugin that nobody knows included, and the same changed. */
final class KindExamples {

    private KindExamples() {}

    /** One kind. */
    record KindExample(String kind, String spec, String changed) {
        @Override
        public String toString() {
            return kind;
        }
    }

    static Stream<KindExample> all() {
        return Stream.of(
                new KindExample("VirtualCluster", "{cluster: local}", "{cluster: local, clusterOperations: allow}"),
                new KindExample("UserMapping", "{principal: p1}", "{principal: p1, username: u, groups: [g]}"),
                new KindExample("Group", "{members: [ann]}", "{members: [ann, bob]}"),
                new KindExample("Account", "{password: swordfish}", "{password: swordfish, enabled: false}"),
                new KindExample("Interceptor", interceptor("x"), interceptor("y")),
                new KindExample("AclBinding", binding("READ"), binding("WRITE")),
                new KindExample("AclPolicy", policy("a"), policy("b")),
                new KindExample("Greeting", "{text: Hi}", "{text: Hello}"));
    }

    /** The jars that bring their kinds and types. */
    static List<Path> plugins(Path folder) {
        return List.of(
                TestGateway.jarOf("plugins/records"),
                TestGateway.jarOf("plugins/acl"),
                TestGateway.jarOf("plugins/admin-http"),
                PluginJar.withId("greetings").extension(GreetingKind.class).writeTo(folder));
    }

    private static String interceptor(String header) {
        return "{type: records, scope: {all: true}, config: {fetch: [{removeHeaders: [" + header + "]}]}}";
    }

    private static String binding(String operation) {
        return "{virtualCluster: passthrough, principal: \"User:crud\", operation: " + operation
                + ", resourceType: TOPIC, resourceName: orders}";
    }

    private static String policy(String topic) {
        return "{virtualCluster: passthrough, rules: [{action: allow, operations: [READ], resourceType: TOPIC, names: ["
                + topic + "]}]}";
    }
}
