/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel.resources;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.gatehouse.spi.config.Secret;
import io.gatehouse.spi.resources.Resource;
import io.gatehouse.spi.resources.ResourceKind;
import io.gatehouse.spi.resources.ResourceView;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ResourcesTest {

    private static final References REFERENCES =
            new References(Map.of("local", false, "open", true), Set.of("plain"), Set.of());

    record AccountSpec(@Secret String password) {}

    record NewAccountSpec(@Secret String password) {}

    private static class AccountKind implements ResourceKind<AccountSpec> {
        @Override
        public String kind() {
            return "Account";
        }

        @Override
        public Class<AccountSpec> specType() {
            return AccountSpec.class;
        }

        @Override
        public List<Problem> validate(String name, AccountSpec spec) {
            if (spec.password().equals("throw")) {
                throw new IllegalStateException("cannot hash " + spec.password());
            }
            return spec.password().length() < 4
                    ? List.of(new Problem("password", "too short (expected: 4 characters or more)"))
                    : List.of();
        }
    }

    private static final class NewAccountKind implements ResourceKind<NewAccountSpec> {
        @Override
        public String kind() {
            return "Account";
        }

        @Override
        public Class<NewAccountSpec> specType() {
            return NewAccountSpec.class;
        }
    }

    private final MemoryStore store = new MemoryStore("");
    private final Resources resources = new Resources(store, REFERENCES);

    @AfterEach
    void close() {
        resources.close();
    }

    private static String resource(String kind, String name, String spec) {
        return "---\n{apiVersion: gatehouse/v1, kind: " + kind + ", metadata: {name: " + name + "}, spec: " + spec
                + "}\n";
    }

    private void write(String... documents) {
        store.replace(String.join("", documents));
    }

    private List<String> problems() {
        return resources.problems().stream().map(ResourceProblem::toString).toList();
    }

    private static List<String> names(ResourceView<?> view) {
        return view.list().stream().map(Resource::name).toList();
    }

    @Test
    void validResourcesAreSeenByKindInOrderOfTheirNames() {
        resources.open();
        write(
                resource("Group", "writers", "{members: [bob]}"),
                resource("Group", "readers", "{members: [ann]}"),
                resource("VirtualCluster", "team-a", "{cluster: local}"));

        ResourceView<GroupSpec> groups = resources.view(KernelKinds.GROUP);

        assertThat(names(groups)).containsExactly("readers", "writers");
        assertThat(groups.get("readers").orElseThrow().spec()).isEqualTo(new GroupSpec(Set.of("ann"), Set.of()));
        assertThat(groups.get("absent")).isEmpty();
        assertThat(problems()).isEmpty();
    }

    @Test
    void everyProblemNamesOriginKindNameAndPath() {
        resources.open();
        write(
                resource("UserMapping", "ann", "{principl: ann}"),
                resource("Group", "'a b'", "{members: []}"),
                resource("VirtualCluster", "passthrough", "{cluster: local}"),
                "---\n{apiVersion: gatehouse/v2, kind: Group, metadata: {name: g}}\n",
                "---\n{kind: Group}\n");

        assertThat(problems())
                .containsExactly(
                        "test.yaml#5 Group apiVersion: missing (expected: a text) [not in force]",
                        "test.yaml#5 Group metadata: missing (expected: an object with name, labels) [not in force]",
                        "test.yaml#1 UserMapping/ann spec.principl: unknown key (did you mean `principal`?) [not in force]",
                        "test.yaml#2 Group/a b metadata.name: \"a b\" (expected: 1 to 249 letters, digits, and any of . - _ @"
                                + " +, a letter or digit first) [not in force]",
                        "test.yaml#3 VirtualCluster/passthrough metadata.name: \"passthrough\" (expected: another name, as"
                                + " this one is reserved) [not in force]",
                        "test.yaml#4 Group/g apiVersion: \"gatehouse/v2\" (expected: gatehouse/v1) [not in force]");
    }

    @Test
    void anInvalidChangeKeepsTheLastValidVersion() {
        resources.open();
        ResourceView<GroupSpec> groups = resources.view(KernelKinds.GROUP);
        write(resource("Group", "g", "{members: [ann]}"));
        String version = groups.get("g").orElseThrow().version();

        write(resource("Group", "g", "{member: [bob]}"));
        write(resource("Group", "g", "{member: [carl]}"));

        assertThat(groups.get("g").orElseThrow().version()).isEqualTo(version);
        assertThat(problems())
                .anySatisfy(problem -> assertThat(problem)
                        .isEqualTo("test.yaml#1 Group/g spec.member: unknown key (did you mean `members`?)"
                                + " [the last valid version stays in force]"));

        write(resource("Group", "g", "{members: [bob]}"));

        assertThat(groups.get("g").orElseThrow().spec().members()).containsExactly("bob");
        assertThat(problems()).isEmpty();

        write("");

        assertThat(groups.list()).isEmpty();
    }

    @Test
    void twoOfOneKindAndNameAreAProblemNamingBoth() {
        resources.open();
        write(resource("Group", "g", "{members: [ann]}"), resource("Group", "g", "{members: [bob]}"));

        assertThat(problems())
                .containsExactly(
                        "test.yaml#2 Group/g: also in test.yaml#1 (expected: one resource of that kind and name)"
                                + " [not in force]");
        assertThat(resources.view(KernelKinds.GROUP).list()).isEmpty();
    }

    @Test
    void aKindWithoutItsPluginWaitsAndHealsWhenThePluginArrives() {
        resources.open();
        ResourceView<AccountSpec> accounts = resources.view(new AccountKind());
        write(resource("Account", "ann", "{password: hunter2}"));

        assertThat(accounts.list()).isEmpty();
        assertThat(problems())
                .containsExactly("test.yaml#1 Account/ann kind: kind Account is offered by no loaded plugin"
                        + " [not in force until then]");

        resources.kinds(List.of(new AccountKind()));

        assertThat(names(accounts)).containsExactly("ann");
        assertThat(problems()).isEmpty();
    }

    @Test
    void aPluginsOwnValidationIsReportedWithoutItsSecrets() {
        resources.kinds(List.of(new AccountKind()));
        resources.open();
        write(
                resource("Account", "ann", "{password: abc}"),
                resource("Account", "bob", "{password: throw}"),
                resource("Account", "carl", "{password: 1234}"));

        assertThat(problems())
                .containsExactly(
                        "test.yaml#1 Account/ann spec.password: too short (expected: 4 characters or more) [not in force]",
                        "test.yaml#2 Account/bob spec: validation threw java.lang.IllegalStateException [not in force]",
                        "test.yaml#3 Account/carl spec.password: a secret (expected: a text; put it in quotes)"
                                + " [not in force]");
    }

    @Test
    void aNewGenerationsKindGetsItsOwnViewsAndTheOldOnesKeepWhatTheyShowed() {
        resources.kinds(List.of(new AccountKind()));
        resources.open();
        write(resource("Account", "ann", "{password: hunter2}"));
        ResourceView<AccountSpec> old = resources.view(new AccountKind());

        resources.kinds(List.of(new NewAccountKind()));
        ResourceView<NewAccountSpec> fresh = resources.view(new NewAccountKind());
        write(resource("Account", "bob", "{password: hunter2}"));

        assertThat(names(old)).containsExactly("ann");
        assertThat(old.get("ann").orElseThrow().spec()).isEqualTo(new AccountSpec("hunter2"));
        assertThat(names(fresh)).containsExactly("bob");
    }

    @Test
    void aPluginCannotBringAKindThatIsThere() {
        ResourceKind<AccountSpec> group = new AccountKind() {
            @Override
            public String kind() {
                return "Group";
            }
        };

        assertThatThrownBy(() -> resources.kinds(List.of(group)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith(
                        "kind Group of " + group.getClass().getName() + " (expected: a name of its own");
        assertThatThrownBy(() -> resources.kinds(List.of(new AccountKind(), new NewAccountKind())))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void watchersHearWhatWasAddedChangedAndRemovedUntilTheyAreClosed() throws Exception {
        resources.open();
        List<String> heard = new CopyOnWriteArrayList<>();
        ResourceView<GroupSpec> view = resources.view(KernelKinds.GROUP);
        try (AutoCloseable broken = view.watch(name -> {
                    throw new IllegalStateException("a listener that fails harms nobody");
                });
                AutoCloseable watch = view.watch(heard::add)) {
            assertThat(List.of(broken, watch)).hasSize(2);

            write(resource("Group", "a", "{members: [x]}"), resource("Group", "b", "{members: [x]}"));
            write(resource("Group", "a", "{members: [x]}"), resource("Group", "b", "{members: [y]}"));
            write(resource("Group", "a", "{members: [x]}"));

            await().untilAsserted(() -> assertThat(heard).containsExactly("a", "b", "b", "b"));
        }
        List<String> later = new CopyOnWriteArrayList<>();
        try (AutoCloseable watch = view.watch(later::add)) {
            assertThat(watch).isNotNull();

            write("");

            await().untilAsserted(() -> assertThat(later).containsExactly("a"));
        }
        assertThat(heard).hasSize(4);
    }

    @Test
    void whatIsReferredToMustBeThere() {
        resources.open();
        write(
                resource("VirtualCluster", "team-a", "{cluster: locl, authentication: [{type: x}]}"),
                resource("VirtualCluster", "guests", "{cluster: local, authentication: [{type: anonymous}]}"),
                resource("VirtualCluster", "public", "{cluster: open, authentication: [{type: anonymous}]}"),
                resource("UserMapping", "ann", "{principal: ann, authentication: plane, virtualCluster: team-b}"),
                resource("UserMapping", "bob", "{principal: bob, authentication: x, virtualCluster: passthrough}"),
                resource("Interceptor", "i", "{type: t, scope: {virtualCluster: nowhere}}"));

        assertThat(problems())
                .containsExactly(
                        "test.yaml#2 VirtualCluster/guests spec.authentication[0]: anonymous (expected: allowAnonymous: true on"
                                + " cluster local)",
                        "test.yaml#1 VirtualCluster/team-a spec.cluster: \"locl\" is no cluster (did you mean `local`?)",
                        "test.yaml#4 UserMapping/ann spec.virtualCluster: \"team-b\" is no virtual cluster (did you mean"
                                + " `team-a`?)",
                        "test.yaml#4 UserMapping/ann spec.authentication: \"plane\" is no authentication entry (did you mean"
                                + " `plain`?)",
                        "test.yaml#6 Interceptor/i spec.scope.virtualCluster: \"nowhere\" is no virtual cluster (expected: one"
                                + " of guests, public, team-a)");
        assertThat(names(resources.view(KernelKinds.USER_MAPPING))).containsExactly("ann", "bob");
    }

    @Test
    void aVirtualClusterThatARouteNamesMustBeThere() {
        Resources routed =
                new Resources(new MemoryStore(""), new References(Map.of("local", false), Set.of(), Set.of("team-a")));

        routed.open();

        assertThat(routed.problems())
                .hasToString(
                        "[VirtualCluster/team-a: missing (expected: this resource, as a listener's route names it)]");
        routed.close();
    }

    private static String labelled(String name, String label) {
        return resource("VirtualCluster", name, "{cluster: local, label: " + label + "}");
    }

    private List<String> labels() {
        return resources.view(KernelKinds.VIRTUAL_CLUSTER).list().stream()
                .map(each -> each.name() + "=" + each.spec().label().orElse(""))
                .toList();
    }

    @Test
    void whoeverHasALabelKeepsIt() {
        write(labelled("one", "a"), labelled("two", "b"));
        resources.open();

        write(labelled("one", "a"), labelled("two", "a"), labelled("three", "a"));

        assertThat(labels()).containsExactly("one=a", "two=b");
        assertThat(resources.problems().stream().map(ResourceProblem::toString))
                .allSatisfy(
                        problem -> assertThat(problem)
                                .contains(
                                        "spec.label: \"a\" is also the label of one in test.yaml#1 (expected: a label of its own)"))
                .hasSize(2);
        assertThat(resources.problems().stream().map(ResourceProblem::effect))
                .containsExactlyInAnyOrder(ResourceProblem.Effect.KEPT, ResourceProblem.Effect.ABSENT);
    }

    @Test
    void aVirtualClusterThatIsSetBackHasItsOldLabelAgain() {
        write(labelled("one", "a"), labelled("two", "b"));
        resources.open();

        write(labelled("one", "a"), labelled("two", "a"), labelled("three", "b"));

        assertThat(labels()).containsExactly("one=a", "two=b");
    }

    @Test
    void labelsMayBeSwapped() {
        write(labelled("one", "a"), labelled("two", "b"));
        resources.open();

        write(labelled("one", "b"), labelled("two", "a"));

        assertThat(labels()).containsExactly("one=b", "two=a");
        assertThat(resources.problems()).isEmpty();
    }

    @Test
    void whereNobodyHadALabelNobodyGetsIt() {
        write(labelled("one", "a"), labelled("two", "a"), labelled("three", "c"));
        resources.open();

        assertThat(labels()).containsExactly("three=c");
        assertThat(resources.problems())
                .hasSize(2)
                .allSatisfy(problem -> assertThat(problem.effect()).isEqualTo(ResourceProblem.Effect.ABSENT));
    }

    @Test
    void aLabelMustBeOneOfDnsAndNoListenersOwn() {
        Resources routed = new Resources(
                store, new References(Map.of("local", false), Set.of(), Set.of(), "resources", Set.of("real")));
        write(labelled("one", "A"), labelled("two", "real"));
        routed.open();

        assertThat(routed.problems().stream().map(ResourceProblem::toString))
                .containsExactly(
                        "test.yaml#1 VirtualCluster/one spec.label: \"A\" (expected: 1 to 45 small letters, digits or dashes,"
                                + " no dash first or last) [not in force]",
                        "test.yaml#2 VirtualCluster/two spec.label: \"real\" is a listener's route.sni.clusterLabel, which"
                                + " goes first (expected: another label)");
        routed.close();
    }
}
