/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel.wire;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * Cuts a stream of bytes into frames without waiting for them: the handler decides each frame's fate from its head, and from then on its
 * bytes are passed on as they arrive, or collected into one buffer. Neighbouring bytes that pass are passed in one piece, however many
 * frames they are, so that the cost is per read and not per frame.
 *
 * <p>Belongs to one event loop. Does not throw for bad bytes by itself: {@link Handler#head} does, and the exception leaves
 * {@link #read} after everything that passed before has been handed on.
 */
public final class FrameReader {

    /** From this many missing bytes on, a frame that is collected is read from the socket into its own buffer. */
    private static final int DIRECT_READ_BYTES = 16 * 1024;

    private static final int FIRST_JOIN_BYTES = 256;

    /** What happens to a frame. */
    public enum Fate {
        /** The head is not complete: call again with more. */
        NEED_MORE,
        /** Not now: nothing is looked at until {@link FrameReader#resume}. */
        HOLD,
        /** The bytes go to {@link Handler#pass} as they are. */
        PASS,
        /** As PASS, but {@link Handler#scan} sees them first. */
        SCAN,
        /** The whole frame goes to {@link Handler#collected}. */
        COLLECT
    }

    /** Decides about frames and takes their bytes. */
    public interface Handler {

        /**
         * Decides about the frame that starts at {@code at}; bytes up to {@code end} are there.
         *
         * @throws FrameException when this is no frame; terminal
         */
        Fate head(ByteBuf in, int at, int end);

        /** Of the frame about which {@link #head} decided last, with its 4 bytes of size. */
        int frameLength();

        /** Bytes of one or several passing frames, and parts of them. Takes ownership. */
        void pass(ByteBuf bytes);

        /** Bytes of a frame of fate SCAN, about to pass; may be changed in place. */
        void scan(ByteBuf in, int at, int length);

        /**
         * The last byte of a frame that passes has been seen; it is handed on with the next {@link #pass}.
         *
         * @return whether that must be now, before the next frame is looked at
         */
        boolean passed();

        /** A whole frame, with its 4 bytes of size, possibly a part of what was read. Takes ownership. */
        void collected(ByteBuf frame);

        /** Whether the next frame must wait. */
        boolean isHeld();
    }

    private final Handler handler;
    private final ByteBufAllocator allocator;
    private final ArrayDeque<ByteBuf> held = new ArrayDeque<>(2);

    private @Nullable ByteBuf partial;
    private @Nullable ByteBuf frame;
    private @Nullable ByteBuf directTarget;
    private boolean indirect;
    private int remaining;
    private int expected;
    private boolean scanning;
    private boolean reading;
    private boolean resumed;
    private boolean closed;

    public FrameReader(Handler handler, ByteBufAllocator allocator) {
        this.handler = handler;
        this.allocator = allocator;
    }

    /** Takes what was read from the socket, with ownership. */
    public void read(ByteBuf in) {
        if (closed) {
            in.release();
            return;
        }
        if (in == directTarget) {
            readDirectly(in);
            return;
        }
        // Somebody stands between the socket and this reader, TLS for instance, and may hold what was read directly.
        indirect |= directTarget != null;
        if (reading || !held.isEmpty() || mustWait()) {
            held.add(in);
            return;
        }
        goOn(in);
    }

    /** Goes on with what was read and held, until it is used up or held again. */
    public void resume() {
        resumed = true;
        if (!reading && !closed && !mustWait()) {
            goOn(held.poll());
        }
    }

    /** Whether nothing of a frame has been read or passed: between two frames. */
    public boolean isBetweenFrames() {
        return remaining == 0 && frame == null && partial == null;
    }

    /** Whether the bytes of a passing frame are under way: nothing else may be sent in their direction. */
    public boolean isPassing() {
        return remaining > 0;
    }

    /** Whether bytes were read that nobody has looked at, or that are being looked at now. */
    public boolean hasHeld() {
        return reading || !held.isEmpty();
    }

    /**
     * A view of the free rest of a large frame that is being collected, for the socket to read into; null when there is none. What is
     * returned must come back through {@link #read}, or be released.
     */
    @Nullable
    ByteBuf directTarget() {
        ByteBuf collecting = frame;
        if (indirect || collecting == null || collecting.writableBytes() < DIRECT_READ_BYTES || !held.isEmpty()) {
            return null;
        }
        directTarget = collecting
                .retainedSlice(collecting.writerIndex(), collecting.writableBytes())
                .writerIndex(0);
        return directTarget;
    }

    /**
     * How large the frame was that was collected last, and the next one may be; 0 when the last one was not collected. What is read at once need not be
     * copied together.
     */
    int expectedBytes() {
        return expected;
    }

    /** Releases everything; later bytes are dropped. */
    public void close() {
        closed = true;
        if (partial != null) {
            partial.release();
            partial = null;
        }
        if (frame != null) {
            frame.release();
            frame = null;
        }
        held.forEach(ByteBuf::release);
        held.clear();
    }

    private void readDirectly(ByteBuf in) {
        directTarget = null;
        ByteBuf collecting = frame;
        if (collecting != null) {
            collecting.writerIndex(collecting.writerIndex() + in.readableBytes());
        }
        in.release();
        if (collecting == null || collecting.isWritable()) {
            return;
        }
        frame = null;
        reading = true;
        try {
            handler.collected(collecting);
        } finally {
            reading = false;
        }
        resume();
    }

    private void goOn(@Nullable ByteBuf first) {
        reading = true;
        try {
            ByteBuf in = first;
            while (in != null) {
                resumed = false;
                boolean waits = process(in);
                in = closed || (waits && !resumed) || mustWait() ? null : held.poll();
            }
        } finally {
            reading = false;
        }
    }

    /** Whether a frame is next, and must not be looked at. */
    private boolean mustWait() {
        return isAtFrameStart() && handler.isHeld();
    }

    /** Whether the rest waits: it is then the first of what is held. */
    private boolean process(ByteBuf in) {
        boolean handedOn = false;
        try {
            while (partial != null && in.isReadable()) {
                ByteBuf head = partial;
                partial = null;
                int more = Math.min(in.readableBytes(), Math.max(FIRST_JOIN_BYTES, head.readableBytes()));
                boolean waits = walk(head.writeBytes(in, more));
                if (closed) {
                    return false;
                }
                if (waits) {
                    handedOn = true;
                    holdBehindFirst(in);
                    return true;
                }
            }
            if (!in.isReadable()) {
                return false;
            }
            handedOn = true;
            return walk(in);
        } finally {
            if (!handedOn) {
                in.release();
            }
        }
    }

    private void holdBehindFirst(ByteBuf in) {
        ByteBuf first = held.remove();
        held.addFirst(in);
        held.addFirst(first);
    }

    private boolean isAtFrameStart() {
        return remaining == 0 && frame == null;
    }

    /**
     * The heart: one pass over what was read. {@code run} is where the bytes start that pass but were not handed on yet.
     *
     * @return whether the rest waits
     */
    private boolean walk(ByteBuf in) {
        int run = in.readerIndex();
        int at = run;
        int end = in.writerIndex();
        boolean handedOn = false;
        try {
            while (at < end && !closed) {
                if (remaining > 0) {
                    int length = Math.min(remaining, end - at);
                    if (scanning) {
                        handler.scan(in, at, length);
                    }
                    at += length;
                    remaining -= length;
                    if (remaining == 0 && handler.passed()) {
                        passRun(in, run, at);
                        run = at;
                    }
                    continue;
                }
                if (frame != null) {
                    int length = collect(frame, in, at, end);
                    at += length;
                    run = at;
                    continue;
                }
                Fate fate = handler.isHeld() ? Fate.HOLD : handler.head(in, at, end);
                if (fate == Fate.PASS || fate == Fate.SCAN) {
                    remaining = handler.frameLength();
                    scanning = fate == Fate.SCAN;
                    expected = 0;
                    continue;
                }
                if (!closed) {
                    passRun(in, run, at);
                    run = at;
                }
                if (closed) {
                    return false;
                }
                if (fate == Fate.HOLD) {
                    handedOn = true;
                    held.addFirst(in.readerIndex(at));
                    return true;
                }
                if (fate == Fate.NEED_MORE) {
                    partial = allocator.directBuffer(Math.max(FIRST_JOIN_BYTES, 2 * (end - at)));
                    partial.writeBytes(in, at, end - at);
                    return false;
                }
                int length = handler.frameLength();
                expected = length;
                if (length > end - at) {
                    frame = allocator.directBuffer(length, length);
                    continue;
                }
                at += length;
                run = at;
                handler.collected(in.retainedSlice(at - length, length));
            }
            if (closed) {
                return false;
            }
            if (run == in.readerIndex() && run < end) {
                handedOn = true;
                handler.pass(in);
                return false;
            }
            passRun(in, run, end);
            return false;
        } catch (FrameException e) {
            passRun(in, run, at);
            throw e;
        } finally {
            if (!handedOn) {
                in.release();
            }
        }
    }

    private int collect(ByteBuf collecting, ByteBuf in, int at, int end) {
        int length = Math.min(collecting.writableBytes(), end - at);
        collecting.writeBytes(in, at, length);
        if (!collecting.isWritable()) {
            frame = null;
            handler.collected(collecting);
        }
        return length;
    }

    private void passRun(ByteBuf in, int from, int to) {
        if (to > from) {
            handler.pass(in.retainedSlice(from, to - from));
        }
    }
}
