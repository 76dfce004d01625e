package io.endomesh.contracts.httpclient4.library;

import java.io.IOException;
import java.nio.CharBuffer;
import java.util.function.Consumer;
import org.apache.http.HttpResponse;
import org.apache.http.nio.IOControl;
import org.apache.http.nio.client.methods.AsyncCharConsumer;
import org.apache.http.protocol.HttpContext;

/** Tells each part of an answer as it comes; the result is the status. */
final class Parts extends AsyncCharConsumer<Integer> {

  private final Consumer<String> parts;
  private int status;

  Parts(Consumer<String> parts) {
    this.parts = parts;
  }

  @Override
  protected void onResponseReceived(HttpResponse response) {
    status = response.getStatusLine().getStatusCode();
  }

  @Override
  protected void onCharReceived(CharBuffer part, IOControl control) throws IOException {
    parts.accept(part.toString());
    part.position(part.limit());
  }

  @Override
  protected Integer buildResult(HttpContext context) {
    return status;
  }
}
