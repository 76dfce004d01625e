package io.endomesh.contracts.httpclient4.library;

import java.nio.ByteBuffer;
import java.util.function.Consumer;
import org.apache.http.HttpResponse;
import org.apache.http.nio.IOControl;
import org.apache.http.nio.client.methods.AsyncByteConsumer;
import org.apache.http.protocol.HttpContext;

/** Tells each part of an answer as it comes; the result is the status. */
final class Parts extends AsyncByteConsumer<Integer> {

  private final Consumer<byte[]> parts;
  private int status;

  Parts(Consumer<byte[]> parts) {
    this.parts = parts;
  }

  @Override
  protected void onResponseReceived(HttpResponse response) {
    status = response.getStatusLine().getStatusCode();
  }

  @Override
  protected void onByteReceived(ByteBuffer part, IOControl control) {
    byte[] bytes = new byte[part.remaining()];
    part.get(bytes);
    parts.accept(bytes);
  }

  @Override
  protected Integer buildResult(HttpContext context) {
    return status;
  }
}
