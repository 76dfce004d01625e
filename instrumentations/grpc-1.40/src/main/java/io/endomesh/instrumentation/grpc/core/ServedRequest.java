package io.endomesh.instrumentation.grpc.core;

import io.endomesh.dataplane.InboundRequest;
import io.endomesh.dataplane.Protocol;
import io.endomesh.dataplane.identity.Peer;
import io.endomesh.instrumentation.grpc.Shared;
import io.endomesh.weaving.WeakIdentityMap;
import io.grpc.Attributes;
import io.grpc.Grpc;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import java.net.InetSocketAddress;
import java.util.List;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/** A gRPC call that arrived, as the mesh sees it. Not thread-safe. */
final class ServedRequest implements InboundRequest {

  private static final Attributes.Key<Boolean> MESH_SESSION =
      Shared.object(
          Attributes.Key.class,
          Shared.MESH_SESSION,
          () -> Attributes.Key.create(Shared.MESH_SESSION));

  private static final Attributes.Key<Runnable> CLOSE =
      Shared.object(Attributes.Key.class, Shared.CLOSE, () -> Attributes.Key.create(Shared.CLOSE));

  /** Of sessions of the mesh. What is kept for one does not hold it. */
  private static final WeakIdentityMap<SSLSession, Peer> PEERS = new WeakIdentityMap<>();

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
  public Iterable<String> headerNames() {
    return headers.keys();
  }

  @Override
  public void setHeader(String name, String value) {
    if (!MetadataText.isText(name)) {
      throw new IllegalArgumentException("header " + name + " (expected: one of text)");
    }
    MetadataText.set(headers, name, value);
  }

  @Override
  public void removeHeader(String name) {
    MetadataText.remove(headers, name);
  }

  @Override
  public boolean replayable() {
    return false;
  }

  @Override
  public List<String> peerIdentities() {
    return peer().identities();
  }

  /** Of mesh sessions only: another TLS set-up may trust authorities that give out any name. */
  @Override
  public Peer peer() {
    Attributes attributes = call.getAttributes();
    if (attributes.get(CLOSE) == null) {
      return Peer.UNKNOWN;
    }
    SSLSession session =
        attributes.get(MESH_SESSION) == null
            ? null
            : attributes.get(Grpc.TRANSPORT_ATTR_SSL_SESSION);
    if (session == null) {
      return Peer.PLAINTEXT;
    }
    Peer known = PEERS.get(session);
    if (known == null) {
      known = Peer.ofKept(session);
      PEERS.put(session, known);
    }
    return known;
  }

  /** Calls under way are answered before. */
  void closeConnection() {
    Runnable close = call.getAttributes().get(CLOSE);
    if (close != null) {
      close.run();
    }
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
