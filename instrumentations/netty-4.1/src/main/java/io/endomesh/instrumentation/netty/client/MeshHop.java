package io.endomesh.instrumentation.netty.client;

import io.endomesh.dataplane.CallContext;
import io.endomesh.dataplane.route.VirtualHost;
import io.endomesh.weaving.Weaving;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelPromise;
import io.netty.channel.socket.SocketChannel;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * The call hook: a channel that speaks HTTP to a host of the mesh is connected to the mesh, before
 * DNS is asked. Thread-safe.
 */
final class MeshHop {

  private MeshHop() {}

  /**
   * @param channel registered, with the pipeline of the application
   * @return null if the library is to connect by itself
   */
  static @Nullable ChannelFuture connect(
      Channel channel,
      SocketAddress remote,
      @Nullable SocketAddress local,
      ChannelPromise promise) {
    CallContext opened = Contexts.takeOpenedFor(channel);
    if (!(remote instanceof InetSocketAddress asked)
        || !(channel instanceof SocketChannel socket)
        || Weaving.onAgentThread()
        || !Transports.has(channel)) {
      return null;
    }
    Layout layout = Layout.of(channel.pipeline());
    if (layout == null) {
      return null;
    }
    Target target = new Target(asked, layout.tls() != null, local);
    if (!Weaving.mesh().knows(target.authority())
        || target.secure() && !allProveIdentities(target.authority())) {
      return null;
    }
    MeshedConnection.on(socket, target, layout, opened);
    promise.addListener(ChannelFutureListener.CLOSE_ON_FAILURE);
    // As the library does it: handlers of the application may say what they say to a connection.
    channel.eventLoop().execute(() -> channel.connect(remote, local, promise));
    return promise;
  }

  /**
   * False if an endpoint is to be spoken to by TLS of the application: that belongs to its channel,
   * and is done once.
   */
  private static boolean allProveIdentities(String authority) {
    @Nullable VirtualHost host = Weaving.mesh().snapshot().hosts().get(authority);
    return host != null
        && host.routes().stream()
            .flatMap(route -> route.clusters().stream())
            .flatMap(cluster -> cluster.endpoints().stream())
            .allMatch(endpoint -> endpoint.asksForIdentity());
  }
}
