package io.endomesh.instrumentation.grpc.core;

import io.endomesh.dataplane.InboundCall;
import io.endomesh.dataplane.Reply;
import io.endomesh.weaving.Suppressed;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.Status;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * A served call of several messages, which the mesh may break off while the application uses it.
 * gRPC lets one thread at a time send, so whoever comes second leaves it to the first to close: the
 * mesh to the thread that sends. Nobody waits. To the application it is a call that was cancelled.
 */
final class ServedStream<Q, R> extends ServedCall<Q, R> {

  private static final int IDLE = 0;
  private static final int SENDING = 1;

  /** To be closed by who is sending. */
  private static final int TO_BE_CLOSED = 2;

  private static final int BROKEN_OFF = 3;

  /** By the application. */
  private static final int CLOSED = 4;

  private final AtomicInteger state = new AtomicInteger();
  private volatile @Nullable Reply refusal;

  ServedStream(ServerCall<Q, R> call, InboundCall inbound) {
    super(call, inbound);
  }

  /** By any thread, once. */
  void breakOff(Reply why) {
    refusal = why;
    while (true) {
      if (state.compareAndSet(IDLE, BROKEN_OFF)) {
        closeWith(why);
        return;
      }
      if (state.compareAndSet(SENDING, TO_BE_CLOSED) || state.get() == CLOSED) {
        return;
      }
    }
  }

  private void closeWith(Reply why) {
    try {
      super.close(MetadataText.status(why), MetadataText.trailers(why));
    } catch (RuntimeException closedAlready) {
      Suppressed.report(closedAlready);
    }
  }

  @Override
  boolean isBrokenOff() {
    int now = state.get();
    return now == TO_BE_CLOSED || now == BROKEN_OFF;
  }

  @Override
  public void sendHeaders(Metadata headers) {
    if (begins()) {
      try {
        super.sendHeaders(headers);
      } finally {
        sent();
      }
    }
  }

  @Override
  public void sendMessage(R message) {
    if (begins()) {
      try {
        super.sendMessage(message);
      } finally {
        sent();
      }
    }
  }

  /** The application's own end of it counts, if it comes first. */
  @Override
  public void close(Status status, Metadata trailers) {
    if (state.compareAndSet(IDLE, CLOSED) || state.compareAndSet(SENDING, CLOSED)) {
      super.close(status, trailers);
    } else if (!isBrokenOff()) {
      super.close(status, trailers); // For gRPC to say what it thinks of a second end.
    }
  }

  /** An application that sends from two threads at a time is left to gRPC. */
  private boolean begins() {
    return state.compareAndSet(IDLE, SENDING) || !isBrokenOff();
  }

  private void sent() {
    Reply why = refusal;
    if (!state.compareAndSet(SENDING, IDLE)
        && why != null
        && state.compareAndSet(TO_BE_CLOSED, BROKEN_OFF)) {
      closeWith(why);
    }
  }

  @Override
  public boolean isReady() {
    return !isBrokenOff() && super.isReady();
  }

  @Override
  public boolean isCancelled() {
    return isBrokenOff() || super.isCancelled();
  }
}
