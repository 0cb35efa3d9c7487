/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel.resources;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gatehouse.kernel.config.Yaml;
import io.gatehouse.spi.config.Secret;
import io.gatehouse.spi.resources.Precondition;
import io.gatehouse.spi.resources.Resource;
import io.gatehouse.spi.resources.ResourceChange;
import io.gatehouse.spi.resources.ResourceException;
import io.gatehouse.spi.resources.ResourceException.Reason;
import io.gatehouse.spi.resources.ResourceKind;
import io.gatehouse.spi.resources.ResourceOutcome;
import io.gatehouse.spi.resources.ResourceOutcome.Result;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ResourceWriterTest {

    private static final WriteOptions PLAIN = new WriteOptions(false, false, "test");
    private static final WriteOptions DRY = new WriteOptions(true, false, "test");
    private static final WriteOptions PENDING = new WriteOptions(false, true, "test");

    record LoginSpec(@Secret Optional<String> password, Optional<String> note, List<Integer> numbers) {}

    private static final class LoginKind implements ResourceKind<LoginSpec> {
        @Override
        public String kind() {
            return "Login";
        }

        @Override
        public Class<LoginSpec> specType() {
            return LoginSpec.class;
        }

        /** A note may be about a virtual cluster. */
        @Override
        public List<Reference> references(String name, LoginSpec spec) {
            return spec.note().filter(note -> note.startsWith("vc/")).stream()
                    .map(note -> new Reference("note", "VirtualCluster", note.substring("vc/".length())))
                    .toList();
        }

        @Override
        public LoginSpec beforeStoring(String name, LoginSpec spec, Optional<LoginSpec> stored) {
            return new LoginSpec(
                    spec.password().map(password -> password.startsWith("#") ? password : "#" + password.hashCode()),
                    spec.note(),
                    spec.numbers());
        }
    }

    record StampConfig(@Secret String key, int times) {}

    private final OfferedTypes offered = new OfferedTypes() {
        @Override
        public Optional<Class<? extends Record>> configOf(Type type, String name) {
            return type == Type.INTERCEPTOR && name.equals("stamp") ? Optional.of(StampConfig.class) : Optional.empty();
        }

        @Override
        public Set<String> names(Type type) {
            return Set.of("stamp");
        }

        /** Stamps with one key, of virtual clusters of one cluster, are in each other's way. */
        @Override
        public Map<String, String> conflicts(
                List<Resource<InterceptorSpec>> interceptors, Function<String, Optional<String>> clusterOf) {
            Map<String, String> found = new LinkedHashMap<>();
            Map<Object, String> first = new LinkedHashMap<>();
            for (Resource<InterceptorSpec> each : interceptors) {
                String place = each.spec().scope().virtualCluster().flatMap(clusterOf) + "/"
                        + each.spec().config().get("key");
                String other = first.putIfAbsent(place, each.name());
                if (other != null) {
                    found.put(each.name(), "the key of " + other);
                }
            }
            return found;
        }
    };

    private final MemoryStore store = new MemoryStore("");
    private final Resources resources = new Resources(
            store, new References(Map.of("local", false, "other", false), Set.of("plain"), Set.of("routed")));
    private final List<String> audited = new ArrayList<>();
    private final ResourceWriter writer = new ResourceWriter(
            resources,
            offered,
            (actor, outcome, before, after) ->
                    audited.add(actor + " " + outcome.result() + " " + before + " -> " + after));

    @BeforeEach
    void open() {
        resources.kinds(List.of(new LoginKind()));
        resources.open();
        put("VirtualCluster", "routed", "{cluster: local}");
        put("VirtualCluster", "team-a", "{cluster: local}");
        audited.clear();
    }

    @AfterEach
    void close() {
        writer.close();
        resources.close();
    }

    private static ResourceEdit edit(String kind, String name, String spec, Precondition precondition) {
        Object tree = Yaml.read("{apiVersion: gatehouse/v1, kind: " + kind + ", metadata: {name: " + name + "}, spec: "
                        + spec + "}")
                .documents()
                .get(0);
        Map<String, Object> document = new LinkedHashMap<>();
        ((Map<?, ?>) tree).forEach((key, value) -> document.put(String.valueOf(key), value));
        return new ResourceEdit.Put(kind, name, document, precondition);
    }

    private ResourceOutcome write(ResourceEdit edit, WriteOptions options) {
        return writer.write(List.of(edit), options).toCompletableFuture().join().get(0);
    }

    private ResourceOutcome put(String kind, String name, String spec) {
        return write(edit(kind, name, spec, Precondition.NONE), PLAIN);
    }

    private ResourceException refused(ResourceEdit edit, WriteOptions options) {
        try {
            write(edit, options);
        } catch (CompletionException e) {
            return (ResourceException) e.getCause();
        }
        throw new AssertionError(edit + " was accepted");
    }

    @Test
    void puttingAnswersCreatedThenUnchangedThenUpdatedWithAVersionEach() {
        ResourceOutcome created = put("Group", "g", "{members: [ann]}");
        ResourceOutcome same = put("Group", "g", "{members: [ann]}");
        ResourceOutcome updated = put("Group", "g", "{members: [ann, bob]}");

        assertThat(List.of(created.result(), same.result(), updated.result()))
                .containsExactly(Result.CREATED, Result.UNCHANGED, Result.UPDATED);
        assertThat(same.version()).isEqualTo(created.version()).isPresent();
        assertThat(updated.version()).isPresent().isNotEqualTo(created.version());
        assertThat(resources
                        .view(KernelKinds.GROUP)
                        .get("g")
                        .orElseThrow()
                        .spec()
                        .members())
                .containsExactly("ann", "bob");
    }

    @Test
    void aDryRunAnswersTheSameAndWritesNothing() {
        int writes = store.writes();

        assertThat(write(edit("Group", "g", "{members: [ann]}", Precondition.NONE), DRY)
                        .result())
                .isEqualTo(Result.CREATED);
        assertThat(refused(edit("Group", "g", "{member: [ann]}", Precondition.NONE), DRY)
                        .reason())
                .isEqualTo(Reason.INVALID);
        assertThat(store.writes()).isEqualTo(writes);
        assertThat(writer.get("Group", "g")).isEmpty();
        assertThat(audited).isEmpty();
    }

    @Test
    void aVersionThatIsNotTheStoredOneIsAConflict() {
        String first = put("Group", "g", "{members: [ann]}").version().orElseThrow();
        put("Group", "g", "{members: [bob]}");

        assertThat(refused(edit("Group", "g", "{members: [carl]}", Precondition.version(first)), PLAIN)
                        .reason())
                .isEqualTo(Reason.CONFLICT);
        assertThat(refused(edit("Group", "g", "{members: [carl]}", Precondition.ABSENT), PLAIN)
                        .reason())
                .isEqualTo(Reason.CONFLICT);
        assertThat(refused(new ResourceEdit.Delete("Group", "none", Precondition.version(first)), PLAIN)
                        .reason())
                .isEqualTo(Reason.CONFLICT);
    }

    @Test
    void aChangeByAnotherGatewayInBetweenIsSeenAndOnlyThenAConflict() {
        String version = put("Group", "g", "{members: [ann]}").version().orElseThrow();
        String other = "{apiVersion: gatehouse/v1, kind: Group, metadata: {name: g}, spec: {members: [zoe]}}\n"
                + "---\n{apiVersion: gatehouse/v1, kind: VirtualCluster, metadata: {name: routed}, spec: {cluster: local}}";

        store.replaceBeforeNextWrite(other);
        assertThat(refused(edit("Group", "g", "{members: [bob]}", Precondition.version(version)), PLAIN)
                        .reason())
                .isEqualTo(Reason.CONFLICT);
        store.replaceBeforeNextWrite(other);
        assertThat(put("Group", "g", "{members: [bob]}").result()).isEqualTo(Result.UPDATED);
    }

    @Test
    void everyProblemOfWhatIsWrittenIsNamedWithItsPath() {
        ResourceException refusal = refused(
                edit(
                        "UserMapping",
                        "m",
                        "{principal: [ann], principl: ann, virtualCluster: [x], groups: a}",
                        Precondition.NONE),
                PLAIN);

        assertThat(refusal.reason()).isEqualTo(Reason.INVALID);
        assertThat(refusal.issues())
                .extracting(ResourceException.Issue::path)
                .containsExactlyInAnyOrder("spec.principal", "spec.principl", "spec.virtualCluster", "spec.groups");
    }

    @Test
    void whatRefersToNothingIsRefused() {
        ResourceException refusal =
                refused(edit("UserMapping", "m", "{principal: ann, virtualCluster: team-b}", Precondition.NONE), PLAIN);

        assertThat(refusal.reason()).isEqualTo(Reason.INVALID);
        assertThat(refusal).hasMessageContaining("UserMapping/m spec.virtualCluster: \"team-b\" is no virtual cluster");
    }

    @Test
    void whatOthersReferToIsNotDeletedAndTheReferrersAreNamed() {
        put("UserMapping", "ann", "{principal: ann, virtualCluster: team-a}");
        put("Interceptor", "i", "{type: stamp, scope: {virtualCluster: team-a}, config: {key: k, times: 1}}");

        ResourceException refusal =
                refused(new ResourceEdit.Delete("VirtualCluster", "team-a", Precondition.NONE), PLAIN);
        ResourceException routed =
                refused(new ResourceEdit.Delete("VirtualCluster", "routed", Precondition.NONE), PLAIN);

        assertThat(refusal.reason()).isEqualTo(Reason.REFERENCED);
        assertThat(refusal.issues())
                .extracting(issue -> issue.kind() + "/" + issue.name() + " " + issue.path())
                .containsExactlyInAnyOrder(
                        "UserMapping/ann spec.virtualCluster", "Interceptor/i spec.scope.virtualCluster");
        assertThat(routed.reason()).isEqualTo(Reason.REFERENCED);
        assertThat(resources.view(KernelKinds.VIRTUAL_CLUSTER).get("team-a")).isPresent();
    }

    @Test
    void theReferrersMayGoTogetherWithWhatTheyReferTo() {
        put("UserMapping", "ann", "{principal: ann, virtualCluster: team-a}");

        List<ResourceOutcome> outcomes = writer.write(
                        List.of(
                                new ResourceEdit.Delete("VirtualCluster", "team-a", Precondition.NONE),
                                new ResourceEdit.Delete("UserMapping", "ann", Precondition.NONE)),
                        PLAIN)
                .toCompletableFuture()
                .join();

        assertThat(outcomes).extracting(ResourceOutcome::result).containsExactly(Result.DELETED, Result.DELETED);
    }

    @Test
    void aKindOrTypeThatNobodyOffersIsRefusedAndATypeMayBePending() {
        String spec = "{type: stmp, scope: {all: true}}";

        assertThat(refused(edit("Bucket", "b", "{}", Precondition.NONE), PENDING)
                        .reason())
                .isEqualTo(Reason.UNKNOWN_KIND);
        assertThat(refused(edit("Interceptor", "i", spec, Precondition.NONE), PLAIN))
                .hasMessageContaining("spec.type: \"stmp\" is offered by no loaded plugin (did you mean `stamp`?");
        assertThat(write(edit("Interceptor", "i", spec, Precondition.NONE), PENDING)
                        .warnings())
                .singleElement()
                .asString()
                .contains("pending");
        assertThat(writer.get("Interceptor", "i").orElseThrow().problems())
                .singleElement()
                .asString()
                .contains("pending");
    }

    @Test
    void anUnknownKindHidesNoOtherProblem() {
        List<ResourceEdit> edits = List.of(
                edit("Bucket", "b", "{}", Precondition.NONE), edit("Group", "g", "{membrs: [a]}", Precondition.NONE));

        assertThatThrownBy(
                        () -> writer.write(edits, PLAIN).toCompletableFuture().join())
                .hasMessageContaining("Bucket/b kind: kind Bucket is offered by no loaded plugin")
                .hasMessageContaining("Group/g spec.membrs: unknown key");
    }

    @Test
    void anInterceptorsOwnConfigIsValidatedByItsType() {
        assertThat(refused(
                        edit(
                                "Interceptor",
                                "i",
                                "{type: stamp, scope: {all: true}, config: {key: k, tims: 1}}",
                                Precondition.NONE),
                        PLAIN))
                .hasMessageContaining("spec.config.times: missing")
                .hasMessageContaining("spec.config.tims: unknown key (did you mean `times`?)");
    }

    @Test
    void aScopesUsernameThatNobodyHasIsAWarning() {
        String spec = "{type: stamp, scope: {username: ann}, config: {key: k, times: 1}}";

        assertThat(put("Interceptor", "i", spec).warnings())
                .singleElement()
                .asString()
                .contains("\"ann\"");
        put("UserMapping", "m", "{principal: ann}");
        assertThat(put("Interceptor", "i", spec).warnings()).isEmpty();
    }

    @Test
    void aScopesGroupThatOnlyAnAuthenticationCanYieldIsAWarning() {
        String spec = "{type: stamp, scope: {group: writers}, config: {key: k, times: 1}}";

        assertThat(put("Interceptor", "i", spec).warnings())
                .singleElement()
                .asString()
                .contains("\"writers\"");
        put("UserMapping", "m", "{principal: ann, groups: [writers]}");
        assertThat(put("Interceptor", "i", spec).warnings()).isEmpty();
    }

    @Test
    void aScopesGroupThatNothingYieldsIsAProblemAndAGroupThatAScopeNamesStays() {
        resources.groupsFromElsewhere(false);
        String spec = "{type: stamp, scope: {group: writers}, config: {key: k, times: 1}}";

        assertThat(refused(edit("Interceptor", "i", spec, Precondition.NONE), PLAIN))
                .hasMessageContaining("spec.scope.group: \"writers\" is no group");
        put("Group", "writers", "{members: [ann]}");
        assertThat(put("Interceptor", "i", spec).warnings()).isEmpty();
        ResourceException refused = refused(new ResourceEdit.Delete("Group", "writers", Precondition.NONE), PLAIN);

        assertThat(refused.reason()).isEqualTo(Reason.REFERENCED);
        assertThat(refused).hasMessageContaining("Interceptor/i spec.scope.group");
    }

    @Test
    void theLastMappingOfAGroupMayGoAndTheScopeIsReported() {
        resources.groupsFromElsewhere(false);
        put("UserMapping", "m", "{principal: ann, groups: [writers]}");
        put("Interceptor", "i", "{type: stamp, scope: {group: writers}, config: {key: k, times: 1}}");

        write(new ResourceEdit.Delete("UserMapping", "m", Precondition.NONE), PLAIN);

        assertThat(resources.problems())
                .singleElement()
                .asString()
                .contains("Interceptor/i spec.scope.group: \"writers\" is no group");
    }

    @Test
    void whatAPluginsKindRefersToMustBeThereAndStays() {
        assertThat(refused(
                        edit("Login", "ann", "{password: x, note: vc/team-b, numbers: []}", Precondition.NONE), PLAIN))
                .hasMessageContaining("Login/ann spec.note: \"team-b\" is no virtual cluster (did you mean `team-a`?)");
        put("Login", "ann", "{password: x, note: vc/team-a, numbers: []}");
        put("Login", "bob", "{password: x, note: vc/passthrough, numbers: []}");

        ResourceException refused =
                refused(new ResourceEdit.Delete("VirtualCluster", "team-a", Precondition.NONE), PLAIN);

        assertThat(refused.reason()).isEqualTo(Reason.REFERENCED);
        assertThat(refused).hasMessageContaining("Login/ann spec.note");
    }

    @Test
    void anAuthenticationThatNobodyOffersIsVisibleAsPending() {
        write(
                edit("VirtualCluster", "v", "{cluster: local, authentication: [{type: ldap}]}", Precondition.NONE),
                PENDING);

        assertThat(writer.get("VirtualCluster", "v").orElseThrow().problems())
                .containsExactly("spec.authentication[0].type: \"ldap\" is offered by no loaded plugin"
                        + " [pending: nobody can authenticate by it]");
        assertThat(writer.pending())
                .singleElement()
                .asString()
                .contains("VirtualCluster/v spec.authentication[0].type");
    }

    @Test
    void secretsAreHashedBeforeStoringAndNeverShown() {
        put("Login", "ann", "{password: swordfish, note: hi, numbers: [1]}");

        Map<String, Object> stored =
                resources.state().content().documents().get(2).tree();
        assertThat(stored.get("spec"))
                .isEqualTo(Map.of("password", "#" + "swordfish".hashCode(), "note", "hi", "numbers", List.of(1)));
        assertThat(writer.get("Login", "ann").orElseThrow().tree().get("spec"))
                .isEqualTo(Map.of("password", "******", "note", "hi", "numbers", List.of(1)));
        assertThat(audited).hasSize(1).noneMatch(line -> line.contains("swordfish") || line.contains("#"));
    }

    @Test
    void aMaskThatIsWrittenBackMeansWhatIsStored() {
        put("Login", "ann", "{password: swordfish, numbers: [1]}");

        assertThat(put("Login", "ann", "{password: '******', numbers: [1]}").result())
                .isEqualTo(Result.UNCHANGED);
        assertThat(put("Login", "ann", "{password: '******', numbers: [2]}").result())
                .isEqualTo(Result.UPDATED);
        assertThat(resources.state().content().documents().get(2).tree().toString())
                .contains("#" + "swordfish".hashCode());
        assertThat(refused(edit("Login", "bob", "{password: '******', numbers: []}", Precondition.NONE), PLAIN))
                .hasMessageContaining("spec.password: ******");
    }

    @Test
    void theSecretsOfAnInterceptorsConfigAreMaskedAndAllOfItWhenNobodyOffersTheType() {
        put("Interceptor", "i", "{type: stamp, scope: {all: true}, config: {key: k, times: 1}}");
        write(edit("Interceptor", "j", "{type: gone, scope: {all: true}, config: {a: b}}", Precondition.NONE), PENDING);

        assertThat(writer.get("Interceptor", "i").orElseThrow().tree().toString())
                .contains("key=******")
                .contains("times=1");
        assertThat(writer.get("Interceptor", "j").orElseThrow().tree().toString())
                .contains("a=******");
    }

    @Test
    void anInterceptorThatCannotBeBesideAnotherIsNotStored() {
        String spec = "{type: stamp, scope: {virtualCluster: %s}, config: {key: %s, times: 1}}";
        put("Interceptor", "i", spec.formatted("routed", "k"));
        int writes = store.writes();

        ResourceException refusal =
                refused(edit("Interceptor", "j", spec.formatted("team-a", "k"), Precondition.NONE), PLAIN);

        assertThat(refusal.reason()).isEqualTo(Reason.INVALID);
        assertThat(refusal).hasMessageContaining("Interceptor/j spec.config: the key of i");
        assertThat(refused(edit("Interceptor", "j", spec.formatted("team-a", "k"), Precondition.NONE), DRY)
                        .reason())
                .isEqualTo(Reason.INVALID);
        assertThat(store.writes()).isEqualTo(writes);
        assertThat(put("Interceptor", "j", spec.formatted("team-a", "other")).result())
                .isEqualTo(Result.CREATED);
    }

    @Test
    void aVirtualClusterDoesNotBringItsInterceptorsIntoTheWayOfOthers() {
        String spec = "{type: stamp, scope: {virtualCluster: %s}, config: {key: k, times: 1}}";
        put("VirtualCluster", "elsewhere", "{cluster: other}");
        put("Interceptor", "i", spec.formatted("routed"));
        put("Interceptor", "j", spec.formatted("elsewhere"));

        ResourceException refusal =
                refused(edit("VirtualCluster", "elsewhere", "{cluster: local}", Precondition.NONE), PLAIN);

        assertThat(refusal.reason()).isEqualTo(Reason.REFERENCED);
        assertThat(refusal).hasMessageContaining("Interceptor/j spec.config: the key of i");
    }

    @Test
    void whatWasInTheWayBeforeIsNoReasonToRefuseAnotherChange() {
        store.replaceBeforeNextWrite("""
                {apiVersion: gatehouse/v1, kind: VirtualCluster, metadata: {name: routed}, spec: {cluster: local}}
                ---
                {apiVersion: gatehouse/v1, kind: VirtualCluster, metadata: {name: team-a}, spec: {cluster: local}}
                ---
                {apiVersion: gatehouse/v1, kind: Interceptor, metadata: {name: i}, spec: {type: stamp, scope: {virtualCluster: routed}, config: {key: k, times: 1}}}
                ---
                {apiVersion: gatehouse/v1, kind: Interceptor, metadata: {name: j}, spec: {type: stamp, scope: {virtualCluster: team-a}, config: {key: k, times: 1}}}
                """);

        assertThat(put("Group", "g", "{members: [ann]}").result()).isEqualTo(Result.CREATED);
        assertThat(write(new ResourceEdit.Delete("Interceptor", "j", Precondition.NONE), PLAIN)
                        .result())
                .isEqualTo(Result.DELETED);
    }

    @Test
    void aPluginsEditorPutsAndDeletesSeveralAtOnceOrNone() {
        KindEditor<LoginSpec> editor = new KindEditor<>(new LoginKind(), writer);
        LoginSpec spec = new LoginSpec(Optional.of("x"), Optional.empty(), List.of(1, 2));

        List<ResourceOutcome> outcomes = editor.change(
                        List.of(
                                ResourceChange.put("a", spec),
                                ResourceChange.put("b", spec),
                                ResourceChange.delete("c")),
                        "User:alice")
                .toCompletableFuture()
                .join();

        assertThat(outcomes)
                .extracting(ResourceOutcome::result)
                .containsExactly(Result.CREATED, Result.CREATED, Result.UNCHANGED);
        assertThat(audited).hasSize(2).allMatch(line -> line.startsWith("User:alice CREATED null -> "));
        Throwable failure = editor.change(
                        List.of(
                                ResourceChange.delete("a"),
                                new ResourceChange.Put<>("b", spec, Precondition.version("other"))),
                        "User:alice")
                .handle((done, refused) -> refused)
                .toCompletableFuture()
                .join();
        assertThat(failure).isInstanceOf(ResourceException.class);
        assertThat(writer.list("Login")).extracting(StoredResource::name).containsExactly("a", "b");
    }

    @Test
    void theStatusThatAGetShowsIsIgnoredWhenItIsWrittenBackAndLabelsAreKept() {
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("apiVersion", "gatehouse/v1");
        tree.put("kind", "Group");
        tree.put("metadata", Map.of("name", "g", "labels", Map.of("team", "a")));
        tree.put("spec", Map.of("members", List.of("ann")));
        tree.put("status", Map.of("problems", List.of()));

        write(new ResourceEdit.Put("Group", "g", tree, Precondition.NONE), PLAIN);

        assertThat(writer.get("Group", "g").orElseThrow().tree())
                .doesNotContainKey("status")
                .containsEntry("metadata", Map.of("name", "g", "labels", Map.of("team", "a")));
    }

    @Test
    void aStoreThatTakesNoChangesSaysSo() {
        Resources readOnly = new Resources(
                new io.gatehouse.spi.resources.ResourceStore() {
                    @Override
                    public void open(java.util.function.Consumer<Content> listener) {
                        listener.accept(new Content(List.of(), List.of()));
                    }

                    @Override
                    public void close() {}
                },
                new References(Map.of(), Set.of(), Set.of()));
        readOnly.open();
        try (ResourceWriter refusing = new ResourceWriter(readOnly, OfferedTypes.NONE, (a, b, c, d) -> {})) {
            assertThat(refusing.write(List.of(edit("Group", "g", "{members: []}", Precondition.NONE)), PLAIN)
                            .handle((done, failure) -> failure)
                            .toCompletableFuture()
                            .join())
                    .isInstanceOfSatisfying(
                            ResourceException.class,
                            refusal -> assertThat(refusal.reason()).isEqualTo(Reason.READ_ONLY));
        }
    }
}
