/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel.client;

/**
 * Why a client connection does not go on at the moment: a set of bits, so that several reasons can hold it at once and asking costs one
 * comparison.
 */
final class Hold {

    /** A request is being decided. */
    static final int DECIDING = 1;

    /** Authentication or the user is being resolved. */
    static final int RESOLVING = 1 << 1;

    /** The broker connection is not there yet. */
    static final int CONNECTING = 1 << 2;

    /** A frame that has to be collected waits for memory. */
    static final int BUDGET = 1 << 3;

    /** Too many requests are in flight. */
    static final int IN_FLIGHT = 1 << 4;

    /** The connection is about to close. */
    static final int CLOSING = 1 << 5;

    /** The broker does not take more for now. */
    static final int BROKER_FULL = 1 << 6;

    /** The client does not take its responses. */
    static final int CLIENT_FULL = 1 << 7;

    /** The gateway authenticates anew at the broker, which takes nothing else meanwhile. */
    static final int REAUTHENTICATING = 1 << 8;

    /** While one of these holds, not even a read that has begun goes on. */
    static final int FULL = BROKER_FULL | CLIENT_FULL;

    /** With these no frame is even looked at; with the others what was read already goes on. */
    static final int NO_NEXT_FRAME =
            DECIDING | RESOLVING | CONNECTING | BUDGET | IN_FLIGHT | CLOSING | REAUTHENTICATING;

    private Hold() {}
}
