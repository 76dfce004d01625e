package io.endomesh.instrumentation.tomcat;

import io.endomesh.weaving.Weaving;
import org.apache.tomcat.util.collections.SynchronizedStack;
import org.apache.tomcat.util.net.NioChannel;
import org.apache.tomcat.util.net.NioEndpoint;
import org.apache.tomcat.util.net.SocketBufferHandler;
import org.apache.tomcat.util.net.SocketProperties;
import org.jspecify.annotations.Nullable;

/**
 * Stands where a NIO endpoint takes the channel for a new connection from: gives it one that
 * detects TLS, if the mesh wants the port's bytes looked at, and otherwise what it would have had.
 * Channels of both kinds are used again, each by its own kind. Thread-safe.
 */
final class MeshChannels extends SynchronizedStack<NioChannel> {

  /** As many detecting channels are kept for reuse; each holds some 50 KB of buffers. */
  private static final int REUSED = 128;

  private final NioEndpoint endpoint;
  private final @Nullable SynchronizedStack<NioChannel> plain;

  MeshChannels(NioEndpoint endpoint, @Nullable SynchronizedStack<NioChannel> plain) {
    super(REUSED, REUSED);
    this.endpoint = endpoint;
    this.plain = plain;
  }

  @Override
  public @Nullable NioChannel pop() {
    if (!endpoint.isRunning()) {
      // Emptied by an endpoint that stops, which goes on until there is none.
      NioChannel used = usedDetecting();
      return used != null || plain == null ? used : plain.pop();
    }
    if (!Weaving.mesh().serverTls(ServedPorts.number(endpoint)).detects()) {
      return plain == null ? null : plain.pop();
    }
    NioChannel used = usedDetecting();
    if (used != null) {
      return used;
    }
    if (!endpoint.isRunning()) {
      // An endpoint that stops frees channels until there are none: it is not to be given new ones.
      return plain == null ? null : plain.pop();
    }
    SocketProperties properties = endpoint.getSocketProperties();
    return new MeshChannel(
        new SocketBufferHandler(
            properties.getAppReadBufSize(),
            properties.getAppWriteBufSize(),
            properties.getDirectBuffer()),
        endpoint);
  }

  private synchronized @Nullable NioChannel usedDetecting() {
    return super.pop();
  }

  @Override
  public boolean push(NioChannel channel) {
    if (channel instanceof MeshChannel) {
      synchronized (this) {
        return super.push(channel);
      }
    }
    return plain != null && plain.push(channel);
  }

  @Override
  public void clear() {
    synchronized (this) {
      super.clear();
    }
    if (plain != null) {
      plain.clear();
    }
  }
}
