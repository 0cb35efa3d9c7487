/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.kernel.config.ConfigLoader;
import io.gatehouse.kernel.config.ListenerConfig;
import io.gatehouse.kernel.resources.InterceptorSpec;
import io.gatehouse.kernel.resources.Scope;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UnboundedPassthroughTest {

    private static final Scope ALL = new Scope(true, Optional.empty(), Optional.empty(), Optional.empty());
    private static final Scope IN_PASSTHROUGH =
            new Scope(false, Optional.of("passthrough"), Optional.empty(), Optional.empty());
    private static final Scope IN_TEAM_A = new Scope(false, Optional.of("team-a"), Optional.empty(), Optional.empty());
    private static final Scope OF_ALICE = new Scope(false, Optional.empty(), Optional.empty(), Optional.of("alice"));

    @TempDir
    private Path folder;

    private List<ListenerConfig> listeners() throws IOException {
        Path file = Files.writeString(folder.resolve("gatehouse.yaml"), """
                clusters: [{name: local, properties: {bootstrap.servers: "localhost:9092"}}]
                listeners:
                  - {name: apps, ports: ["19092-19192"], route: {cluster: local}, authentication: [{type: plain}]}
                """);
        return ConfigLoader.load(file, Map.of()).config().listeners();
    }

    private static InterceptorSpec interceptor(String type, Scope scope, boolean enabled) {
        return new InterceptorSpec(type, Optional.empty(), 500, scope, Map.of(), enabled, false);
    }

    @Test
    void anOpenListenerThatNothingBoundsIsNamedWithItsCluster() throws IOException {
        assertThat(UnboundedPassthrough.warnings(listeners(), List.of()))
                .singleElement()
                .asString()
                .contains("Listener apps", "cluster local", "passthrough: false");
    }

    @Test
    void authorizationOfEverybodyBoundsIt() throws IOException {
        assertThat(UnboundedPassthrough.warnings(listeners(), List.of(interceptor("acl", ALL, true))))
                .isEmpty();
        assertThat(UnboundedPassthrough.warnings(listeners(), List.of(interceptor("acl", IN_PASSTHROUGH, true))))
                .isEmpty();
    }

    @Test
    void authorizationOfSomeOrNoneDoesNot() throws IOException {
        List<InterceptorSpec> some = List.of(
                interceptor("acl", IN_TEAM_A, true),
                interceptor("acl", OF_ALICE, true),
                interceptor("acl", ALL, false),
                interceptor("namespace", ALL, true));

        assertThat(UnboundedPassthrough.warnings(listeners(), some)).hasSize(1);
    }
}
