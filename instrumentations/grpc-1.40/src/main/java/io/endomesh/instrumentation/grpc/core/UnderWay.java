package io.endomesh.instrumentation.grpc.core;

import io.endomesh.dataplane.Attempt;
import io.grpc.Attributes;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The attempts of a call that are under way, and what the application has sent, which each of them
 * is given from its beginning. Thread-safe: guarded by itself, also across several of its methods.
 *
 * @param <Q> request message
 * @param <R> response message
 */
final class UnderWay<Q, R> {

  private final ReplayLog<Q> log = new ReplayLog<>();
  private final Copies<Q> copies = new Copies<>();

  /** Null before the start, and between two attempts. */
  private @Nullable ClientCall<Q, R> current;

  /** Those that the current one was sent ahead of the answer of: a hedged call's. */
  private final List<ClientCall<Q, R>> beside = new ArrayList<>(0);

  /** From here on it is the current one. */
  synchronized void begin(
      ClientCall<Q, R> begun, ClientCall.Listener<R> listener, Metadata headers) {
    current = begun;
    begun.start(listener, headers);
    // On a direct executor the start may have failed, and been followed by another, by now.
    if (current == begun) {
      log.replay(begun);
    }
  }

  /** A copy that nobody waits for the answer of, from its beginning like all others. */
  synchronized void mirror(
      Channel channel,
      MethodDescriptor<Q, ?> method,
      CallOptions options,
      Metadata headers,
      Attempt copy) {
    copies.add(channel, method, options, headers, copy, log);
  }

  /** The last attempt has ended, and another is to come. */
  synchronized void none() {
    current = null;
  }

  synchronized boolean isUnderWay() {
    return current != null;
  }

  /** True if no other attempt is under way. */
  synchronized boolean isAlone(ClientCall<Q, R> attempt) {
    return current == attempt && beside.isEmpty();
  }

  /** Makes room for one more; there is a current one. */
  synchronized @Nullable ClientCall<Q, R> putBeside() {
    ClientCall<Q, R> waited = current;
    if (waited != null) {
      beside.add(waited);
    }
    return waited;
  }

  /** The one more has come to nothing. */
  synchronized void takeBack(@Nullable ClientCall<Q, R> waited) {
    beside.remove(waited);
    current = waited;
  }

  /**
   * The call goes on with this attempt alone, or after it.
   *
   * @return the others, which are to be cancelled
   */
  synchronized List<ClientCall<Q, R>> settle(ClientCall<Q, R> with) {
    List<ClientCall<Q, R>> others = all();
    others.remove(with);
    current = with;
    beside.clear();
    return others;
  }

  /** An attempt has ended, and the call is left to others. */
  synchronized void leave(ClientCall<Q, R> ended) {
    if (!beside.remove(ended) && current == ended) {
      current = beside.isEmpty() ? null : beside.remove(beside.size() - 1);
    }
  }

  /**
   * The application gives the call up.
   *
   * @return what is to be cancelled
   */
  synchronized List<ClientCall<Q, R>> cancel(@Nullable String message, @Nullable Throwable cause) {
    log.cancel(message, cause);
    if (!log.halfClosed()) {
      copies.cancel();
    }
    return all();
  }

  synchronized boolean cancelled() {
    return log.cancelled();
  }

  synchronized boolean replayable() {
    return log.replayable();
  }

  synchronized boolean halfClosed() {
    return log.halfClosed();
  }

  /** There will be no further attempt: what was sent need not be kept. */
  synchronized void commit() {
    log.commit();
  }

  synchronized void request(int numMessages) {
    log.request(numMessages);
    if (current != null) {
      current.request(numMessages);
    }
    beside.forEach(other -> other.request(numMessages));
  }

  /** Only to the current one: a hedge is made when all was sent. */
  synchronized void sendMessage(Q message) {
    log.message(message);
    copies.message(message);
    if (current != null) {
      current.sendMessage(message);
    }
  }

  synchronized void halfClose() {
    log.halfClose();
    copies.halfClose();
    if (current != null) {
      current.halfClose();
    }
  }

  synchronized void setMessageCompression(boolean enabled) {
    log.compression(enabled);
    copies.compression(enabled);
    if (current != null) {
      current.setMessageCompression(enabled);
    }
  }

  synchronized boolean isReady() {
    return current != null && current.isReady();
  }

  synchronized Attributes getAttributes() {
    return current == null ? Attributes.EMPTY : current.getAttributes();
  }

  private List<ClientCall<Q, R>> all() {
    List<ClientCall<Q, R>> all = new ArrayList<>(beside);
    if (current != null) {
      all.add(current);
    }
    return all;
  }
}
