package io.endomesh.testkit;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * 100 MB that nobody on the way may hold: made while they are read, compared while they arrive, and
 * counted at both ends. Thread-safe: one thread reads, another writes.
 */
final class LargeBody {

  static final long SIZE = 100_000_000;

  /**
   * The most that may be on its way. The buffers of a connection on the loopback interface grow to
   * 6 MB at its reader, on some machines to 33.5 MB, and to 4 MB at its writer ({@code tcp_rmem},
   * {@code tcp_wmem}); of an echo's two readers one does not let its buffer grow. Who holds a body
   * has all of it.
   */
  static final long BOUND = 48_000_000;

  /** A prime, so that no buffer's end falls together with one of its repetitions. */
  private static final int PERIOD = 65_521;

  /** Where the reader waits for once, with more behind it than the bound. */
  private static final long PAUSE = 10_000_000;

  private static final byte[] PATTERN = pattern();

  private final AtomicLong made = new AtomicLong();
  private final AtomicLong arrived = new AtomicLong();
  private final AtomicLong most = new AtomicLong();
  private final CountDownLatch tooMuch = new CountDownLatch(1);

  /** The largest number of bytes that were on their way at one time. */
  long most() {
    return most.get();
  }

  long arrived() {
    return arrived.get();
  }

  private static byte[] pattern() {
    byte[] bytes = new byte[2 * PERIOD];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) (i % PERIOD * 31 >> 8);
    }
    return bytes;
  }

  /** The body, made as it is read. */
  InputStream source() {
    return new InputStream() {
      @Override
      public int read() {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
      }

      @Override
      public int read(byte[] bytes, int offset, int length) {
        Objects.checkFromIndexSize(offset, length, bytes.length);
        long at = made.get();
        int count = (int) Math.min(Math.min(length, PERIOD), SIZE - at);
        if (count <= 0) {
          return length == 0 ? 0 : -1;
        }
        System.arraycopy(PATTERN, (int) (at % PERIOD), bytes, offset, count);
        long underWay = made.addAndGet(count) - arrived.get();
        if (most.accumulateAndGet(underWay, Math::max) > BOUND) {
          tooMuch.countDown();
        }
        return count;
      }

      /** Netty's {@code ChunkedStream} takes bytes one by one from a stream that has none ready. */
      @Override
      public int available() {
        return (int) Math.min(PERIOD, SIZE - made.get());
      }
    };
  }

  /**
   * Where it arrives. It takes a quarter of a second for one byte in the middle: a writer that is
   * not held back has then gone on.
   */
  OutputStream drain() {
    return new OutputStream() {
      @Override
      public void write(int one) throws IOException {
        write(new byte[] {(byte) one}, 0, 1);
      }

      @Override
      public void write(byte[] bytes, int offset, int length) throws IOException {
        int from = offset;
        int end = offset + length;
        while (from < end) {
          int at = (int) (arrived.get() % PERIOD);
          int count = Math.min(end - from, PERIOD);
          if (!Arrays.equals(bytes, from, from + count, PATTERN, at, at + count)) {
            throw new IOException("byte " + arrived + " and on: not as sent");
          }
          from += count;
          if (arrived.addAndGet(count) >= PAUSE && arrived.get() - count < PAUSE) {
            pause();
          }
        }
      }
    };
  }

  private void pause() throws IOException {
    try {
      if (tooMuch.await(250, TimeUnit.MILLISECONDS)) {
        throw new IOException(most + " bytes on their way (expected: at most " + BOUND + ")");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(e);
    }
  }
}
