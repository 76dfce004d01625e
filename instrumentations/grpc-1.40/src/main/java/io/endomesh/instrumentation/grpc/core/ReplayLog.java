package io.endomesh.instrumentation.grpc.core;

import io.grpc.ClientCall;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the application has asked of its call so far, to be asked again of the next attempt.
 * Messages are kept until the call is committed, at most one for unary and server-streaming calls.
 * Not thread-safe: guarded by the call that owns it.
 *
 * @param <Q> request message
 */
final class ReplayLog<Q> {

  private final List<Q> messages = new ArrayList<>(1);
  private boolean committed;
  private boolean oneShot;
  private boolean halfClosed;
  private int requested;
  private @Nullable Boolean compression;
  private @Nullable Cancellation cancellation;

  private record Cancellation(@Nullable String message, @Nullable Throwable cause) {}

  void message(Q message) {
    if (!committed) {
      messages.add(message);
      // A proxy passes streams on as messages; once read they are gone.
      oneShot |= message instanceof InputStream;
    }
  }

  void halfClose() {
    halfClosed = true;
  }

  void request(int messages) {
    requested += messages;
  }

  void compression(boolean enabled) {
    compression = enabled;
  }

  void cancel(@Nullable String message, @Nullable Throwable cause) {
    cancellation = new Cancellation(message, cause);
  }

  boolean cancelled() {
    return cancellation != null;
  }

  /** No further attempt will be made: nothing needs to be kept. */
  void commit() {
    committed = true;
    messages.clear();
  }

  boolean replayable() {
    return !committed && !oneShot;
  }

  boolean halfClosed() {
    return halfClosed;
  }

  /** All that makes up the request. */
  void repeatTo(Copies<Q> copies) {
    if (compression != null) {
      copies.compression(compression);
    }
    messages.forEach(copies::message);
    if (halfClosed) {
      copies.halfClose();
    }
  }

  void replay(ClientCall<Q, ?> to) {
    if (compression != null) {
      to.setMessageCompression(compression);
    }
    if (requested > 0) {
      to.request(requested);
    }
    for (Q message : messages) {
      to.sendMessage(message);
    }
    if (halfClosed) {
      to.halfClose();
    }
    if (cancellation != null) {
      to.cancel(cancellation.message(), cancellation.cause());
    }
  }
}
