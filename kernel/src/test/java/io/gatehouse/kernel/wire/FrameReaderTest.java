/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gatehouse.kernel.wire.FrameReader.Fate;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class FrameReaderTest {

    private static final int HEADER = 8;
    private static final int BAD = 9;

    private final UnpooledByteBufAllocator allocator = new UnpooledByteBufAllocator(true);
    private final Script script = new Script();
    private final FrameReader reader = new FrameReader(script, allocator);

    /** What a frame of a test asks for: its fate, how long its head is, and whether it is held once before. */
    private record Frame(Fate fate, int length, int head, boolean held) {

        private Frame(Fate fate, int length) {
            this(fate, length, HEADER, false);
        }

        private void writeTo(ByteBuf out, Random random) {
            out.writeInt(length)
                    .writeByte(fate.ordinal())
                    .writeByte(held ? 1 : 0)
                    .writeShort(head);
            byte[] rest = new byte[length - HEADER];
            random.nextBytes(rest);
            out.writeBytes(rest);
        }
    }

    /** Does what the frames say, and keeps all that comes out in order. */
    private final class Script implements FrameReader.Handler {
        private final ByteBuf out = Unpooled.buffer();
        private final ByteBuf scanned = Unpooled.buffer();
        private final List<String> events = new ArrayList<>();
        private final List<ByteBuf> passed = new ArrayList<>();
        private boolean held;
        private boolean heldOnce;
        private boolean resumesAtOnce;
        private boolean handsOnEach;
        private boolean closesInHead;
        private boolean holdsAfterCollected;
        private int frameLength;

        @Override
        public Fate head(ByteBuf in, int at, int end) {
            assertThat(held).isFalse();
            if (end - at < HEADER || end - at < Math.min(in.getShort(at + 6), in.getInt(at))) {
                return Fate.NEED_MORE;
            }
            if (in.getByte(at + 4) == BAD) {
                throw new FrameException("bad");
            }
            if (closesInHead) {
                reader.close();
                return Fate.HOLD;
            }
            if (in.getByte(at + 5) == 1 && !heldOnce) {
                heldOnce = true;
                events.add("hold");
                if (resumesAtOnce) {
                    reader.resume();
                } else {
                    held = true;
                }
                return Fate.HOLD;
            }
            heldOnce = false;
            frameLength = in.getInt(at);
            return Fate.values()[in.getByte(at + 4)];
        }

        @Override
        public int frameLength() {
            return frameLength;
        }

        @Override
        public void pass(ByteBuf bytes) {
            events.add("pass " + bytes.readableBytes());
            passed.add(bytes);
            out.writeBytes(bytes, bytes.readerIndex(), bytes.readableBytes());
        }

        @Override
        public void scan(ByteBuf in, int at, int length) {
            scanned.writeBytes(in, at, length);
        }

        @Override
        public boolean passed() {
            events.add("end");
            return handsOnEach;
        }

        @Override
        public void collected(ByteBuf frame) {
            events.add("collected " + frame.readableBytes());
            assertThat(frame.readableBytes()).isEqualTo(frame.getInt(0));
            out.writeBytes(frame);
            frame.release();
            held = holdsAfterCollected;
        }

        @Override
        public boolean isHeld() {
            return held;
        }

        private void release() {
            passed.forEach(ByteBuf::release);
            passed.clear();
        }
    }

    @AfterEach
    void nothingIsLeaked() {
        reader.close();
        script.release();

        assertThat(allocator.metric().usedDirectMemory()).isZero();
        assertThat(allocator.metric().usedHeapMemory()).isZero();
    }

    @Test
    void twoReadsCutAtEveryByteYieldTheSameBytes() {
        byte[] stream = mixed(7, 14);

        for (int cut = 1; cut < stream.length; cut++) {
            feed(stream, 0, cut);
            feed(stream, cut, stream.length);
            resumeToTheEnd();

            assertAllOut(stream);
        }
    }

    @Test
    void singleBytesYieldTheSameBytes() {
        byte[] stream = mixed(8, 40);

        for (int at = 0; at < stream.length; at++) {
            feed(stream, at, at + 1);
        }
        resumeToTheEnd();

        assertAllOut(stream);
    }

    @Test
    void randomCutsWithRandomHoldsYieldTheSameBytes() {
        for (int seed = 0; seed < 150; seed++) {
            Random random = new Random(seed);
            byte[] stream = mixed(seed, 1 + random.nextInt(60));
            script.handsOnEach = random.nextBoolean();
            script.resumesAtOnce = random.nextInt(4) == 0;
            script.holdsAfterCollected = random.nextInt(3) == 0;
            int largest = 1 + random.nextInt(random.nextBoolean() ? 20 : 2_000);

            int at = 0;
            while (at < stream.length) {
                int end = Math.min(stream.length, at + 1 + random.nextInt(largest));
                feed(stream, at, end);
                at = end;
                if (random.nextInt(3) == 0) {
                    resume();
                }
            }
            resumeToTheEnd();

            assertAllOut(stream);
        }
    }

    @Test
    void scannedBytesAreSeenOnceAndInOrder() {
        Random random = new Random(5);
        ByteBuf in = Unpooled.buffer();
        ByteBuf expected = Unpooled.buffer();
        for (int i = 0; i < 20; i++) {
            new Frame(i % 2 == 0 ? Fate.SCAN : Fate.PASS, 20 + i).writeTo(in, random);
            if (i % 2 == 0) {
                expected.writeBytes(in, in.writerIndex() - 20 - i, 20 + i);
            }
        }
        byte[] stream = ByteBufUtil.getBytes(in);

        for (int at = 0; at < stream.length; at += 7) {
            feed(stream, at, Math.min(stream.length, at + 7));
        }

        assertThat(script.scanned).isEqualTo(expected);
        assertAllOut(stream);
    }

    @Test
    void aReadThatPassesWholeIsHandedOnAsTheSameObject() {
        ByteBuf in = frames(new Frame(Fate.PASS, 100), new Frame(Fate.SCAN, 50), new Frame(Fate.PASS, 5_000));
        ByteBuf firstPart = in.copy(0, 1_000);
        ByteBuf rest = in.copy(1_000, in.readableBytes() - 1_000);
        in.release();

        reader.read(firstPart);
        reader.read(rest);

        assertThat(script.passed).hasSize(2);
        assertThat(script.passed.get(0)).isSameAs(firstPart);
        assertThat(script.passed.get(1)).isSameAs(rest);
        assertThat(script.events).containsExactly("end", "end", "pass 1000", "end", "pass 4150");
        assertThat(allocator.metric().usedDirectMemory())
                .as("bytes allocated by the reader")
                .isZero();
    }

    @Test
    void runsOfPassingFramesAreHandedOnInOnePieceAroundACollectedOne() {
        reader.read(frames(
                new Frame(Fate.PASS, 10),
                new Frame(Fate.PASS, 20),
                new Frame(Fate.COLLECT, 30),
                new Frame(Fate.PASS, 40),
                new Frame(Fate.PASS, 50)));

        assertThat(script.events).containsExactly("end", "end", "pass 30", "collected 30", "end", "end", "pass 90");
    }

    @Test
    void aHandlerThatWantsEachFrameAtOnceGetsEachByItself() {
        script.handsOnEach = true;

        reader.read(frames(new Frame(Fate.PASS, 10), new Frame(Fate.PASS, 20), new Frame(Fate.PASS, 30)));

        assertThat(script.events).containsExactly("end", "pass 10", "end", "pass 20", "end", "pass 30");
    }

    @Test
    void holdKeepsTheRestUntilResume() {
        reader.read(frames(new Frame(Fate.PASS, 10), new Frame(Fate.PASS, 20, HEADER, true), new Frame(Fate.PASS, 30)));
        reader.read(frames(new Frame(Fate.PASS, 40)));

        assertThat(script.events).containsExactly("end", "hold", "pass 10");
        assertThat(reader.hasHeld()).isTrue();

        resume();

        assertThat(script.events).containsExactly("end", "hold", "pass 10", "end", "end", "pass 50", "end", "pass 40");
        assertThat(reader.hasHeld()).isFalse();
    }

    @Test
    void resumeWhileStillHeldChangesNothing() {
        reader.read(frames(new Frame(Fate.PASS, 20, HEADER, true)));

        reader.resume();
        reader.resume();

        assertThat(script.events).containsExactly("hold");
    }

    @Test
    void aResumeDuringTheDecisionThatHeldIsNotForgotten() {
        script.resumesAtOnce = true;

        reader.read(frames(new Frame(Fate.PASS, 20, HEADER, true)));

        assertThat(script.events).containsExactly("hold", "end", "pass 20");
    }

    @Test
    void whatWasHeldKeepsItsOrderWhenAPartialHeadIsJoined() {
        ByteBuf in = Unpooled.buffer();
        Random random = new Random(1);
        for (int i = 0; i < 4; i++) {
            new Frame(Fate.PASS, 300 + i, 20, false).writeTo(in, random);
        }
        byte[] stream = ByteBufUtil.getBytes(in);
        feed(stream, 0, 10);
        script.held = true;
        feed(stream, 10, 600);
        feed(stream, 600, 900);
        feed(stream, 900, stream.length);

        resume();

        assertAllOut(stream);
        assertThat(reader.hasHeld()).isFalse();
    }

    @Test
    void aJoinedHeadThatIsHeldStaysBeforeTheBytesBehindIt() {
        ByteBuf in = Unpooled.buffer();
        Random random = new Random(1);
        new Frame(Fate.PASS, 400, 20, true).writeTo(in, random);
        new Frame(Fate.COLLECT, 800, 20, false).writeTo(in, random);
        byte[] stream = ByteBufUtil.getBytes(in);
        feed(stream, 0, 10);
        feed(stream, 10, 700);
        feed(stream, 700, stream.length);

        resume();

        assertAllOut(stream);
    }

    @ParameterizedTest
    @EnumSource(
            value = Fate.class,
            names = {"PASS", "SCAN", "COLLECT"})
    void aHeadMuchLongerThanAReadIsJoined(Fate fate) {
        byte[] stream = ByteBufUtil.getBytes(frames(new Frame(fate, 9_000, 8_000, false), new Frame(Fate.PASS, 50)));

        for (int at = 0; at < stream.length; at += 100) {
            feed(stream, at, Math.min(stream.length, at + 100));
        }

        assertAllOut(stream);
    }

    @Test
    void badBytesPassOnWhatCameBefore() {
        ByteBuf in = frames(new Frame(Fate.PASS, 10), new Frame(Fate.PASS, 20));
        in.writeInt(100).writeByte(BAD).writeByte(0).writeShort(HEADER);

        assertThatThrownBy(() -> reader.read(in)).isInstanceOf(FrameException.class);

        assertThat(script.events).containsExactly("end", "end", "pass 30");
    }

    @Test
    void badBytesInAJoinedHeadAreReleased() {
        ByteBuf in = Unpooled.buffer().writeInt(100).writeByte(BAD).writeByte(0).writeShort(HEADER);
        reader.read(in.copy(0, 3));
        ByteBuf rest = allocator.directBuffer().writeBytes(in, 3, 5).writeZero(1_000);

        assertThatThrownBy(() -> reader.read(rest)).isInstanceOf(FrameException.class);

        assertThat(rest.refCnt()).isZero();
    }

    @Test
    void aHandlerThatClosesInAHeadLeaksNothing() {
        script.closesInHead = true;
        ByteBuf in = allocator.directBuffer().writeBytes(frames(new Frame(Fate.PASS, 10)));

        reader.read(in);

        assertThat(in.refCnt()).isZero();
        assertThat(reader.hasHeld()).isFalse();
    }

    @Test
    void aHandlerThatClosesInAJoinedHeadLeaksNothing() {
        byte[] stream = ByteBufUtil.getBytes(frames(new Frame(Fate.PASS, 1_000)));
        feed(stream, 0, 3);
        script.closesInHead = true;

        feed(stream, 3, stream.length);

        assertThat(script.events).isEmpty();
    }

    @Test
    void closeReleasesWhatIsCollectedJoinedAndHeld() {
        ByteBuf collecting = allocator.directBuffer().writeBytes(frames(new Frame(Fate.COLLECT, 50_000)), 0, 100);
        reader.read(collecting);

        reader.close();

        assertThat(collecting.refCnt()).isZero();
        assertThat(allocator.metric().usedDirectMemory()).isZero();
    }

    @Test
    void closeReleasesWhatIsHeldAndLaterBytesAreDropped() {
        ByteBuf held = allocator.directBuffer().writeBytes(frames(new Frame(Fate.PASS, 20, HEADER, true)));
        ByteBuf behind = allocator.directBuffer().writeZero(10);
        ByteBuf late = allocator.directBuffer().writeZero(10);
        reader.read(held);
        reader.read(behind);

        reader.close();
        reader.read(late);
        reader.resume();

        assertThat(held.refCnt()).isZero();
        assertThat(behind.refCnt()).isZero();
        assertThat(late.refCnt()).isZero();
    }

    @Test
    void aLargeCollectedFrameIsReadIntoItsOwnBuffer() {
        byte[] stream = ByteBufUtil.getBytes(frames(new Frame(Fate.COLLECT, 100_000), new Frame(Fate.PASS, 50)));
        feed(stream, 0, 1_000);

        int at = 1_000;
        int direct = 0;
        for (ByteBuf target = reader.directTarget(); target != null; target = reader.directTarget()) {
            int length = Math.min(target.writableBytes(), 9_000);
            target.writeBytes(stream, at, length);
            at += length;
            direct++;
            reader.read(target);
        }
        feed(stream, at, stream.length);

        assertThat(direct).isGreaterThan(5);
        assertAllOut(stream);
    }

    @Test
    void aFrameThatEndsWithADirectReadIsCollectedAtOnce() {
        byte[] stream = ByteBufUtil.getBytes(frames(new Frame(Fate.COLLECT, 100_000)));
        feed(stream, 0, 1_000);
        ByteBuf target = reader.directTarget();

        target.writeBytes(stream, 1_000, 99_000);
        reader.read(target);

        assertThat(script.events).containsExactly("collected 100000");
        assertThat(reader.isBetweenFrames()).isTrue();
        assertThat(reader.directTarget()).isNull();
        assertAllOut(stream);
    }

    @Test
    void aDirectTargetThatWasNotUsedIsForgotten() {
        byte[] stream = ByteBufUtil.getBytes(frames(new Frame(Fate.COLLECT, 100_000)));
        feed(stream, 0, 1_000);

        reader.directTarget().release();
        feed(stream, 1_000, stream.length);

        assertAllOut(stream);
    }

    /** TLS would hold the end of the first one while the socket writes into the second one, over it. */
    @Test
    void thereIsNoSecondDirectTargetWhenTheFirstOneDoesNotComeBack() {
        byte[] stream =
                ByteBufUtil.getBytes(frames(new Frame(Fate.COLLECT, 100_000), new Frame(Fate.COLLECT, 100_000)));
        feed(stream, 0, 1_000);
        ByteBuf encrypted = reader.directTarget();

        feed(stream, 1_000, 5_000);
        assertThat(reader.directTarget()).isNull();
        encrypted.release();
        feed(stream, 5_000, 101_000);

        assertThat(reader.directTarget()).isNull();
        feed(stream, 101_000, stream.length);
        assertAllOut(stream);
    }

    @Test
    void aDirectReadAfterCloseIsReleased() {
        feed(ByteBufUtil.getBytes(frames(new Frame(Fate.COLLECT, 100_000))), 0, 1_000);
        ByteBuf target = reader.directTarget();

        reader.close();
        reader.read(target.writeZero(10));

        assertThat(target.refCnt()).isZero();
    }

    @Test
    void smallOrPassingFramesHaveNoDirectTarget() {
        assertThat(reader.directTarget()).isNull();

        feed(ByteBufUtil.getBytes(frames(new Frame(Fate.COLLECT, 2_000))), 0, 100);
        assertThat(reader.directTarget()).isNull();
        reader.read(Unpooled.buffer().writeZero(1_900));

        feed(ByteBufUtil.getBytes(frames(new Frame(Fate.PASS, 200_000))), 0, 100);
        assertThat(reader.directTarget()).isNull();
    }

    @Test
    void itSaysWhereInTheStreamItIs() {
        byte[] stream = ByteBufUtil.getBytes(frames(new Frame(Fate.PASS, 100)));
        assertThat(reader.isBetweenFrames()).isTrue();

        feed(stream, 0, 3);
        assertThat(reader.isBetweenFrames()).isFalse();
        assertThat(reader.isPassing()).isFalse();

        feed(stream, 3, 50);
        assertThat(reader.isBetweenFrames()).isFalse();
        assertThat(reader.isPassing()).isTrue();

        feed(stream, 50, 100);
        assertThat(reader.isBetweenFrames()).isTrue();
        assertThat(reader.isPassing()).isFalse();
    }

    private static ByteBuf frames(Frame... frames) {
        ByteBuf in = Unpooled.buffer();
        Random random = new Random(3);
        for (Frame frame : frames) {
            frame.writeTo(in, random);
        }
        return in;
    }

    private static byte[] mixed(int seed, int count) {
        Random random = new Random(seed);
        ByteBuf in = Unpooled.buffer();
        Fate[] fates = {Fate.PASS, Fate.SCAN, Fate.COLLECT};
        for (int i = 0; i < count; i++) {
            int length = HEADER + random.nextInt(random.nextInt(5) == 0 ? 1_500 : 40);
            int head = random.nextInt(4) == 0 ? HEADER + random.nextInt(600) : HEADER;
            new Frame(fates[random.nextInt(3)], length, head, random.nextInt(4) == 0).writeTo(in, random);
        }
        return ByteBufUtil.getBytes(in);
    }

    private void feed(byte[] stream, int from, int to) {
        reader.read(allocator.directBuffer(to - from).writeBytes(stream, from, to - from));
    }

    private void resume() {
        script.held = false;
        reader.resume();
    }

    private void resumeToTheEnd() {
        int rounds = 0;
        while (script.held || reader.hasHeld()) {
            resume();
            assertThat(rounds++).isLessThan(1_000);
        }
    }

    private void assertAllOut(byte[] stream) {
        assertThat(ByteBufUtil.getBytes(script.out)).isEqualTo(stream);
        assertThat(reader.isBetweenFrames()).isTrue();
        script.out.clear();
        script.release();
        script.events.clear();
    }
}
