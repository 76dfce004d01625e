package io.endomesh.instrumentation.vertx;

import io.vertx.core.Handler;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientRequest;
import java.util.ArrayDeque;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/**
 * The body of a request: whole when it is first sent, and then sent again as often as it is asked
 * for; or in parts, which wait for the connection of an attempt and go out once. Thread-safe.
 */
final class Body {

  /** So much of a body in parts waits for a connection before its writer is told to wait. */
  private static final int MOST_WAITING = 64 * 1024;

  private final Queue<Buffer> waiting = new ArrayDeque<>();
  private @Nullable Buffer whole;
  private @Nullable HttpClientRequest sink;
  private @Nullable Handler<Void> drain;
  private int waitingBytes;
  private boolean isStreamed;
  private boolean isEnded;

  /** All of it; null for none. */
  synchronized void whole(@Nullable Buffer body) {
    whole = body;
    isEnded = true;
  }

  synchronized void part(Buffer part) {
    isStreamed = true;
    if (sink != null) {
      sink.write(part);
    } else {
      waiting.add(part);
      waitingBytes += part.length();
    }
  }

  synchronized void end() {
    isEnded = true;
    if (sink != null) {
      sink.end();
    }
  }

  synchronized boolean isEnded() {
    return isEnded;
  }

  synchronized boolean isFull() {
    return sink == null ? waitingBytes > MOST_WAITING : sink.writeQueueFull();
  }

  synchronized void onDrain(@Nullable Handler<Void> handler) {
    drain = handler;
    if (sink != null) {
      sink.drainHandler(handler);
    }
  }

  /** Goes out with a request of an attempt, whose headers are written. */
  synchronized void sendBy(HttpClientRequest request) {
    if (!isStreamed) {
      if (whole == null) {
        request.end();
      } else {
        request.end(whole);
      }
      return;
    }
    if (!request.headers().contains("content-length")) {
      request.setChunked(true);
    }
    boolean wasFull = waitingBytes > MOST_WAITING;
    sink = request;
    for (Buffer part = waiting.poll(); part != null; part = waiting.poll()) {
      request.write(part);
    }
    if (isEnded) {
      request.end();
    } else if (drain != null) {
      request.drainHandler(drain);
      if (wasFull && !request.writeQueueFull()) {
        drain.handle(null);
      }
    }
  }
}
