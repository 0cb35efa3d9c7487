/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel.resources;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.gatehouse.kernel.identity.VirtualClusters.VirtualCluster;
import io.gatehouse.spi.identity.UserMapping;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ResourceIdentityTest {

    private final MemoryStore store = new MemoryStore("");
    private final Resources resources =
            new Resources(store, new References(Map.of("local", false), Set.of("plain", "oauth"), Set.of()));
    private final AtomicInteger changes = new AtomicInteger();
    private final ResourceUserMappingStore mappings = new ResourceUserMappingStore(resources, changes::incrementAndGet);
    private final ResourceIdentity identity = new ResourceIdentity(resources);

    @AfterEach
    void close() {
        mappings.close();
        resources.close();
    }

    private static String mapping(String name, String spec) {
        return "---\n{apiVersion: gatehouse/v1, kind: UserMapping, metadata: {name: " + name + "}, spec: " + spec
                + "}\n";
    }

    private Optional<UserMapping> find(String authentication, String principal) {
        return mappings.find(authentication, principal).toCompletableFuture().join();
    }

    private void assertCannotSay(String principal) {
        assertThatThrownBy(() -> find("plain", principal))
                .hasMessageContaining("whether \"" + principal + "\" is mapped cannot be told");
    }

    @Test
    void aMappingForTheEntryWinsOverOneForAll() {
        resources.open();
        store.replace(mapping("any", "{principal: ann, groups: [g]}")
                + mapping("oauth", "{principal: ann, authentication: oauth, deny: true}"));

        assertThat(find("plain", "ann")).contains(UserMapping.of("any", null, null, Set.of("g")));
        assertThat(find("oauth", "ann")).contains(UserMapping.denying("oauth"));
        assertThat(find("plain", "Ann")).isEmpty();
    }

    @Test
    void aChangeIsTold() {
        resources.open();

        store.replace(mapping("ann", "{principal: ann}"));

        await().untilAsserted(() -> assertThat(changes).hasValue(1));
    }

    @Test
    void beforeTheStoreWasOpenedNobodyIsUnmapped() {
        assertCannotSay("ann");
    }

    @Test
    void aMappingThatCannotBeReadRefusesItsPrincipalOnly() {
        resources.open();
        store.replace(mapping("ann", "{principal: ann, deni: true}"));

        assertCannotSay("ann");
        assertThat(find("plain", "bob")).isEmpty();
    }

    @Test
    void aMappingForTheEntryThatCannotBeReadIsNotReplacedByTheOneForAll() {
        resources.open();
        store.replace(mapping("any", "{principal: ann, groups: [g]}")
                + mapping("denied", "{principal: ann, authentication: plain, deni: true}"));

        assertCannotSay("ann");
    }

    @Test
    void mappingsForTheEntryThatContradictEachOtherAreNotReplacedByTheOneForAll() {
        resources.open();
        store.replace(mapping("any", "{principal: ann}")
                + mapping("one", "{principal: ann, authentication: plain, deny: true}")
                + mapping("two", "{principal: ann, authentication: plain}"));

        assertCannotSay("ann");
    }

    @Test
    void aMappingWhosePrincipalCannotBeReadRefusesAllWhoAreNotMapped() {
        resources.open();
        store.replace(mapping("ann", "{prinzipal: ann}") + mapping("bob", "{principal: bob}"));

        assertCannotSay("ann");
        assertThat(find("plain", "bob")).isPresent();

        store.replace(mapping("ann", "{principal: ann}") + "---\n{kind: UserMaping, metadata: {name: x}}\n");

        assertCannotSay("bob");
    }

    @Test
    void aStoreThatWasNeverReadWholeRefusesAllWhoAreNotMapped() {
        MemoryStore broken = new MemoryStore(mapping("bob", "{principal: bob}"), "users.yaml cannot be read");
        Resources partial = new Resources(broken, new References(Map.of(), Set.of(), Set.of()));
        ResourceUserMappingStore partialMappings = new ResourceUserMappingStore(partial, () -> {});
        partial.open();

        assertThat(partialMappings.find("plain", "bob")).isCompletedWithValueMatching(Optional::isPresent);
        assertThat(partialMappings.find("plain", "ann")).isCompletedExceptionally();
        assertThat(partial.problems()).hasToString("[users.yaml cannot be read]");

        broken.replace(mapping("bob", "{principal: bob}"));
        broken.replace(mapping("bob", "{principal: bob}"), "users.yaml cannot be read");

        assertThat(partialMappings.find("plain", "ann")).isCompletedWithValueMatching(Optional::isEmpty);
        partialMappings.close();
        partial.close();
    }

    @Test
    void anExactPrincipalWinsOverRulesAndRulesAreTriedByOrderThenName() {
        resources.open();
        store.replace(mapping("exact", "{principal: ann@acme, username: boss}")
                + mapping("a-late", "{rules: ['RULE:^(.*)@acme$/late-$1/'], order: 20}")
                + mapping(
                        "z-early", "{rules: ['RULE:^(.*)@acme$/$1/U'], order: 10, virtualCluster: team-a, groups: [g]}")
                + mapping("c-default", "{rules: ['RULE:^c-(.*)$/second-$1/']}")
                + mapping("b-default", "{rules: ['RULE:^c-(.*)$/first-$1/', 'RULE:^d-(.*)$/$1/']}"));

        assertThat(find("plain", "ann@acme")).contains(UserMapping.of("exact", "boss", null, Set.of()));
        assertThat(find("plain", "bob@acme")).contains(UserMapping.of("z-early", "BOB", "team-a", Set.of("g")));
        assertThat(find("plain", "c-1")).contains(UserMapping.of("b-default", "first-1", null, Set.of()));
        assertThat(find("plain", "d-1")).contains(UserMapping.of("b-default", "1", null, Set.of()));
        assertThat(find("plain", "else")).isEmpty();
    }

    @Test
    void rulesMayDenyAndMayBeForOneEntry() {
        resources.open();
        store.replace(mapping("tmp", "{rules: ['RULE:^tmp-.*$//'], deny: true, order: 1}")
                + mapping("oauth", "{rules: [DEFAULT], authentication: oauth, groups: [token]}")
                + mapping("vip", "{principal: tmp-vip}"));

        assertThat(find("plain", "tmp-1")).contains(UserMapping.denying("tmp"));
        assertThat(find("oauth", "tmp-1")).contains(UserMapping.denying("tmp"));
        assertThat(find("plain", "tmp-vip")).contains(UserMapping.of("vip", null, null, Set.of()));
        assertThat(find("plain", "ann")).isEmpty();
        assertThat(find("oauth", "ann")).contains(UserMapping.of("oauth", "ann", null, Set.of("token")));
    }

    @Test
    void aRuleThatYieldsNoUsernameRefuses() {
        resources.open();
        store.replace(mapping("cut", "{rules: ['RULE:^x(.*)$/$1/']}"));

        assertThat(find("plain", "xy")).contains(UserMapping.of("cut", "y", null, Set.of()));
        assertThatThrownBy(() -> find("plain", "x"))
                .hasMessageContaining("yields the username \"\" for principal \"x\"");
    }

    @Test
    void rulesThatCannotBeReadRefuseAllWhoAreNotMappedExactly() {
        resources.open();
        store.replace(mapping("bob", "{principal: bob}")
                + mapping("good", "{rules: [DEFAULT]}")
                + mapping("bad", "{rules: ['RULE:^(ann$/x/'], deny: true}"));

        assertThat(find("plain", "bob")).isPresent();
        assertCannotSay("ann");
    }

    @Test
    void aSecondMappingOfAPrincipalIsAProblemAndTheOneInForceStays() {
        resources.open();
        store.replace(mapping("a", "{principal: ann, groups: [first]}"));
        store.replace(
                mapping("a", "{principal: ann, groups: [first]}") + mapping("b", "{principal: ann, groups: [second]}"));

        assertThat(find("plain", "ann").orElseThrow().groups()).containsExactly("first");
        assertThat(resources.problems())
                .hasToString(
                        "[test.yaml#2 UserMapping/b spec.principal: \"ann\" is also mapped by a in test.yaml#1 (expected:"
                                + " one mapping per principal and authentication) [not in force]]");
    }

    @Test
    void twoMappingsOfAPrincipalFromTheStartAreBothRefused() {
        resources.open();
        store.replace(mapping("a", "{principal: ann}") + mapping("b", "{principal: ann}"));

        assertCannotSay("ann");
        assertThat(resources.problems()).hasSize(2);
    }

    @Test
    void mappingsThatNobodyLooksAtAreReported() {
        Resources elsewhere = new Resources(store, new References(Map.of(), Set.of(), Set.of(), "redis"));
        elsewhere.open();

        store.replace(mapping("ann", "{principal: ann}"));

        assertThat(elsewhere.problems())
                .hasToString(
                        "[test.yaml#1 UserMapping/ann: nobody looks at it (expected: a mapping in redis, which is what"
                                + " identity.userMapping.store says)]");
        elsewhere.close();
    }

    @Test
    void virtualClustersAndGroupsAreLookedUp() {
        resources.open();
        store.replace("""
                {apiVersion: gatehouse/v1, kind: VirtualCluster, metadata: {name: team-a}, spec: {cluster: local}}
                ---
                apiVersion: gatehouse/v1
                kind: VirtualCluster
                metadata: {name: strict}
                spec: {cluster: local, authentication: [{type: mtls, name: corp}]}
                ---
                {apiVersion: gatehouse/v1, kind: Group, metadata: {name: writers}, spec: {members: [payments]}}
                ---
                {apiVersion: gatehouse/v1, kind: Group, metadata: {name: readers}, spec: {members: [payments, "CN=p"]}}
                """);

        assertThat(identity.find("team-a")).contains(new VirtualCluster("local", Optional.empty()));
        assertThat(identity.find("strict")).contains(new VirtualCluster("local", Optional.of(Set.of("corp"))));
        assertThat(identity.find("absent")).isEmpty();
        assertThat(identity.of("payments", "CN=q", Set.of())).containsExactlyInAnyOrder("writers", "readers");
        assertThat(identity.of("someone", "CN=p", Set.of())).containsExactly("readers");
        assertThat(identity.of("nobody", "nobody", Set.of("writers"))).isEmpty();
    }

    @Test
    void whoIsInAGroupFromElsewhereIsInTheGroupsThatNameIt() {
        resources.open();
        store.replace("""
                {apiVersion: gatehouse/v1, kind: Group, metadata: {name: writers}, spec: {members: [], externalGroups: [ldap-writers, staff]}}
                ---
                {apiVersion: gatehouse/v1, kind: Group, metadata: {name: readers}, spec: {members: [ann], externalGroups: [staff, writers]}}
                """);

        assertThat(identity.of("bob", "bob", Set.of("ldap-writers"))).containsExactly("writers");
        assertThat(identity.of("bob", "bob", Set.of("staff"))).containsExactlyInAnyOrder("writers", "readers");
        assertThat(identity.of("ann", "ann", Set.of("other"))).containsExactly("readers");
        assertThat(identity.of("ldap-writers", "staff", Set.of()))
                .as("a user who is called as a group")
                .isEmpty();
    }
}
