package io.endomesh.xds.http2;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import org.jspecify.annotations.Nullable;

/**
 * Messages in a byte stream, each with a flag and its length in front (gRPC over HTTP/2,
 * Length-Prefixed-Message). Not thread-safe: used by the stream's event loop.
 */
final class GrpcFrames {

  /** Flag and length. */
  private static final int PREFIX_BYTES = 5;

  /**
   * Longer messages end the stream instead of the heap. A full answer for 1,000 clusters with 100
   * endpoints each is about 10 MB; Istio allows ten times gRPC's default of 4 MB, as this does.
   */
  static final int MAX_MESSAGE_BYTES = 40 << 20;

  private final ByteBuf received;
  private final int maxBytes;

  GrpcFrames(ByteBufAllocator allocator, int maxBytes) {
    this.maxBytes = maxBytes;
    received = allocator.heapBuffer();
  }

  void add(ByteBuf bytes) {
    received.writeBytes(bytes);
  }

  /**
   * The next whole message, or null until more bytes arrive.
   *
   * @throws IllegalArgumentException if the other side does not keep to the format
   */
  byte @Nullable [] next() {
    if (received.readableBytes() < PREFIX_BYTES) {
      return null;
    }
    int flag = received.getUnsignedByte(received.readerIndex());
    if (flag != 0) {
      throw new IllegalArgumentException("compression flag: " + flag + " (expected: 0)");
    }
    int length = received.getInt(received.readerIndex() + 1);
    if (length < 0 || length > maxBytes) {
      throw new IllegalArgumentException(
          "message length: "
              + Integer.toUnsignedString(length)
              + " (expected: at most "
              + maxBytes
              + ")");
    }
    if (received.readableBytes() < PREFIX_BYTES + length) {
      return null;
    }
    byte[] message = new byte[length];
    received.skipBytes(PREFIX_BYTES).readBytes(message).discardSomeReadBytes();
    return message;
  }

  void release() {
    received.release();
  }

  static ByteBuf frame(ByteBufAllocator allocator, byte[] message) {
    return allocator
        .buffer(PREFIX_BYTES + message.length)
        .writeByte(0)
        .writeInt(message.length)
        .writeBytes(message);
  }
}
