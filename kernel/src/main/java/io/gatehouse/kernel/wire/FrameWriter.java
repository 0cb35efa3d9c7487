/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel.wire;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.protocol.Writable;
import org.apache.kafka.common.record.internal.BaseRecords;
import org.apache.kafka.common.record.internal.MemoryRecords;

/**
 * Writes a message that was decoded from a frame into another frame without copying its records.
 *
 * <pre>
 * in:   length header "team-a.orders" 0 RECORDS ...
 * out:  [length header "orders" 0 ] [RECORDS] [...]      the second piece is memory of the frame that came in
 * </pre>
 */
final class FrameWriter implements Writable {

    /** Fewer bytes are copied faster than a piece is made of them. */
    static final int SHARED_FROM = 4 * 1024;

    private final ByteBuf other;
    private final ByteBuf out;
    private final List<Piece> pieces = new ArrayList<>(4);

    /** Records, and where they stand between what is written. */
    private record Piece(int at, ByteBuffer records) {}

    /**
     * A frame, of which the first four bytes, the length, are written already.
     *
     * @param other the frame that records are views of
     * @param size of what will be written besides records, as far as known
     */
    FrameWriter(ByteBuf other, int size) {
        this.other = other;
        this.out = other.alloc().directBuffer(size);
        out.writeZero(4);
    }

    /** What is written besides records, to write to it directly. */
    ByteBuf out() {
        return out;
    }

    /** The frame; this writer is at its end. */
    ByteBuf frame() {
        int length = out.writerIndex() - 4;
        for (Piece piece : pieces) {
            length += piece.records().remaining();
        }
        out.setInt(0, length);
        if (pieces.isEmpty()) {
            return out;
        }
        SharedFrame frame = new SharedFrame(other, 2 * pieces.size() + 1);
        int from = 0;
        for (Piece piece : pieces) {
            addWritten(frame, from, piece.at());
            frame.addComponent(true, Unpooled.wrappedBuffer(piece.records()));
            from = piece.at();
        }
        addWritten(frame, from, out.writerIndex());
        out.release();
        return frame;
    }

    private void addWritten(SharedFrame frame, int from, int to) {
        if (to > from) {
            frame.addComponent(true, out.retainedSlice(from, to - from));
        }
    }

    /** Gives up. */
    void release() {
        out.release();
    }

    @Override
    public void writeRecords(BaseRecords records) {
        ByteBuffer bytes = ((MemoryRecords) records).buffer();
        if (bytes.remaining() < SHARED_FROM) {
            out.writeBytes(bytes);
            return;
        }
        pieces.add(new Piece(out.writerIndex(), bytes));
    }

    @Override
    public void writeByte(byte value) {
        out.writeByte(value);
    }

    @Override
    public void writeShort(short value) {
        out.writeShort(value);
    }

    @Override
    public void writeInt(int value) {
        out.writeInt(value);
    }

    @Override
    public void writeLong(long value) {
        out.writeLong(value);
    }

    @Override
    public void writeDouble(double value) {
        out.writeDouble(value);
    }

    @Override
    public void writeByteArray(byte[] value) {
        out.writeBytes(value);
    }

    @Override
    public void writeByteBuffer(ByteBuffer value) {
        out.writeBytes(value.duplicate());
    }

    @Override
    public void writeUnsignedVarint(int value) {
        int rest = value;
        while ((rest & ~0x7f) != 0) {
            out.writeByte(rest & 0x7f | 0x80);
            rest >>>= 7;
        }
        out.writeByte(rest);
    }

    @Override
    public void writeVarint(int value) {
        writeUnsignedVarint(value << 1 ^ value >> 31);
    }

    @Override
    public void writeVarlong(long value) {
        long rest = value << 1 ^ value >> 63;
        while ((rest & ~0x7fL) != 0) {
            out.writeByte((int) rest & 0x7f | 0x80);
            rest >>>= 7;
        }
        out.writeByte((int) rest);
    }
}
