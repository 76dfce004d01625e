package io.endomesh.demo;

import com.google.protobuf.CodedOutputStream;
import io.endomesh.dataplane.identity.TestAuthority;
import io.grpc.MethodDescriptor;
import io.grpc.Server;
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
import java.nio.file.Path;
import java.security.KeyPair;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** The SPIFFE Workload API as SPIRE's agent serves it, for one workload at its own socket. */
final class SpireAgent implements AutoCloseable {

  private final TestAuthority authority;
  private final String spiffeId;
  private final NioEventLoopGroup loops = new NioEventLoopGroup(1);
  private final List<StreamObserver<byte[]>> streams = new CopyOnWriteArrayList<>();
  private final Server server;
  private volatile boolean registered;

  SpireAgent(Path socket, TestAuthority authority, String spiffeId) throws IOException {
    this.authority = authority;
    this.spiffeId = spiffeId;
    this.server =
        NettyServerBuilder.forAddress(UnixDomainSocketAddress.of(socket))
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
            .build()
            .start();
  }

  /** As by {@code spire-server entry create}. */
  void register() {
    registered = true;
  }

  /** Pushes another certificate. */
  void rotate() {
    byte[] next = svid();
    streams.forEach(stream -> stream.onNext(next));
  }

  private void fetch(byte[] request, StreamObserver<byte[]> out) {
    if (!registered) {
      out.onError(
          Status.PERMISSION_DENIED.withDescription("no identity issued").asRuntimeException());
      return;
    }
    out.onNext(svid());
    streams.add(out);
  }

  private byte[] svid() {
    KeyPair pair = TestAuthority.newKey();
    try {
      byte[] leaf = authority.certificate(pair, spiffeId).getEncoded();
      byte[] root = authority.root().getEncoded();
      byte[] svid =
          message(
              out -> {
                out.writeString(1, spiffeId);
                out.writeByteArray(2, leaf);
                out.writeByteArray(3, pair.getPrivate().getEncoded());
                out.writeByteArray(4, root);
              });
      return message(out -> out.writeByteArray(1, svid));
    } catch (java.security.GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
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
  public void close() {
    server.shutdownNow();
    loops.shutdownGracefully(0, 1, java.util.concurrent.TimeUnit.SECONDS);
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
