package io.endomesh.contracts.grpc.library;

import io.endomesh.testkit.GrpcUnderTest;
import io.endomesh.testkit.GrpcUnderTest.Answer;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A channel as an application makes it, and its calls. Thread-safe. */
final class EchoClient implements GrpcUnderTest.Client {

  private static final Metadata.Key<String> DECIDED_BY =
      Metadata.Key.of("x-endomesh-decided-by", Metadata.ASCII_STRING_MARSHALLER);

  /** Longer than any call of the contract takes; a hanging call fails its test. */
  private static final long MAX_SECONDS = 15;

  private final ManagedChannel channel;

  EchoClient(ManagedChannel channel) {
    this.channel = channel;
  }

  @Override
  public Answer unary(String message, @Nullable Duration deadline, boolean waitForReady) {
    CallOptions options = CallOptions.DEFAULT;
    if (deadline != null) {
      options = options.withDeadlineAfter(deadline.toMillis(), TimeUnit.MILLISECONDS);
    }
    return call(Grpc.UNARY, waitForReady ? options.withWaitForReady() : options, List.of(message));
  }

  @Override
  public GrpcUnderTest.Running start(String message) {
    return begin(Grpc.UNARY, CallOptions.DEFAULT, List.of(message));
  }

  @Override
  public Answer serverStreaming(String message) {
    return call(Grpc.SERVER, CallOptions.DEFAULT, List.of(message));
  }

  @Override
  public Answer clientStreaming(List<String> messages) {
    return call(Grpc.CLIENT, CallOptions.DEFAULT, messages);
  }

  @Override
  public Answer bidirectional(List<String> messages) {
    return call(Grpc.BIDI, CallOptions.DEFAULT, messages);
  }

  private Answer call(
      MethodDescriptor<String, String> method, CallOptions options, List<String> messages) {
    return begin(method, options, messages).answer();
  }

  private GrpcUnderTest.Running begin(
      MethodDescriptor<String, String> method, CallOptions options, List<String> messages) {
    ClientCall<String, String> call = channel.newCall(method, options);
    Listener listener = new Listener();
    Metadata headers = new Metadata();
    headers.put(EchoServer.HEADER, "app");
    call.start(listener, headers);
    call.request(Integer.MAX_VALUE);
    messages.forEach(call::sendMessage);
    call.halfClose();
    return new Running(call, listener.ended);
  }

  private record Running(ClientCall<String, String> call, CompletableFuture<Answer> future)
      implements GrpcUnderTest.Running {

    @Override
    public void cancel() {
      call.cancel("as the test asked", null);
    }

    @Override
    public Answer answer() {
      return future.orTimeout(MAX_SECONDS, TimeUnit.SECONDS).join();
    }

    @Override
    public boolean ended() {
      return future.isDone();
    }
  }

  @Override
  public void close() {
    channel.shutdownNow();
  }

  private static final class Listener extends ClientCall.Listener<String> {
    private final List<String> received = new ArrayList<>();
    private final Map<String, String> headers = new HashMap<>();
    private final CompletableFuture<Answer> ended = new CompletableFuture<>();

    @Override
    public void onHeaders(Metadata answered) {
      headers.putAll(EchoServer.text(answered));
    }

    @Override
    public void onMessage(String message) {
      received.add(message);
    }

    @Override
    public void onClose(Status status, Metadata trailers) {
      String text = status.isOk() ? String.join(",", received) : status.getDescription();
      headers.putAll(EchoServer.text(trailers));
      ended.complete(
          new Answer(
              status.getCode().value(),
              String.valueOf(text),
              trailers.get(DECIDED_BY),
              Map.copyOf(headers)));
    }
  }
}
