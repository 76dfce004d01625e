package io.endomesh.xds;

import com.google.protobuf.CodedOutputStream;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.netty.shaded.io.netty.channel.nio.NioEventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.socket.nio.NioServerDomainSocketChannel;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.jspecify.annotations.Nullable;

/** The SPIFFE Workload API on a Unix domain socket, by gRPC's own server, for one workload. */
final class FakeWorkloadApi implements AutoCloseable {

  private static final Metadata.Key<String> SECURITY =
      Metadata.Key.of("workload.spiffe.io", Metadata.ASCII_STRING_MARSHALLER);

  /** Of calls that were let in. */
  final BlockingQueue<StreamObserver<byte[]>> streams = new LinkedBlockingQueue<>();

  /** Of calls that were not. */
  final BlockingQueue<Status> denials = new LinkedBlockingQueue<>();

  /** Null: the workload is not registered. */
  volatile byte @Nullable [] answer;

  private final NioEventLoopGroup loops = new NioEventLoopGroup(1);
  private final Path path;
  private final Server server;

  FakeWorkloadApi(Path path) throws IOException {
    this.path = path;
    server =
        NettyServerBuilder.forAddress(UnixDomainSocketAddress.of(path))
            .channelType(NioServerDomainSocketChannel.class)
            .bossEventLoopGroup(loops)
            .workerEventLoopGroup(loops)
            .addService(
                ServerServiceDefinition.builder("SpiffeWorkloadAPI")
                    .addMethod(
                        MethodDescriptor.<byte[], byte[]>newBuilder()
                            .setType(MethodDescriptor.MethodType.SERVER_STREAMING)
                            .setFullMethodName("SpiffeWorkloadAPI/FetchX509SVID")
                            .setRequestMarshaller(new Bytes())
                            .setResponseMarshaller(new Bytes())
                            .build(),
                        ServerCalls.asyncServerStreamingCall(this::fetch))
                    .build())
            .intercept(new Guard())
            .build()
            .start();
  }

  private void fetch(byte[] request, StreamObserver<byte[]> out) {
    byte[] now = answer;
    if (now == null) {
      Status denied = Status.PERMISSION_DENIED.withDescription("no identity issued");
      denials.add(denied);
      out.onError(denied.asException());
    } else {
      out.onNext(now);
      streams.add(out);
    }
  }

  /** A certificate of this id and its key, in an answer of its own. */
  static byte[] svid(TestAuthority authority, String id, Instant end) {
    KeyPair pair = TestAuthority.newKey();
    return response(
        svid(
            id,
            encoded(authority.svid(pair.getPublic(), id, end)),
            pair.getPrivate().getEncoded(),
            encoded(authority.root())));
  }

  static byte[] encoded(X509Certificate certificate) {
    try {
      return certificate.getEncoded();
    } catch (java.security.GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  static byte[] svid(String id, byte[] chain, byte[] key, byte[] bundle) {
    return message(
        out -> {
          out.writeString(1, id);
          out.writeByteArray(2, chain);
          out.writeByteArray(3, key);
          out.writeByteArray(4, bundle);
          out.writeString(5, "internal");
        });
  }

  /** With fields that nobody reads here. */
  static byte[] response(byte[]... svids) {
    return message(
        out -> {
          out.writeByteArray(2, new byte[] {1, 2, 3});
          for (byte[] svid : svids) {
            out.writeByteArray(1, svid);
          }
          out.writeByteArray(3, new byte[] {10, 1, 'a', 18, 1, 7});
          out.writeUInt32(99, 1);
        });
  }

  private interface Writing {
    void to(CodedOutputStream out) throws IOException;
  }

  private static byte[] message(Writing writing) {
    try {
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      CodedOutputStream out = CodedOutputStream.newInstance(bytes);
      writing.to(out);
      out.flush();
      return bytes.toByteArray();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() throws Exception {
    server.shutdownNow();
    server.awaitTermination();
    loops.shutdownGracefully(0, 1, java.util.concurrent.TimeUnit.SECONDS).sync();
    Files.deleteIfExists(path);
  }

  /** As the standard says: without the header, a call may be one that somebody was made to make. */
  private static final class Guard implements ServerInterceptor {
    @Override
    public <I, O> ServerCall.Listener<I> interceptCall(
        ServerCall<I, O> call, Metadata headers, ServerCallHandler<I, O> next) {
      if (!"true".equals(headers.get(SECURITY))) {
        call.close(
            Status.INVALID_ARGUMENT.withDescription("security header missing from request"),
            new Metadata());
        return new ServerCall.Listener<>() {};
      }
      return next.startCall(call, headers);
    }
  }

  private static final class Bytes implements MethodDescriptor.Marshaller<byte[]> {
    @Override
    public InputStream stream(byte[] value) {
      return new ByteArrayInputStream(value);
    }

    @Override
    public byte[] parse(InputStream stream) {
      try {
        return stream.readAllBytes();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
