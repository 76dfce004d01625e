package sample.echo;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.ServerServiceDefinition;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;

/** A gRPC server whose one method answers with what arrived. Thread-safe. */
final class GrpcEcho implements ServerInterceptor, AutoCloseable {

  static final MethodDescriptor<String, String> SAY =
      MethodDescriptor.<String, String>newBuilder()
          .setType(MethodType.UNARY)
          .setFullMethodName("sample.Echo/Say")
          .setRequestMarshaller(new Text())
          .setResponseMarshaller(new Text())
          .build();

  private static final Context.Key<Received> RECEIVED = Context.key("received");

  private final ObjectMapper json = new ObjectMapper();
  private final String name;
  private final Calls relayed;
  private final Server server;

  GrpcEcho(String name, Calls relayed) throws IOException {
    this.name = name;
    this.relayed = relayed;
    server =
        NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .addService(
                ServerServiceDefinition.builder("sample.Echo")
                    .addMethod(SAY, ServerCalls.asyncUnaryCall((in, to) -> answer(to)))
                    .build())
            .intercept(this)
            .build()
            .start();
  }

  private void answer(StreamObserver<String> to) {
    String relay = RECEIVED.get().headers().get(Calls.RELAY);
    try {
      Object received = relay == null ? RECEIVED.get() : relayed.relay(relay).get("received");
      to.onNext(json.writeValueAsString(received));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    to.onCompleted();
  }

  @Override
  public <Q, R> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
    Received received =
        new Received(name, "POST", "/" + call.getMethodDescriptor().getFullMethodName(), null);
    for (String header : headers.keys()) {
      if (!header.endsWith(Metadata.BINARY_HEADER_SUFFIX)) {
        headers.getAll(key(header)).forEach(value -> received.header(header, value));
      }
    }
    return Contexts.interceptCall(
        Context.current().withValue(RECEIVED, received), call, headers, next);
  }

  static Metadata.Key<String> key(String header) {
    return Metadata.Key.of(header, Metadata.ASCII_STRING_MARSHALLER);
  }

  @Override
  public void close() {
    server.shutdownNow();
  }

  private static final class Text implements MethodDescriptor.Marshaller<String> {
    @Override
    public InputStream stream(String value) {
      return new ByteArrayInputStream(value.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public String parse(InputStream stream) {
      try {
        return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
