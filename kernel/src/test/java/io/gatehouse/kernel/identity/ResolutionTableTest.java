/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel.identity;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.kernel.config.ConfigLoader;
import io.gatehouse.kernel.identity.Resolution.Refused;
import io.gatehouse.kernel.identity.Resolution.Resolved;
import io.gatehouse.kernel.identity.VirtualClusters.VirtualCluster;
import io.gatehouse.spi.authentication.Authentication;
import io.gatehouse.spi.identity.UserMapping;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Every combination of what decides a user, against the rows of the design: the first row that fits a combination says what must come out, and
 * every row must fit some.
 */
class ResolutionTableTest {

    /** {@code *} fits anything; {@code named} and {@code none} fit by whether something is there. Columns as in {@link Combination}. */
    private static final String ROWS = """
            route   mapping      authentication  mandatory  passthrough  outcome
            deny    *            *               *          *            refused
            team-a  team-b       *               *          *            refused
            team-a  passthrough  *               *          *            refused
            team-a  *            team-b          *          *            refused
            team-a  *            *               *          *            team-a
            none    team-a       *               *          *            team-a
            none    team-b       *               *          *            team-b
            none    passthrough  *               *          *            passthrough
            none    *            team-a          *          *            team-a
            none    *            team-b          *          *            team-b
            none    *            none            true       *            refused
            none    *            none            false      true         passthrough
            none    *            none            false      false        refused
            """;

    private static final Map<String, VirtualCluster> VIRTUAL_CLUSTERS = Map.of(
            "team-a", new VirtualCluster("local", Optional.empty()),
            "team-b", new VirtualCluster("local", Optional.empty()));

    /**
     * @param mapping {@code absent}, {@code none} for one without a virtual cluster, {@code deny}, or the virtual cluster
     * @param environment of {@code GATEWAY_FEATURE_FLAGS_MANDATORY_VCLUSTER}; null where it is not set
     */
    private record Combination(
            @Nullable String route,
            boolean passthrough,
            String mapping,
            Set<String> mappedGroups,
            @Nullable String authentication,
            Set<String> authenticationGroups,
            boolean mandatoryByConfig,
            @Nullable String environment) {

        boolean mandatory() {
            return mandatoryByConfig || "true".equals(environment);
        }

        boolean fits(List<String> row) {
            if (row.get(0).equals("deny")) {
                return mapping.equals("deny");
            }
            return fits(row.get(0), route == null ? "none" : route)
                    && fits(row.get(1), mapping)
                    && fits(row.get(2), authentication == null ? "none" : authentication)
                    && fits(row.get(3), String.valueOf(mandatory()))
                    && fits(row.get(4), String.valueOf(passthrough));
        }

        private static boolean fits(String cell, String value) {
            return cell.equals("*") || cell.equals(value);
        }
    }

    private static List<Combination> combinations() {
        List<Combination> all = new ArrayList<>();
        for (String route : new String[] {null, "team-a"}) {
            for (boolean passthrough : new boolean[] {true, false}) {
                for (String mapping : new String[] {"absent", "none", "team-a", "team-b", "passthrough", "deny"}) {
                    for (Set<String> mappedGroups : List.of(Set.<String>of(), Set.of("mapped"))) {
                        for (String authentication : new String[] {null, "team-a", "team-b"}) {
                            for (Set<String> groups : List.of(Set.<String>of(), Set.of("claimed"))) {
                                for (boolean mandatory : new boolean[] {true, false}) {
                                    for (String environment : new String[] {null, "true", "false"}) {
                                        all.add(new Combination(
                                                route,
                                                passthrough,
                                                mapping,
                                                mappedGroups,
                                                authentication,
                                                groups,
                                                mandatory,
                                                environment));
                                    }
                                }
                            }
                        }
                    }
                }
            }
        }
        return all;
    }

    private final Map<List<Object>, Boolean> mandatory = new HashMap<>();

    /** As the gateway finds it out: from the bootstrap file and the environment. */
    private boolean mandatory(Combination combination, Path folder) {
        List<Object> key = new ArrayList<>();
        key.add(combination.mandatoryByConfig());
        key.add(combination.environment());
        return mandatory.computeIfAbsent(key, unknown -> {
            Path file = folder.resolve(mandatory.size() + ".yaml");
            Map<String, String> environment = combination.environment() == null
                    ? Map.of()
                    : Map.of("GATEWAY_FEATURE_FLAGS_MANDATORY_VCLUSTER", combination.environment());
            try {
                Files.writeString(file, """
                        clusters: [{name: local, properties: {bootstrap.servers: "localhost:9092"}}]
                        listeners: [{name: apps, ports: ["19092-19100"], route: {cluster: local}, authentication: [{type: plain}]}]
                        identity: {mandatoryVirtualCluster: %s}
                        """.formatted(combination.mandatoryByConfig()));
            } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
            return ConfigLoader.load(file, environment).config().identity().mandatoryVirtualCluster();
        });
    }

    private Resolution resolve(Combination combination, Path folder) {
        Optional<UserMapping> mapping =
                switch (combination.mapping()) {
                    case "absent" -> Optional.empty();
                    case "none" -> Optional.of(UserMapping.of("m", "mapped-name", null, combination.mappedGroups()));
                    case "deny" -> Optional.of(UserMapping.denying("m"));
                    default ->
                        Optional.of(
                                UserMapping.of("m", "mapped-name", combination.mapping(), combination.mappedGroups()));
                };
        UserResolver resolver = new UserResolver(
                name -> Optional.ofNullable(VIRTUAL_CLUSTERS.get(name)),
                (username, principal, elsewhere) -> Set.of("group-of-" + username),
                () -> Optional.of(UserResolver.identifierAsPrincipal()),
                () -> Optional.of((authentication, principal) -> CompletableFuture.completedFuture(mapping)),
                UserResolver.DEADLINE);
        RouteFacts route = new RouteFacts(
                "local",
                Optional.ofNullable(combination.route()),
                combination.passthrough(),
                mandatory(combination, folder),
                false);
        Authentication authentication = Authentication.of("PLAIN", "ann")
                .name("plain")
                .virtualCluster(combination.authentication())
                .groups(combination.authenticationGroups())
                .build();
        return resolver.resolve(route, EntryFacts.PLAIN, authentication)
                .toCompletableFuture()
                .join();
    }

    @Test
    void everyCombinationIsResolvedAsItsRowSays(@TempDir Path folder) {
        List<List<String>> rows =
                ROWS.lines().skip(1).map(line -> List.of(line.split(" +"))).toList();
        Set<List<String>> used = new HashSet<>();
        for (Combination combination : combinations()) {
            List<String> row =
                    rows.stream().filter(combination::fits).findFirst().orElseThrow();
            used.add(row);

            Resolution resolution = resolve(combination, folder);

            if (row.get(5).equals("refused")) {
                assertThat(resolution).as("%s by %s", combination, row).isInstanceOf(Refused.class);
                assertThat(((Refused) resolution).mayPass())
                        .as("%s", combination)
                        .isFalse();
                assertThat(((Refused) resolution).principal()).contains("ann");
                continue;
            }
            assertThat(resolution).as("%s by %s", combination, row).isInstanceOf(Resolved.class);
            var user = ((Resolved) resolution).user();
            boolean mapped = !combination.mapping().equals("absent");
            Set<String> groups = new TreeSet<>(combination.authenticationGroups());
            groups.addAll(mapped ? combination.mappedGroups() : Set.of());
            groups.add(mapped ? "group-of-mapped-name" : "group-of-ann");
            assertThat(user.virtualCluster()).as("%s", combination).isEqualTo(row.get(5));
            assertThat(user.username()).as("%s", combination).isEqualTo(mapped ? "mapped-name" : "ann");
            assertThat(user.principal()).isEqualTo("ann");
            assertThat(user.groups()).as("%s", combination).isEqualTo(groups);
        }
        assertThat(used).as("every row fits some combination").containsAll(rows);
    }
}
