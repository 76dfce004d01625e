package io.endomesh.contracts.grpc.library;

import io.endomesh.testkit.GrpcUnderTest;
import io.grpc.ManagedChannelBuilder;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/** One version of gRPC, used as an application uses it. Immutable. */
public final class Grpc implements GrpcUnderTest {

  static final MethodDescriptor<String, String> UNARY = method("Unary", MethodType.UNARY);
  static final MethodDescriptor<String, String> RENAMED = method("Renamed", MethodType.UNARY);
  static final MethodDescriptor<String, String> SERVER =
      method("Server", MethodType.SERVER_STREAMING);
  static final MethodDescriptor<String, String> CLIENT =
      method("Client", MethodType.CLIENT_STREAMING);
  static final MethodDescriptor<String, String> BIDI = method("Bidi", MethodType.BIDI_STREAMING);

  @Override
  public Server serve(String name) throws IOException {
    return new EchoServer(name);
  }

  @Override
  public Client connect(String target) {
    return new EchoClient(ManagedChannelBuilder.forTarget(target).usePlaintext().build());
  }

  private static MethodDescriptor<String, String> method(String name, MethodType type) {
    return MethodDescriptor.<String, String>newBuilder()
        .setType(type)
        .setFullMethodName("test.Echo/" + name)
        .setRequestMarshaller(new Text())
        .setResponseMarshaller(new Text())
        .build();
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
