package io.endomesh.instrumentation.grpc.core;

import io.endomesh.dataplane.Attempt;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.Context;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * The copies of a call that mirrors get. They say what the application says; their answers are
 * dropped, and nothing that befalls them reaches the application. Not thread-safe: guarded by the
 * call that owns them.
 *
 * @param <Q> request message
 */
final class Copies<Q> {

  private final List<ClientCall<Q, ?>> copies = new ArrayList<>(1);

  /**
   * Begins one.
   *
   * @param said so far by the application
   */
  <R> void add(
      Channel channel,
      MethodDescriptor<Q, R> method,
      CallOptions options,
      Metadata headers,
      Attempt copy,
      ReplayLog<Q> said) {
    Pick pick = Pick.of(copy);
    // Neither the application's context nor its executor: a copy outlives the call.
    Context previous = Context.ROOT.attach();
    try {
      ClientCall<Q, R> begun = channel.newCall(method, options(options, copy, pick));
      begun.start(new Dropped<>(copy, pick), headers);
      begun.request(Integer.MAX_VALUE);
      copies.add(begun);
    } catch (RuntimeException e) {
      copy.abandoned(e);
      return;
    } finally {
      Context.ROOT.detach(previous);
    }
    said.repeatTo(this);
  }

  /** What of the application's options makes the message; none of what watches the call. */
  private static CallOptions options(CallOptions of, Attempt copy, Pick pick) {
    CallOptions options =
        CallOptions.DEFAULT
            .withDeadlineAfter(copy.timeoutNanos(), TimeUnit.NANOSECONDS)
            .withExecutor(Runnable::run)
            .withAuthority(of.getAuthority())
            .withCompression(of.getCompressor())
            .withCallCredentials(of.getCredentials())
            .withOption(Pick.OPTION, pick)
            .withStreamTracerFactory(pick);
    Integer most = of.getMaxOutboundMessageSize();
    return most == null ? options : options.withMaxOutboundMessageSize(most);
  }

  void message(Q message) {
    if (message instanceof InputStream) {
      // What the service reads of it, the mirror could not.
      cancel();
    } else {
      each(copy -> copy.sendMessage(message));
    }
  }

  void halfClose() {
    each(ClientCall::halfClose);
  }

  void compression(boolean enabled) {
    each(copy -> copy.setMessageCompression(enabled));
  }

  void cancel() {
    each(copy -> copy.cancel("the call it copies was given up", null));
    copies.clear();
  }

  private void each(Consumer<ClientCall<Q, ?>> step) {
    for (ClientCall<Q, ?> copy : copies) {
      try {
        step.accept(copy);
      } catch (RuntimeException e) {
        copy.cancel("the copy could not go on", e);
      }
    }
  }

  /** Hears the end of a copy, and nothing else. */
  private static final class Dropped<R> extends ClientCall.Listener<R> {
    private final Attempt copy;
    private final Pick pick;

    Dropped(Attempt copy, Pick pick) {
      this.copy = copy;
      this.pick = pick;
    }

    @Override
    public void onClose(Status status, Metadata trailers) {
      AttemptEnd.tell(copy, pick, status, trailers);
    }
  }
}
