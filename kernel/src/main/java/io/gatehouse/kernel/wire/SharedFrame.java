/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel.wire;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.CompositeByteBuf;

/** A frame made of pieces, some of which are memory of another frame, which it keeps as long as it is there itself. */
final class SharedFrame extends CompositeByteBuf {

    private final ByteBuf other;

    /**
     * An empty frame.
     *
     * @param other kept until this one is released
     * @param pieces how many there will be
     */
    SharedFrame(ByteBuf other, int pieces) {
        super(other.alloc(), true, Math.max(pieces, 2));
        this.other = other.retain();
    }

    @Override
    protected void deallocate() {
        super.deallocate();
        other.release();
    }
}
