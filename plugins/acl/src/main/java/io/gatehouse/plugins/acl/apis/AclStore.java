/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.plugins.acl.apis;

import io.gatehouse.plugins.acl.policy.BindingSpec;
import io.gatehouse.spi.resources.Resource;
import io.gatehouse.spi.resources.ResourceChange;
import io.gatehouse.spi.resources.ResourceEditor;
import io.gatehouse.spi.resources.ResourceView;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Collection;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Predicate;
import org.apache.kafka.common.acl.AclBinding;

/** ACLs as ACL commands see them: the {@code AclBinding} resources of one virtual cluster. Thread-safe. */
public final class AclStore {

    private static final int HASH_CHARACTERS = 24;

    private final ResourceView<BindingSpec> view;
    private final ResourceEditor<BindingSpec> editor;
    private final Runnable changed;

    /** @param changed called when a change is there, before the client is told */
    public AclStore(ResourceView<BindingSpec> view, ResourceEditor<BindingSpec> editor, Runnable changed) {
        this.view = view;
        this.editor = editor;
        this.changed = changed;
    }

    /** Resources by name, with what they say. */
    Map<String, AclBinding> find(String virtualCluster, Predicate<AclBinding> filter) {
        Map<String, AclBinding> found = new LinkedHashMap<>();
        for (Resource<BindingSpec> resource : view.list()) {
            if (resource.spec().virtualCluster().equals(virtualCluster)) {
                AclBinding binding = resource.spec().toKafka();
                if (filter.test(binding)) {
                    found.put(resource.name(), binding);
                }
            }
        }
        return found;
    }

    /** Adds those that are not there yet. */
    CompletionStage<Void> add(String virtualCluster, Collection<AclBinding> bindings, String actor) {
        Collection<AclBinding> known = find(virtualCluster, binding -> true).values();
        List<ResourceChange<BindingSpec>> changes = bindings.stream()
                .distinct()
                .filter(binding -> !known.contains(binding))
                .map(binding ->
                        ResourceChange.put(name(virtualCluster, binding), BindingSpec.of(virtualCluster, binding)))
                .toList();
        return change(changes, actor);
    }

    /** Removes resources by their names. */
    CompletionStage<Void> remove(Collection<String> names, String actor) {
        List<ResourceChange<BindingSpec>> changes = names.stream()
                .distinct()
                .map(ResourceChange::<BindingSpec>delete)
                .toList();
        return change(changes, actor);
    }

    private CompletionStage<Void> change(List<ResourceChange<BindingSpec>> changes, String actor) {
        if (changes.isEmpty()) {
            return CompletableFuture.completedFuture(null);
        }
        return editor.change(changes, actor).thenAccept(outcomes -> changed.run());
    }

    /** The same for the same binding, whichever gateway is told. */
    private static String name(String virtualCluster, AclBinding binding) {
        try {
            byte[] text = (virtualCluster + "\0" + binding).getBytes(StandardCharsets.UTF_8);
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(text);
            return "acl-" + HexFormat.of().formatHex(hash).substring(0, HASH_CHARACTERS);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
