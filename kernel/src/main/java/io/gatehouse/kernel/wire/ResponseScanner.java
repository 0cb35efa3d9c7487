/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel.wire;

import io.gatehouse.kernel.wire.ScanProgram.Elements;
import io.gatehouse.kernel.wire.ScanProgram.EndpointsTail;
import io.gatehouse.kernel.wire.ScanProgram.Fixed;
import io.gatehouse.kernel.wire.ScanProgram.Sized;
import io.gatehouse.kernel.wire.ScanProgram.Step;
import io.gatehouse.kernel.wire.ScanProgram.Tagged;
import io.netty.buffer.ByteBuf;

/**
 * Takes broker addresses (KIP-951) out of Produce, Fetch, ShareFetch and ShareAcknowledge responses while their bytes pass, however they
 * are cut, without changing a length. Records are skipped, not looked at.
 *
 * <p>Produce v10+ and Fetch v16+ hold them in a tagged field, whose tag becomes one that no client knows; it is skipped by clients, who
 * refresh their metadata instead:
 *
 * <pre>
 * ... | 1 field | tag 0   | size 21 | the endpoints |     becomes     ... | 1 field | tag 127 | size 21 | zeros |
 * </pre>
 *
 * <p>In ShareFetch and ShareAcknowledge responses they are the last array; its count becomes zero and what it held an unknown tagged
 * field:
 *
 * <pre>
 * ... | count 1+1 | the endpoints (18 bytes) | 0 fields |     becomes     ... | count 0+1 | 1 field | tag 127 | size 16 | zeros |
 * </pre>
 *
 * <p>One object per connection, no allocation per frame. Belongs to one event loop.
 */
public final class ResponseScanner {

    /** One byte as a varint, and unused by every version of Kafka. */
    private static final int UNUSED_TAG = 127;

    private static final int MAX_DEPTH = 6;

    private enum Reading {
        NOTHING,
        LENGTH,
        COUNT,
        TAG_COUNT,
        TAG,
        TAG_SIZE
    }

    private final Step[][] programs = new Step[MAX_DEPTH][];
    private final int[] next = new int[MAX_DEPTH];
    private final int[] iterations = new int[MAX_DEPTH];
    private int depth;

    private int frameRemaining;
    private int skip;
    private boolean blanking;

    private Reading reading = Reading.NOTHING;
    private int shift;
    private int value;

    private int tagsRemaining;
    private int endpointsTag;
    private boolean tagIsEndpoints;
    private Step[] element = new Step[0];

    private final byte[] patch = new byte[8];
    private int patchLength;
    private int patched;

    /** Whether responses of this API and version may carry addresses that have to be scanned for. */
    public static boolean applies(short apiKey, short version) {
        return ScanProgram.of(apiKey, version) != null;
    }

    /** Starts with the first byte of a frame for which {@link #applies} holds. */
    public void begin(short apiKey, short version, int frameLength) {
        ScanProgram program = ScanProgram.of(apiKey, version);
        if (program == null) {
            throw new IllegalArgumentException(
                    "api key " + apiKey + " v" + version + " (expected: one that is scanned)");
        }
        depth = -1;
        push(program.steps(), 1);
        frameRemaining = frameLength;
        skip = 0;
        blanking = false;
        reading = Reading.NOTHING;
        tagsRemaining = 0;
        patchLength = 0;
        patched = 0;
    }

    /** Walks on over the next bytes of the frame, changing addresses in place. */
    public void scan(ByteBuf in, int from, int length) {
        int at = from;
        int end = from + length;
        while (at < end) {
            int before = at;
            at = advance(in, at, end);
            frameRemaining -= at - before;
        }
    }

    private int advance(ByteBuf in, int at, int end) {
        if (patched < patchLength) {
            in.setByte(at, patch[patched++]);
            return at + 1;
        }
        if (skip > 0) {
            int length = Math.min(skip, end - at);
            if (blanking) {
                in.setZero(at, length);
            }
            skip -= length;
            return at + length;
        }
        if (reading != Reading.NOTHING) {
            return readByte(in, at);
        }
        if (tagsRemaining > 0) {
            readVarint(Reading.TAG);
            return at;
        }
        if (depth < 0) {
            skip = end - at;
            return at;
        }
        nextStep(in, at);
        return at;
    }

    private int readByte(ByteBuf in, int at) {
        int b = in.getByte(at);
        value |= (b & 0x7f) << shift;
        shift += 7;
        if (b >= 0) {
            complete(in, at);
        } else if (shift > 28) {
            throw new FrameException("unsigned varint: more than 5 bytes (expected: 1-5)");
        }
        return at + 1;
    }

    private void complete(ByteBuf in, int at) {
        Reading what = reading;
        reading = Reading.NOTHING;
        blanking = false;
        switch (what) {
            case LENGTH -> skip(value - 1);
            case COUNT -> push(element, value - 1);
            case TAG_COUNT -> tagsRemaining = value;
            case TAG -> {
                tagIsEndpoints = value == endpointsTag;
                if (tagIsEndpoints) {
                    in.setByte(at, UNUSED_TAG);
                }
                readVarint(Reading.TAG_SIZE);
            }
            case TAG_SIZE -> {
                tagsRemaining--;
                blanking = tagIsEndpoints;
                skip(value);
            }
            case NOTHING -> throw new IllegalStateException("nothing was being read");
        }
    }

    private void nextStep(ByteBuf in, int at) {
        if (next[depth] == programs[depth].length) {
            next[depth] = 0;
            iterations[depth]--;
            if (iterations[depth] == 0) {
                depth--;
            }
            return;
        }
        Step step = programs[depth][next[depth]++];
        blanking = false;
        if (step instanceof Fixed fixed) {
            skip = fixed.bytes();
        } else if (step instanceof Sized) {
            readVarint(Reading.LENGTH);
        } else if (step instanceof Elements elements) {
            element = elements.element();
            readVarint(Reading.COUNT);
        } else if (step instanceof Tagged tagged) {
            endpointsTag = tagged.endpointsTag();
            readVarint(Reading.TAG_COUNT);
        } else if (step instanceof EndpointsTail) {
            blankTail(in, at);
        }
    }

    private void blankTail(ByteBuf in, int at) {
        depth = -1;
        if (in.getByte(at) == 1 || in.getByte(at) == 0) {
            skip = frameRemaining;
            return;
        }
        int sizeBytes = 1;
        while (frameRemaining - 3 - sizeBytes >= 1L << (7 * sizeBytes)) {
            sizeBytes++;
        }
        int size = frameRemaining - 3 - sizeBytes;
        patch[0] = 1;
        patch[1] = 1;
        patch[2] = UNUSED_TAG;
        for (int i = 0; i < sizeBytes; i++) {
            int continued = i < sizeBytes - 1 ? 0x80 : 0;
            patch[3 + i] = (byte) (size >>> (7 * i) & 0x7f | continued);
        }
        patched = 0;
        patchLength = 3 + sizeBytes;
        skip = size;
        blanking = true;
    }

    private void push(Step[] program, int count) {
        if (count <= 0) {
            return;
        }
        depth++;
        programs[depth] = program;
        next[depth] = 0;
        iterations[depth] = count;
    }

    private void skip(int bytes) {
        skip = Math.max(bytes, 0);
    }

    private void readVarint(Reading what) {
        reading = what;
        value = 0;
        shift = 0;
    }
}
