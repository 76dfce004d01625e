package io.endomesh.instrumentation.grpc.core;

import io.endomesh.weaving.Weaving;
import io.grpc.Attributes;
import io.grpc.EquivalentAddressGroup;
import io.grpc.NameResolver;
import io.grpc.Status;
import io.grpc.SynchronizationContext;
import java.net.SocketAddress;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Resolves a host that the mesh knows to "ask the mesh for each call", and any other through DNS as
 * if the mesh were not there. A host may change sides while the channel is open. All but {@link
 * #follow} run in the channel's synchronization context.
 */
final class MeshNameResolver extends NameResolver {

  /** On the resolution result if it comes from the mesh: the host, as the mesh is asked for it. */
  static final Attributes.Key<String> AUTHORITY = Attributes.Key.create("io.endomesh.authority");

  private enum Side {
    UNDECIDED,
    MESH,
    DNS
  }

  private final NameResolver dns;
  private final String authority;
  private final SynchronizationContext context;
  private @Nullable Listener2 listener;
  private boolean dnsStarted;
  private volatile Side side = Side.UNDECIDED;

  MeshNameResolver(NameResolver dns, String authority, SynchronizationContext context) {
    this.dns = dns;
    this.authority = authority.toLowerCase(Locale.ROOT);
    this.context = context;
  }

  @Override
  public String getServiceAuthority() {
    return dns.getServiceAuthority();
  }

  @Override
  public void start(Listener2 listener) {
    this.listener = listener;
    resolve();
  }

  @Override
  public void refresh() {
    resolve();
  }

  @Override
  public void shutdown() {
    dns.shutdown();
    listener = null;
  }

  /**
   * Goes to the side where the host is now.
   *
   * @return true if calls can be given to the mesh
   */
  boolean follow(boolean known) {
    Side now = side;
    if (now == Side.UNDECIDED || (now == Side.MESH) == known) {
      return known;
    }
    context.execute(this::resolve);
    return side == Side.MESH;
  }

  private void resolve() {
    Listener2 to = listener;
    if (to == null) {
      return;
    }
    if (!Weaving.mesh().knows(authority)) {
      askDns(to);
    } else if (side != Side.MESH) {
      side = Side.MESH;
      to.onResult(
          ResolutionResult.newBuilder()
              .setAddresses(List.of(new EquivalentAddressGroup(new MeshAddress(authority))))
              .setAttributes(Attributes.newBuilder().set(AUTHORITY, authority).build())
              .build());
    }
  }

  private void askDns(Listener2 to) {
    side = Side.DNS;
    if (dnsStarted) {
      dns.refresh();
    } else {
      dnsStarted = true;
      dns.start(new WhileDns(to));
    }
  }

  /** Passes on what DNS says, as long as the host is not in the mesh. */
  private final class WhileDns extends Listener2 {

    private final Listener2 to;

    WhileDns(Listener2 to) {
      this.to = to;
    }

    @Override
    public void onResult(ResolutionResult result) {
      if (side == Side.DNS) {
        to.onResult(result);
      }
    }

    @Override
    public void onError(Status error) {
      if (side == Side.DNS) {
        to.onError(error);
      }
    }
  }

  /** Stands for whatever endpoints the mesh picks from; shown in the channel's own log. */
  private static final class MeshAddress extends SocketAddress {

    private final String authority;

    MeshAddress(String authority) {
      this.authority = authority;
    }

    @Override
    public String toString() {
      return "endomesh:" + authority;
    }
  }
}
