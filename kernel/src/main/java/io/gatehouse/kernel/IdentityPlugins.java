/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel;

import io.gatehouse.kernel.config.Binder;
import io.gatehouse.kernel.config.Bound;
import io.gatehouse.kernel.config.IdentityConfig;
import io.gatehouse.kernel.config.IdentityConfig.PrincipalExtractorConfig;
import io.gatehouse.kernel.config.Problem;
import io.gatehouse.kernel.identity.ByEntryConfig;
import io.gatehouse.kernel.identity.ByEntryExtractor;
import io.gatehouse.kernel.identity.CachingExtractor;
import io.gatehouse.kernel.identity.UserResolver;
import io.gatehouse.kernel.plugins.ExtensionType;
import io.gatehouse.kernel.plugins.Hosted;
import io.gatehouse.kernel.plugins.LoadedExtension;
import io.gatehouse.kernel.plugins.PluginGeneration;
import io.gatehouse.kernel.plugins.PluginSnapshot;
import io.gatehouse.spi.identity.EditableUserMappingStore;
import io.gatehouse.spi.identity.PrincipalExtractor;
import io.gatehouse.spi.identity.PrincipalExtractorFactory;
import io.gatehouse.spi.identity.UserMapping;
import io.gatehouse.spi.identity.UserMappingStore;
import io.gatehouse.spi.identity.UserMappingStoreFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The principal extractor and the user mapping store that the bootstrap file names: embedded, or of the plugin that is loaded now. While
 * a plugin is missing there is none, and whoever needs it is refused. Thread-safe.
 */
final class IdentityPlugins {

    /** The name of the embedded store. */
    static final String RESOURCES = "resources";

    private static final String EXTRACTOR_CONFIG = "identity.principalExtractor.config";

    private final IdentityConfig config;
    private final Binder binder;
    private final UserMappingStore embedded;
    private final Runnable changed;
    private volatile @Nullable Hosted<PrincipalExtractor> extractor;
    private volatile @Nullable PrincipalExtractor extracting;
    private volatile @Nullable Hosted<UserMappingStore> store;
    private volatile List<Problem> problems = List.of();
    private @Nullable LoadedExtension<?> extractorExtension;
    private @Nullable LoadedExtension<?> storeExtension;

    IdentityPlugins(IdentityConfig config, Binder binder, UserMappingStore embedded, Runnable changed) {
        this.config = config;
        this.binder = binder;
        this.embedded = embedded;
        this.changed = changed;
    }

    List<Problem> problems() {
        return problems;
    }

    Optional<PrincipalExtractor> extractor() {
        if (config.principalExtractor().isEmpty()) {
            return Optional.of(UserResolver.identifierAsPrincipal());
        }
        return Optional.ofNullable(extracting);
    }

    /** Through the cache, if there is one, to what is there at each call. */
    private PrincipalExtractor throughCache(PrincipalExtractorConfig wanted) {
        PrincipalExtractor current = authentication -> using(() -> extractor, used -> used.extract(authentication));
        return wanted.cacheTime().isZero()
                ? current
                : new CachingExtractor(current, wanted.cacheTime(), wanted.cacheSize());
    }

    private void updateExtractor(PrincipalExtractorConfig wanted, PluginSnapshot plugins, List<Problem> found) {
        if (wanted.type().equals(ByEntryExtractor.NAME)) {
            Bound<ByEntryConfig> bound = binder.bind(wanted.config(), ByEntryConfig.class, EXTRACTOR_CONFIG);
            found.addAll(bound.problems());
            if (extracting == null && bound.value() != null) {
                extracting = new ByEntryExtractor(bound.value());
            }
            return;
        }
        LoadedExtension<PrincipalExtractorFactory<?>> extension =
                plugins.find(ExtensionType.PRINCIPAL_EXTRACTOR, wanted.type()).orElse(null);
        if (extension != null && extension == extractorExtension && extractor != null) {
            return;
        }
        Hosted<PrincipalExtractor> before = extractor;
        extractor = create(
                extension,
                "identity.principalExtractor",
                wanted.type(),
                found,
                (factory, generation) -> extractor(factory, wanted.config(), generation));
        extractorExtension = extension;
        // What another one has yielded is forgotten.
        extracting = extractor == null ? null : throughCache(wanted);
        release(before);
    }

    /** The store, where mappings can be changed through it; empty for the embedded one, whose mappings are resources. */
    Optional<EditableUserMappingStore> editableStore() {
        return Optional.ofNullable(store)
                .filter(hosted -> hosted.value() instanceof EditableUserMappingStore)
                .map(hosted -> new EditableUserMappingStore() {
                    @Override
                    public CompletionStage<Optional<UserMapping>> find(String authentication, String principal) {
                        return editing(used -> used.find(authentication, principal));
                    }

                    @Override
                    public CompletionStage<List<Entry>> list() {
                        return editing(EditableUserMappingStore::list);
                    }

                    @Override
                    public CompletionStage<Void> put(Entry entry) {
                        return editing(used -> used.put(entry));
                    }

                    @Override
                    public CompletionStage<Boolean> remove(Optional<String> authentication, String principal) {
                        return editing(used -> used.remove(authentication, principal));
                    }
                });
    }

    private <R> CompletionStage<R> editing(Function<EditableUserMappingStore, CompletionStage<R>> call) {
        return using(
                () -> store,
                used -> used instanceof EditableUserMappingStore editable
                        ? call.apply(editable)
                        : CompletableFuture.failedFuture(new IllegalStateException(
                                "the user mapping store " + config.userMapping().store() + " cannot be written to")));
    }

    Optional<UserMappingStore> store() {
        if (config.userMapping().store().equals(RESOURCES)) {
            return Optional.of(embedded);
        }
        return Optional.ofNullable(store).map(hosted -> new UserMappingStore() {
            @Override
            public CompletionStage<Optional<UserMapping>> find(String authentication, String principal) {
                return using(() -> store, used -> used.find(authentication, principal));
            }
        });
    }

    /** One call, of what is there now, during which it stays alive. */
    private static <T extends AutoCloseable, R> CompletionStage<R> using(
            Supplier<@Nullable Hosted<T>> current, Function<T, CompletionStage<R>> call) {
        Hosted<T> hosted = current.get();
        if (hosted != null && !hosted.acquire()) {
            // Replaced since it was read: the new one is published before the old one is let go.
            hosted = current.get();
            hosted = hosted != null && hosted.acquire() ? hosted : null;
        }
        if (hosted == null) {
            return CompletableFuture.failedFuture(new IllegalStateException("its plugin is being replaced"));
        }
        Hosted<T> used = hosted;
        return used.guard()
                .call(
                        "look-up",
                        () -> Objects.requireNonNull(call.apply(used.value()), "null (expected: a stage)"),
                        CompletableFuture::<R>failedFuture)
                .whenComplete((result, failure) -> used.release());
    }

    /**
     * Plugins have changed.
     *
     * @return whether extractor or store came, was replaced or went
     */
    synchronized boolean update(PluginSnapshot plugins) {
        Hosted<?> extractorBefore = extractor;
        Hosted<?> storeBefore = store;
        List<Problem> found = new ArrayList<>();
        config.principalExtractor().ifPresent(wanted -> updateExtractor(wanted, plugins, found));
        String wantedStore = config.userMapping().store();
        if (!wantedStore.equals(RESOURCES)) {
            LoadedExtension<UserMappingStoreFactory<?>> extension =
                    plugins.find(ExtensionType.USER_MAPPING_STORE, wantedStore).orElse(null);
            if (extension == null || extension != storeExtension || store == null) {
                Hosted<UserMappingStore> before = store;
                store = create(
                        extension,
                        "identity.userMapping",
                        wantedStore,
                        found,
                        (factory, generation) ->
                                store(factory, config.userMapping().config(), generation));
                storeExtension = extension;
                release(before);
            }
        }
        problems = List.copyOf(found);
        return extractor != extractorBefore || store != storeBefore;
    }

    /** Lets both go; what is still asked is answered. */
    synchronized void close() {
        release(extractor);
        release(store);
        extractor = null;
        extracting = null;
        store = null;
    }

    private static void release(@Nullable Hosted<?> hosted) {
        if (hosted != null) {
            hosted.release();
        }
    }

    /** How a factory's configuration becomes what it makes. */
    private interface Making<F, T> {
        T make(F factory, PluginGeneration generation);
    }

    private static <F extends org.pf4j.ExtensionPoint, T extends AutoCloseable> @Nullable Hosted<T> create(
            @Nullable LoadedExtension<F> extension,
            String path,
            String name,
            List<Problem> found,
            Making<F, T> making) {
        if (extension == null || !extension.generation().acquire()) {
            found.add(new Problem(path, name + " (expected: one that a loaded plugin offers)"));
            return null;
        }
        PluginGeneration generation = extension.generation();
        try {
            T made = generation.guard().make(name, () -> making.make(extension.extension(), generation));
            return new Hosted<>(made, generation, path);
        } catch (Throwable e) {
            generation.release();
            found.add(new Problem(path, String.valueOf(e.getMessage())));
            return null;
        }
    }

    private <C extends Record> PrincipalExtractor extractor(
            PrincipalExtractorFactory<C> factory, Map<String, Object> tree, PluginGeneration generation) {
        C bound = binder.bind(tree, factory.configType(), EXTRACTOR_CONFIG).orElseThrow("the principal extractor");
        return factory.create(bound, generation.context());
    }

    private <C extends Record> UserMappingStore store(
            UserMappingStoreFactory<C> factory, Map<String, Object> tree, PluginGeneration generation) {
        C bound = binder.bind(tree, factory.configType(), "identity.userMapping.config")
                .orElseThrow("the user mapping store");
        return factory.create(bound, generation.context(), changed);
    }
}
