/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel.resources;

import io.gatehouse.kernel.config.AuthenticationEntry;
import io.gatehouse.kernel.config.Problem;
import io.gatehouse.kernel.config.Secrets;
import io.gatehouse.spi.resources.ResourceKind;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Secrets in the documents of resources, those of plugins' own keys included. Thread-safe. */
final class ResourceSecrets {

    private static final String SPEC = "spec";

    private final Secrets secrets;

    ResourceSecrets(OfferedTypes offered) {
        this.secrets = new Secrets(new PluginKeys(offered));
    }

    /** The keys of interceptors' and authenticators' own configuration. */
    private record PluginKeys(OfferedTypes offered) implements Secrets.Nested {
        @Override
        public boolean holds(RecordComponent component) {
            return component.getName().equals("config")
                    && (component.getDeclaringRecord() == InterceptorSpec.class
                            || component.getDeclaringRecord() == AuthenticationEntry.class);
        }

        @Override
        public Optional<Class<? extends Record>> type(RecordComponent component, Map<?, ?> owner) {
            OfferedTypes.Type type = component.getDeclaringRecord() == InterceptorSpec.class
                    ? OfferedTypes.Type.INTERCEPTOR
                    : OfferedTypes.Type.AUTHENTICATOR;
            return owner.get("type") instanceof String name ? offered.configOf(type, name) : Optional.empty();
        }
    }

    /** @param kind null when nobody offers it: then all of the spec is masked */
    Map<String, Object> mask(Map<String, Object> document, @Nullable ResourceKind<?> kind) {
        Map<String, Object> masked = new LinkedHashMap<>(document);
        Object spec = document.get(SPEC);
        if (spec != null) {
            masked.put(SPEC, kind == null ? Secrets.maskAll(spec) : secrets.mask(spec, kind.specType()));
        }
        return masked;
    }

    /** The document with what is stored in place of masks; a mask that stands for nothing is a problem. */
    Map<String, Object> restore(
            Map<String, Object> document,
            @Nullable Map<String, Object> stored,
            ResourceKind<?> kind,
            List<Problem> problems) {
        Object spec = document.get(SPEC);
        if (spec == null) {
            return document;
        }
        List<Problem> found = new ArrayList<>();
        Object restored = secrets.restore(spec, stored == null ? null : stored.get(SPEC), kind.specType(), SPEC, found);
        problems.addAll(found);
        Map<String, Object> result = new LinkedHashMap<>(document);
        result.put(SPEC, restored);
        return result;
    }
}
