package io.endomesh.instrumentation.helidon;

import java.io.IOException;
import java.io.OutputStream;

/** What is written to a {@link Wire}. Thread-safe as far as what is behind it. */
final class WireOutput extends OutputStream {

  private final Wire wire;

  WireOutput(Wire wire) {
    this.wire = wire;
  }

  @Override
  public void write(int one) throws IOException {
    wire.out().write(one);
  }

  @Override
  public void write(byte[] source, int offset, int length) throws IOException {
    wire.out().write(source, offset, length);
  }

  @Override
  public void flush() throws IOException {
    wire.out().flush();
  }

  @Override
  public void close() throws IOException {
    wire.out().close();
  }
}
