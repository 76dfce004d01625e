package io.endomesh.instrumentation.httpclient4;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.http.HttpException;
import org.apache.http.nio.ContentDecoder;
import org.apache.http.nio.IOControl;
import org.apache.http.nio.protocol.HttpAsyncClientExchangeHandler;

/**
 * The body of an answer of the mesh as an exchange of the library reads one: when it likes, in the
 * parts it likes. Thread-safe.
 */
final class LocalContent implements ContentDecoder {

  private final ByteBuffer left;
  private final Application application;
  private final IOControl control;

  /** Asked so often to go on; whoever asks first does. */
  private final AtomicInteger asked = new AtomicInteger();

  private volatile boolean suspended;
  private boolean over;

  LocalContent(byte[] body, Application application, IOControl control) {
    this.left = ByteBuffer.wrap(body);
    this.application = application;
    this.control = control;
  }

  void suspend() {
    suspended = true;
  }

  /** Has it read, and tells it of the end. */
  void resume() {
    suspended = false;
    if (asked.getAndIncrement() > 0) {
      return;
    }
    int seen = 1;
    while (seen != 0) {
      application.tellLast(this::read);
      seen = asked.addAndGet(-seen);
    }
  }

  private void read(HttpAsyncClientExchangeHandler exchange) throws HttpException, IOException {
    while (!isCompleted() && !suspended && !exchange.isDone()) {
      exchange.consumeContent(this, control);
    }
    if (isCompleted() && !over) {
      over = true;
      exchange.responseCompleted();
    }
  }

  @Override
  public int read(ByteBuffer to) {
    if (!left.hasRemaining()) {
      return -1;
    }
    ByteBuffer part = left.slice();
    part.limit(Math.min(part.remaining(), to.remaining()));
    int count = part.remaining();
    to.put(part);
    left.position(left.position() + count);
    return count;
  }

  @Override
  public boolean isCompleted() {
    return !left.hasRemaining();
  }
}
