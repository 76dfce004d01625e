package io.endomesh.contracts.grpc.library;

import io.endomesh.dataplane.CallContext;
import io.endomesh.testkit.GrpcUnderTest;
import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerBuilder;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/** The contract's service on a free port. Thread-safe. */
final class EchoServer implements GrpcUnderTest.Server {

  static final Metadata.Key<String> HEADER =
      Metadata.Key.of("x-test", Metadata.ASCII_STRING_MARSHALLER);

  private static final Context.Key<String> SEEN = Context.key("seen");

  private final String name;
  private final Server server;
  private final List<GrpcUnderTest.Call> calls = new CopyOnWriteArrayList<>();
  private final List<String> received = new CopyOnWriteArrayList<>();
  private final Map<String, String> trailers = new ConcurrentHashMap<>();
  private volatile int status;
  private volatile boolean holds;

  EchoServer(String name) throws IOException {
    this.name = name;
    ServerServiceDefinition service =
        ServerServiceDefinition.builder("test.Echo")
            .addMethod(Grpc.UNARY, ServerCalls.asyncUnaryCall((in, to) -> answer(in, to, 1)))
            .addMethod(Grpc.RENAMED, ServerCalls.asyncUnaryCall((in, to) -> answer(in, to, 1)))
            .addMethod(
                Grpc.SERVER, ServerCalls.asyncServerStreamingCall((in, to) -> answer(in, to, 3)))
            .addMethod(Grpc.CLIENT, ServerCalls.asyncClientStreamingCall(this::collect))
            .addMethod(Grpc.BIDI, ServerCalls.asyncBidiStreamingCall(this::each))
            .build();
    server = ServerBuilder.forPort(0).addService(service).intercept(new Seen()).build().start();
  }

  private void answer(String message, StreamObserver<String> to, int times) {
    received.add(message);
    if (holds || message.equals("hold")) {
      return;
    }
    if (status != 0) {
      Metadata returned = new Metadata();
      trailers.forEach((trailer, value) -> returned.put(key(trailer), value));
      to.onError(
          Status.fromCodeValue(status).withDescription("as the test asked").asException(returned));
      return;
    }
    for (int i = 0; i < times; i++) {
      to.onNext(text());
    }
    to.onCompleted();
  }

  private StreamObserver<String> collect(StreamObserver<String> to) {
    List<String> messages = new ArrayList<>();
    return new Receiver() {
      @Override
      public void onNext(String message) {
        messages.add(message);
      }

      @Override
      public void onCompleted() {
        to.onNext(text() + "|" + String.join("+", messages));
        to.onCompleted();
      }
    };
  }

  private StreamObserver<String> each(StreamObserver<String> to) {
    return new Receiver() {
      @Override
      public void onNext(String message) {
        to.onNext(text() + "|" + message);
      }

      @Override
      public void onCompleted() {
        to.onCompleted();
      }
    };
  }

  private String text() {
    return name + "|" + CallContext.current().caller() + "|" + SEEN.get();
  }

  static Map<String, String> text(Metadata metadata) {
    Map<String, String> text = new HashMap<>();
    for (String name : metadata.keys()) {
      if (!name.endsWith(Metadata.BINARY_HEADER_SUFFIX)) {
        text.put(name, metadata.getAll(key(name)).iterator().next());
      }
    }
    return text;
  }

  private static Metadata.Key<String> key(String name) {
    return Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER);
  }

  @Override
  public void returning(String trailer, String value) {
    trailers.put(trailer, value);
  }

  @Override
  public void holding() {
    holds = true;
  }

  @Override
  public List<GrpcUnderTest.Call> calls() {
    return calls;
  }

  @Override
  public List<String> messages() {
    return received;
  }

  @Override
  public int port() {
    return server.getPort();
  }

  @Override
  public void answering(int grpcStatus) {
    status = grpcStatus;
  }

  @Override
  public void close() {
    server.shutdownNow();
  }

  /** A caller that goes away has nothing more to be told. */
  private abstract static class Receiver implements StreamObserver<String> {
    @Override
    public void onError(Throwable cancelled) {}
  }

  private final class Seen implements ServerInterceptor {
    @Override
    public <Q, R> ServerCall.Listener<Q> interceptCall(
        ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
      calls.add(
          new GrpcUnderTest.Call(
              call.getMethodDescriptor().getFullMethodName(),
              String.valueOf(call.getAuthority()),
              text(headers)));
      Context seen =
          Context.current().withValue(SEEN, call.getAuthority() + "|" + headers.get(HEADER));
      return Contexts.interceptCall(seen, call, headers, next);
    }
  }
}
