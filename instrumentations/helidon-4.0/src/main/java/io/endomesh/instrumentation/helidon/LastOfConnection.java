package io.endomesh.instrumentation.helidon;

import io.endomesh.dataplane.http.LastStreams;
import io.helidon.http.http2.Http2ErrorCode;
import io.helidon.http.http2.Http2Flag;
import io.helidon.http.http2.Http2GoAway;
import io.helidon.http.http2.Http2Settings;
import io.helidon.http.http2.Http2StreamWriter;
import io.helidon.webserver.ConnectionContext;
import org.jspecify.annotations.Nullable;

/**
 * A connection of HTTP/2 that is to end, in frames that Helidon writes: by itself it says goodbye
 * only as it closes one. Loaded where there is HTTP/2. Thread-safe.
 */
final class LastOfConnection implements LastStreams.Connection {

  /** All that has arrived; nothing else is on its way in a pause. */
  private static final int HIGHEST = Integer.MAX_VALUE;

  private final Wire wire;
  private final Http2StreamWriter writer;
  private final Http2Settings settings;

  private LastOfConnection(Wire wire, Http2StreamWriter writer, Http2Settings settings) {
    this.wire = wire;
    this.writer = writer;
    this.settings = settings;
  }

  /** Null if the mesh does not look into the connection. */
  static @Nullable Wire wire(ConnectionContext connection) {
    return connection.remotePeer() instanceof MeshPeer peer ? peer.wire() : null;
  }

  /** The answer of a stream has ended that should have been the last. */
  static void ended(Wire wire, Http2StreamWriter writer, Http2Settings settings) {
    LastStreams.endInNextPause(new LastOfConnection(wire, writer, settings));
  }

  @Override
  public boolean isQuiet() {
    return wire.isQuiet();
  }

  /** The thread that reads finds the connection closed, and ends. */
  @Override
  public void end() {
    Http2GoAway goodbye = new Http2GoAway(HIGHEST, Http2ErrorCode.NO_ERROR, "");
    writer.write(goodbye.toFrameData(settings, 0, Http2Flag.NoFlags.create()));
    wire.close();
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof LastOfConnection last && last.wire == wire;
  }

  @Override
  public int hashCode() {
    return System.identityHashCode(wire);
  }
}
