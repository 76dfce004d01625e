package io.endomesh.instrumentation.helidon;

import java.io.IOException;
import java.io.InputStream;

/** What is read of a {@link Wire}. Not thread-safe, as the streams that Helidon has of a socket. */
final class WireInput extends InputStream {

  private final Wire wire;
  private boolean begun;

  WireInput(Wire wire) {
    this.wire = wire;
  }

  @Override
  public int read() throws IOException {
    int first = first();
    return first < 0 ? wire.in().read() : first;
  }

  @Override
  public int read(byte[] target, int offset, int length) throws IOException {
    if (length == 0) {
      return 0;
    }
    int first = first();
    if (first < 0) {
      return wire.in().read(target, offset, length);
    }
    target[offset] = (byte) first;
    int more = Math.min(length - 1, wire.in().available());
    return more == 0 ? 1 : 1 + Math.max(0, wire.in().read(target, offset + 1, more));
  }

  @Override
  public int available() throws IOException {
    return begun ? wire.in().available() : 0;
  }

  @Override
  public void close() throws IOException {
    wire.in().close();
  }

  /** Once: the byte by which plaintext was known; negative otherwise. */
  private int first() throws IOException {
    if (begun) {
      return -1;
    }
    int first = wire.first();
    begun = true;
    return first;
  }
}
