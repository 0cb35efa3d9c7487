/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel.resources;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.kernel.config.Binder;
import io.gatehouse.kernel.config.Bound;
import io.gatehouse.kernel.config.Yaml;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SpecsTest {

    private static final String SCOPE =
            "(expected: {all: true}, or virtualCluster with or without one of group and username,"
                    + " or one of those alone, such as {virtualCluster: team-a, group: writers})";

    private static <S extends Record> Bound<S> bind(Class<S> type, String yaml) {
        return new Binder().bind(Yaml.read(yaml).documents().get(0), type, "spec");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{all: true}",
                "{virtualCluster: a}",
                "{virtualCluster: a, group: g}",
                "{virtualCluster: a, username: u}",
                "{group: g}",
                "{username: u}"
            })
    void aScopeIsAllOrNarrowed(String scope) {
        assertThat(bind(InterceptorSpec.class, "{type: t, scope: " + scope + "}")
                        .problems())
                .isEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            {}                              | nobody
            {all: false}                    | nobody
            {all: true, group: g}           | all together with virtualCluster, group or username
            {group: g, username: u}         | group together with username
            {virtualCluster: a, group: g, username: u} | group together with username
            {group: ''}                     | an empty name
            """, quoteCharacter = '"')
    void anyOtherScopeIsRefusedAndTheMessageSaysHowToWriteOne(String scope, String found) {
        assertThat(bind(InterceptorSpec.class, "{type: t, scope: " + scope + "}")
                        .problems())
                .hasToString("[spec.scope: " + found + " " + SCOPE + "]");
    }

    @Test
    void thereIsNoImplicitScope() {
        assertThat(bind(InterceptorSpec.class, "{type: t}").problems())
                .hasToString("[spec.scope: nobody " + SCOPE + "]");
    }

    @Test
    void anInterceptorsDefaultsAreTheDesigns() {
        assertThat(bind(InterceptorSpec.class, "{type: acl, scope: {all: true}}")
                        .value())
                .isEqualTo(new InterceptorSpec(
                        "acl",
                        Optional.empty(),
                        1000,
                        new Scope(true, Optional.empty(), Optional.empty(), Optional.empty()),
                        Map.of(),
                        true,
                        false));
        assertThat(bind(InterceptorSpec.class, "{type: acl, scope: {all: true}, final: true}")
                        .value()
                        .isFinal())
                .isTrue();
    }

    @Test
    void aUserMappingsDefaultsAdmit() {
        assertThat(bind(UserMappingSpec.class, "{principal: ann}").value())
                .isEqualTo(new UserMappingSpec(
                        Optional.of("ann"),
                        List.of(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        Set.of(),
                        false));
    }

    @ParameterizedTest
    @CsvSource(delimiterString = " -> ", textBlock = """
            {groups: [g]} -> principal: missing (expected: principal, or rules)
            {principal: ann, rules: [DEFAULT]} -> principal: "ann" together with rules (expected: principal, or rules)
            {principal: ann, order: 1} -> order: 1 (expected: left out, as an exact principal wins over all rules)
            {rules: [DEFAULT], username: u} -> username: "u" (expected: left out, as the rules' replacements are the usernames)
            {principal: ann, groups: ['']} -> groups: [] (expected: names with at least one character)
            {rules: [CN=a]} -> rules: "CN=a": no rule begins at "CN=a" (expected: RULE:pattern/replacement/, with L or U behind it or not, or DEFAULT)
            """)
    void aUserMappingIsOfOnePrincipalOrOfRules(String spec, String problem) {
        assertThat(bind(UserMappingSpec.class, spec).problems())
                .singleElement()
                .asString()
                .contains(problem);
    }

    @Test
    void aUserMappingHasNoEmptyNamesAndNotTheReservedOne() {
        assertThat(bind(UserMappingSpec.class, "{principal: ''}").problems())
                .hasToString("[spec.principal: empty (expected: at least one character)]");
        assertThat(bind(UserMappingSpec.class, "{principal: ann, username: ANONYMOUS}")
                        .problems())
                .hasToString("[spec.username: \"ANONYMOUS\" (expected: another name, as this one is reserved)]");
    }

    @Test
    void aVirtualClusterRefusesClusterOperationsUnlessTold() {
        assertThat(bind(VirtualClusterSpec.class, "{cluster: local}").value().clusterOperations())
                .isEqualTo(VirtualClusterSpec.ClusterOperations.REFUSE);
        assertThat(bind(VirtualClusterSpec.class, "{cluster: local, clusterOperations: allow}")
                        .value()
                        .clusterOperations())
                .isEqualTo(VirtualClusterSpec.ClusterOperations.ALLOW);
        assertThat(bind(VirtualClusterSpec.class, "{cluster: local, clusterOperations: all, authentication: []}")
                        .problems())
                .hasToString("[spec.clusterOperations: \"all\" (expected: one of allow, refuse)]");
    }
}
