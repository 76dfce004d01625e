package io.endomesh.instrumentation.grpc.core;

import io.endomesh.dataplane.InboundRequest;
import io.endomesh.dataplane.Protocol;
import io.endomesh.dataplane.identity.PeerIdentities;
import io.endomesh.instrumentation.grpc.Shared;
import io.grpc.Attributes;
import io.grpc.Grpc;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import java.net.InetSocketAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A gRPC call that arrived, as the mesh sees it. Not thread-safe. */
final class ServedRequest implements InboundRequest {

  private static final Attributes.Key<Boolean> MESH_SESSION =
      Shared.object(
          Attributes.Key.class,
          Shared.MESH_SESSION,
          () -> Attributes.Key.create(Shared.MESH_SESSION));

  private final ServerCall<?, ?> call;
  private final Metadata headers;
  private final InetSocketAddress local;
  private final String path;

  private ServedRequest(ServerCall<?, ?> call, Metadata headers, InetSocketAddress local) {
    this.call = call;
    this.headers = headers;
    this.local = local;
    this.path = "/" + call.getMethodDescriptor().getFullMethodName();
  }

  /** Null if the call did not come through a network port: in-process, or a domain socket. */
  static @Nullable ServedRequest of(ServerCall<?, ?> call, Metadata headers) {
    return call.getAttributes().get(Grpc.TRANSPORT_ATTR_LOCAL_ADDR)
            instanceof InetSocketAddress local
        ? new ServedRequest(call, headers, local)
        : null;
  }

  @Override
  public Protocol protocol() {
    return Protocol.GRPC;
  }

  @Override
  public String authority() {
    String authority = call.getAuthority();
    return authority == null ? "" : authority;
  }

  @Override
  public String method() {
    return "POST";
  }

  @Override
  public String path() {
    return path;
  }

  @Override
  public @Nullable String header(String name) {
    return MetadataText.get(headers, name);
  }

  @Override
  public boolean replayable() {
    return false;
  }

  /** Of mesh sessions only: another TLS set-up may trust authorities that give out any name. */
  @Override
  public List<String> peerIdentities() {
    Attributes attributes = call.getAttributes();
    return attributes.get(MESH_SESSION) == null
        ? List.of()
        : PeerIdentities.of(attributes.get(Grpc.TRANSPORT_ATTR_SSL_SESSION));
  }

  @Override
  public @Nullable String remoteAddress() {
    return call.getAttributes().get(Grpc.TRANSPORT_ATTR_REMOTE_ADDR)
                instanceof InetSocketAddress remote
            && remote.getAddress() != null
        ? remote.getAddress().getHostAddress()
        : null;
  }

  @Override
  public int localPort() {
    return local.getPort();
  }
}
