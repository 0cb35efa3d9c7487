/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.spi;

import org.pf4j.Plugin;

/**
 * The optional main class of a plugin, named by {@code Plugin-Class} in the jar's manifest. Most plugins need none: extensions get
 * what they need through their factories.
 *
 * <p>The kernel creates one instance per generation through the public constructor with a {@link PluginContext}, calls
 * {@link #start()} before any extension is used and {@link #stop()} after the last connection has let the generation go, at the latest 10
 * minutes after it was replaced. Both are
 * called on a kernel thread, never on an event loop, with the plugin's class loader as context class loader. {@code start} that throws
 * or takes longer than 30 s refuses the plugin, and what ran before goes on. {@code stop} that throws, or takes longer than 30 s, is logged
 * and changes nothing.
 */
public abstract class GatewayPlugin extends Plugin {

    private final PluginContext context;

    /** @param context what the kernel gives to this generation of the plugin */
    protected GatewayPlugin(PluginContext context) {
        this.context = context;
    }

    /**
     * Whether this generation can do its work: reach its server, read its keys. Called after {@link #start()} and before any extension is
     * used; throwing, or taking longer than 30 s, refuses the plugin as {@code SELF_CHECK_FAILED}, and what ran before goes on. A plugin
     * that comes back to work by itself when its server does has nothing to check: it is its first start that would fail.
     *
     * @throws Exception with a sentence for operators
     */
    @Experimental
    public void selfCheck() throws Exception {}

    /** What the kernel gives to this generation of the plugin. */
    protected final PluginContext context() {
        return context;
    }
}
