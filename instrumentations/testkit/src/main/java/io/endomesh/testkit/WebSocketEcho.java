package io.endomesh.testkit;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;

/**
 * A WebSocket (RFC 6455) that says back what it is told, for servers that can upgrade a connection
 * and leave the rest to the application. Of one connection; not thread-safe.
 */
public final class WebSocketEcho {

  /** Part of the protocol: shows the client that its key was read by a WebSocket. */
  private static final String KNOWN = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

  private static final int OPCODE = 0x0f;
  private static final int CLOSE = 8;
  private static final int LENGTH = 0x7f;
  private static final int IN_TWO_BYTES = 126;
  private static final int IN_EIGHT_BYTES = 127;
  private static final int MASK_BYTES = 4;

  private ByteBuffer rest = ByteBuffer.allocate(0);
  private boolean closed;

  /** Value of {@code Sec-WebSocket-Accept} for one of {@code Sec-WebSocket-Key}. */
  public static String accept(String key) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-1")
              .digest((key + KNOWN).getBytes(StandardCharsets.US_ASCII));
      return Base64.getEncoder().encodeToString(digest);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  /** True once the caller has said that it will say no more, and was told the same. */
  public boolean isClosed() {
    return closed;
  }

  /**
   * Takes bytes as they came, perhaps parts of frames.
   *
   * @return what is to be sent, perhaps nothing
   */
  public byte[] answer(ByteBuffer came) {
    ByteBuffer all = ByteBuffer.allocate(rest.remaining() + came.remaining()).put(rest).put(came);
    all.flip();
    ByteArrayOutputStream answer = new ByteArrayOutputStream();
    boolean more = true;
    while (more && !closed) {
      more = takesFrame(all, answer);
    }
    rest = all;
    return answer.toByteArray();
  }

  /** False, and nothing taken, if it is not there to its end. */
  private boolean takesFrame(ByteBuffer all, ByteArrayOutputStream answer) {
    ByteBuffer frame = all.slice();
    if (frame.remaining() < 2) {
      return false;
    }
    int first = frame.get();
    int announced = frame.get() & LENGTH;
    int lengthBytes = announced == IN_TWO_BYTES ? 2 : announced == IN_EIGHT_BYTES ? 8 : 0;
    if (frame.remaining() < lengthBytes) {
      return false;
    }
    int length =
        switch (lengthBytes) {
          case 2 -> Short.toUnsignedInt(frame.getShort());
          case 8 -> Math.toIntExact(frame.getLong());
          default -> announced;
        };
    if (frame.remaining() < MASK_BYTES + length) {
      return false;
    }
    byte[] mask = new byte[MASK_BYTES];
    byte[] payload = new byte[length];
    frame.get(mask).get(payload);
    for (int i = 0; i < length; i++) {
      payload[i] ^= mask[i % MASK_BYTES];
    }
    all.position(all.position() + frame.position());
    closed = (first & OPCODE) == CLOSE;
    write(first, payload, answer);
    return true;
  }

  /** What a server says is not masked. */
  private static void write(int first, byte[] payload, ByteArrayOutputStream answer) {
    ByteBuffer head = ByteBuffer.allocate(10).put((byte) first);
    if (payload.length < IN_TWO_BYTES) {
      head.put((byte) payload.length);
    } else if (payload.length <= 0xffff) {
      head.put((byte) IN_TWO_BYTES).putShort((short) payload.length);
    } else {
      head.put((byte) IN_EIGHT_BYTES).putLong(payload.length);
    }
    answer.write(head.array(), 0, head.position());
    answer.writeBytes(payload);
  }
}
