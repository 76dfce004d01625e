package io.endomesh.instrumentation.httpclient5;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Set;
import org.apache.hc.core5.http.EntityDetails;
import org.apache.hc.core5.http.nio.AsyncEntityProducer;
import org.apache.hc.core5.http.nio.DataStreamChannel;
import org.jspecify.annotations.Nullable;

/**
 * The body of a copy for a mirror: what an attempt of the call has written, and the mirror has not
 * taken yet. The call never waits for it; a mirror that falls too far behind is given up.
 * Thread-safe.
 */
final class BodyCopy implements AsyncEntityProducer {

  /** Bytes; Envoy's default of {@code per_connection_buffer_limit_bytes}, 1 MiB. */
  private static final int MAX_BEHIND = 1 << 20;

  private final EntityDetails original;
  private final Runnable givenUp;

  // Guarded by this.
  private final Deque<ByteBuffer> waiting = new ArrayDeque<>();
  private int behind;
  private long seen;
  private boolean whole;
  private boolean broken;
  private @Nullable DataStreamChannel channel;

  BodyCopy(EntityDetails original, Runnable givenUp) {
    this.original = original;
    this.givenUp = givenUp;
  }

  /**
   * A part of the original was written.
   *
   * @param at where in the body it stands; what an earlier attempt wrote already is passed over
   */
  void write(long at, ByteBuffer part) {
    boolean tooMuch;
    synchronized (this) {
      if (broken || at + part.remaining() <= seen) {
        return;
      }
      part.position(part.position() + (int) (seen - at));
      seen += part.remaining();
      behind += part.remaining();
      waiting.add(ByteBuffer.allocate(part.remaining()).put(part).flip());
      tooMuch = behind > MAX_BEHIND;
    }
    if (tooMuch) {
      broken();
    } else {
      requestOutput();
    }
  }

  /** All of the original was written. */
  void end() {
    synchronized (this) {
      whole = true;
    }
    requestOutput();
  }

  /** Nothing more will be written; without the end, the copy is of no use. */
  void broken() {
    synchronized (this) {
      if (whole || broken) {
        return;
      }
      broken = true;
      waiting.clear();
    }
    givenUp.run();
  }

  private void requestOutput() {
    DataStreamChannel now;
    synchronized (this) {
      now = channel;
    }
    if (now != null) {
      now.requestOutput();
    }
  }

  @Override
  public synchronized int available() {
    return whole ? Math.max(behind, 1) : behind;
  }

  @Override
  public synchronized void produce(DataStreamChannel to) throws IOException {
    channel = to;
    for (ByteBuffer part = waiting.peek(); part != null; part = waiting.peek()) {
      behind -= to.write(part);
      if (part.hasRemaining()) {
        return;
      }
      waiting.remove();
    }
    if (whole) {
      to.endStream();
    }
  }

  @Override
  public boolean isRepeatable() {
    return false;
  }

  @Override
  public void failed(Exception cause) {
    releaseResources();
  }

  @Override
  public synchronized void releaseResources() {
    broken = true;
    waiting.clear();
  }

  @Override
  public long getContentLength() {
    return original.getContentLength();
  }

  @Override
  public @Nullable String getContentType() {
    return original.getContentType();
  }

  @Override
  public @Nullable String getContentEncoding() {
    return original.getContentEncoding();
  }

  @Override
  public boolean isChunked() {
    return original.isChunked();
  }

  @Override
  public @Nullable Set<String> getTrailerNames() {
    return original.getTrailerNames();
  }
}
