package io.endomesh.instrumentation.reactornetty;

import io.endomesh.dataplane.Call;
import io.endomesh.weaving.Weaving;
import java.net.InetSocketAddress;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.publisher.MonoSink;
import reactor.netty.Connection;
import reactor.netty.ConnectionObserver;
import reactor.netty.http.client.HttpClientConfig;
import reactor.netty.transport.TransportConfig;
import reactor.util.context.Context;

/**
 * The call hook: gives one hop of a call a channel to the mesh, or says by null that the library is
 * to connect by itself. Thread-safe.
 */
final class MeshHop {

  private MeshHop() {}

  static @Nullable Mono<Connection> acquire(
      TransportConfig config, ConnectionObserver observer, Supplier<?> remote) {
    // Web sockets take over their connection.
    if (!(config instanceof HttpClientConfig http)
        || http.remoteAddress() instanceof EndpointAddress
        || http.websocketClientSpec() != null
        || Weaving.onAgentThread()
        || !(Internals.asked(remote) instanceof InetSocketAddress host)) {
      return null;
    }
    RequestView view = new RequestView(host, http.isSecure(), http.responseTimeout());
    Call call = Weaving.mesh().call(view);
    if (call == null) {
      return null;
    }
    Internals.retryNever(remote);
    return Mono.create(sink -> open(new MeshChannel(http, host, call, view), sink, observer));
  }

  private static void open(
      MeshChannel channel, MonoSink<Connection> sink, ConnectionObserver observer) {
    sink.onCancel(channel::close);
    channel
        .open(new Opening(sink, observer))
        .addListener(
            registered -> {
              if (!registered.isSuccess()) {
                sink.error(registered.cause());
              }
            });
  }

  /** A connection that is used once, as the library's own unpooled ones. */
  private record Opening(MonoSink<Connection> sink, ConnectionObserver observer)
      implements ConnectionObserver {

    @Override
    public Context currentContext() {
      return observer.currentContext();
    }

    @Override
    public void onStateChange(Connection connection, State state) {
      if (state == State.CONFIGURED) {
        sink.success(connection);
      } else if (state == State.DISCONNECTING && connection.channel().isActive()) {
        connection.channel().close();
      }
      observer.onStateChange(connection, state);
    }

    @Override
    public void onUncaughtException(Connection connection, Throwable error) {
      sink.error(error);
      observer.onUncaughtException(connection, error);
    }
  }
}
