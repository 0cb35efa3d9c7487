/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel.broker;

import io.netty.resolver.AddressResolver;
import io.netty.resolver.AddressResolverGroup;
import io.netty.resolver.InetNameResolver;
import io.netty.util.NetUtil;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Promise;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.concurrent.Executor;

/** Resolves host names with the JDK's resolver, which blocks, away from the event loops. Addresses need no resolving. */
final class OffloadingResolver extends AddressResolverGroup<InetSocketAddress> {

    private final Executor blocking;

    OffloadingResolver(Executor blocking) {
        this.blocking = blocking;
    }

    @Override
    protected AddressResolver<InetSocketAddress> newResolver(EventExecutor executor) {
        return new Names(executor).asAddressResolver();
    }

    private final class Names extends InetNameResolver {

        private Names(EventExecutor executor) {
            super(executor);
        }

        @Override
        protected void doResolve(String host, Promise<InetAddress> promise) {
            doResolveAll(host, executor().<List<InetAddress>>newPromise().addListener(resolved -> {
                if (resolved.isSuccess()) {
                    promise.setSuccess(((List<?>) resolved.getNow())
                            .stream().map(InetAddress.class::cast).findFirst().orElseThrow());
                    return;
                }
                promise.setFailure(resolved.cause());
            }));
        }

        @Override
        protected void doResolveAll(String host, Promise<List<InetAddress>> promise) {
            byte[] address = NetUtil.createByteArrayFromIpAddressString(host);
            if (address != null) {
                lookUp(host, promise);
                return;
            }
            blocking.execute(() -> lookUp(host, promise));
        }

        private void lookUp(String host, Promise<List<InetAddress>> promise) {
            try {
                promise.setSuccess(List.of(InetAddress.getAllByName(host)));
            } catch (UnknownHostException e) {
                promise.setFailure(e);
            }
        }
    }
}
