package io.endomesh.xds.remote;

import io.endomesh.xds.http2.Http2Connection;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The controller: asked over the connection that agents have to it, of which others take care.
 *
 * @param connected null while there is none
 */
record ControllerPeers(Supplier<@Nullable Http2Connection> connected) implements Peers {

  private record Controller(Http2Connection connection) implements Peer {
    @Override
    public void outcome(int grpcStatus, long durationNanos) {}

    @Override
    public void end() {}
  }

  @Override
  public @Nullable Peer next() {
    Http2Connection open = connected.get();
    return open == null || !open.isOpen() ? null : new Controller(open);
  }

  @Override
  public String why() {
    return "there is no connection to it";
  }
}
