/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel.plugins;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gatehouse.spi.NoConfig;
import io.gatehouse.spi.PluginContext;
import io.gatehouse.spi.resources.ResourceKind;
import io.gatehouse.spi.resources.ResourceView;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HostedPluginContextTest {

    private static final String KIND = """
            package acme;
            public class Kind implements io.gatehouse.spi.resources.ResourceKind<io.gatehouse.spi.NoConfig> {
                public String kind() { return "Greeting"; }
                public Class<io.gatehouse.spi.NoConfig> specType() { return io.gatehouse.spi.NoConfig.class; }
            }
            """;

    @TempDir
    Path root;

    private PluginHostFixture fixture;
    private PluginContext context;

    @BeforeEach
    void open() {
        fixture = new PluginHostFixture(root);
        TestPluginJar.withInterceptor("greeter", "greet")
                .version("1.2.3")
                .extension("acme.Kind")
                .source("acme.Kind", KIND)
                .writeTo(fixture.folder, "greeter.jar");
        fixture.start();
        context = fixture.generation("greeter").context();
    }

    @AfterEach
    void close() {
        fixture.close();
    }

    @Test
    void threadsAreDaemonsNamedAfterThePluginWithItsLoader() throws Exception {
        Thread thread =
                context.executor("hashing", 1).submit(Thread::currentThread).get(5, TimeUnit.SECONDS);

        assertThat(thread.isDaemon()).isTrue();
        assertThat(thread.getName()).isEqualTo("plugin-greeter-hashing-1");
        assertThat(thread.getContextClassLoader()).isInstanceOf(PluginClassLoader.class);
        assertThat(context.executor("hashing", 7)).isSameAs(context.executor("hashing", 1));
    }

    @Test
    @SuppressWarnings({"unchecked", "rawtypes"})
    void aWatchThatIsBegunAfterTheEndIsRefusedAndHoldsNothing() {
        ResourceKind<?> kind =
                fixture.host.snapshot().all(ExtensionType.RESOURCE_KIND).get(0).extension();
        ResourceView<?> view = context.resources((Class) kind.getClass());

        fixture.generation("greeter").close();

        assertThatThrownBy(() -> view.watch(name -> {})).isInstanceOf(IllegalStateException.class);
        assertThat(fixture.openWatches).hasValue(0);
    }

    @Test
    void aTaskThatFindsTheQueueFullIsRefused() {
        ExecutorService executor = context.executor("slow", 1);
        CountDownLatch release = new CountDownLatch(1);
        executor.submit(() -> release.await(20, TimeUnit.SECONDS));

        assertThatThrownBy(() -> {
                    for (int i = 0; i <= HostedPluginContext.QUEUE_CAPACITY; i++) {
                        executor.execute(() -> {});
                    }
                })
                .isInstanceOf(RejectedExecutionException.class)
                .hasMessageContaining("1000 tasks wait (expected: less than 1000)");
        release.countDown();
    }

    @Test
    void metersCarryThePluginAndCountInTheGatewaysRegistry() {
        context.meters().counter("acme.greetings").increment(3);

        assertThat(fixture.meters
                        .get("acme.greetings")
                        .tag("plugin", "greeter")
                        .counter()
                        .count())
                .isEqualTo(3);
    }

    @Test
    void metersOfANewGenerationTakeThePlaceOfTheOldOnes() {
        context.meters().gauge("acme.size", 1);
        PluginGeneration old = fixture.generation("greeter");
        old.acquire();

        TestPluginJar.withInterceptor("greeter", "greet").version("1.3.0").writeTo(fixture.folder, "greeter.jar");
        fixture.host.rescan();
        fixture.generation("greeter").context().meters().gauge("acme.size", 2);
        old.release();

        assertThat(fixture.meters.get("acme.size").gauge().value()).isEqualTo(2);
    }

    @Test
    @SuppressWarnings("unchecked")
    void watchesOnResourcesEndWithTheGeneration() {
        Class<? extends ResourceKind<NoConfig>> kind = (Class<? extends ResourceKind<NoConfig>>) fixture.host
                .snapshot()
                .find(ExtensionType.RESOURCE_KIND, "Greeting")
                .orElseThrow()
                .extension()
                .getClass();
        ResourceView<NoConfig> view = context.resources(kind);
        view.watch(name -> {});
        assertThat(fixture.openWatches).hasValue(1);

        fixture.close();

        assertThat(fixture.openWatches).hasValue(0);
    }

    @Test
    void onlyResourcesOfThePluginsOwnKindsAreThere() {
        assertThatThrownBy(() -> context.resources(ForeignKind.class))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("expected: a resource kind among the extensions of greeter");
    }

    @Test
    void nothingIsGivenAfterTheEnd() {
        fixture.close();

        assertThatThrownBy(() -> context.executor("late", 1)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void theGuardCountsWhatIsThrownAndRestoresTheContextLoader() {
        PluginGuard guard = fixture.generation("greeter").guard();
        ClassLoader before = Thread.currentThread().getContextClassLoader();

        String result = guard.call(
                "greeting",
                () -> {
                    assertThat(Thread.currentThread().getContextClassLoader()).isInstanceOf(PluginClassLoader.class);
                    throw new StackOverflowError();
                },
                failure -> "failed: " + failure);

        assertThat(result).isEqualTo("failed: java.lang.StackOverflowError");
        assertThat(guard.run("greeting", () -> {})).isTrue();
        assertThat(Thread.currentThread().getContextClassLoader()).isSameAs(before);
        assertThat(fixture.meters
                        .get("gatehouse.plugin.failures")
                        .tag("plugin", "greeter")
                        .counter()
                        .count())
                .isEqualTo(1);
    }

    private static final class ForeignKind implements ResourceKind<NoConfig> {
        @Override
        public String kind() {
            return "Foreign";
        }

        @Override
        public Class<NoConfig> specType() {
            return NoConfig.class;
        }
    }
}
