package io.endomesh.instrumentation.urlconnection;

import java.io.IOException;
import java.io.OutputStream;
import java.util.function.Consumer;

/** A body on its way, which tells when it breaks. As thread-safe as the JDK's. */
final class StreamedBody extends OutputStream {

  private final OutputStream body;
  private final Consumer<IOException> broke;

  StreamedBody(OutputStream body, Consumer<IOException> broke) {
    this.body = body;
    this.broke = broke;
  }

  private interface Step {
    void run() throws IOException;
  }

  private void tell(Step step) throws IOException {
    try {
      step.run();
    } catch (IOException e) {
      broke.accept(e);
      throw e;
    }
  }

  @Override
  public void write(int octet) throws IOException {
    tell(() -> body.write(octet));
  }

  @Override
  public void write(byte[] octets, int offset, int length) throws IOException {
    tell(() -> body.write(octets, offset, length));
  }

  @Override
  public void flush() throws IOException {
    tell(body::flush);
  }

  @Override
  public void close() throws IOException {
    tell(body::close);
  }
}
