package io.endomesh.instrumentation.helidon;

import io.endomesh.dataplane.CallContext;
import io.endomesh.dataplane.InboundCall;
import io.helidon.http.HttpPrologue;
import io.helidon.http.Status;
import io.helidon.http.http2.Http2Settings;
import io.helidon.http.http2.Http2StreamWriter;
import io.helidon.webserver.ConnectionContext;
import org.jspecify.annotations.Nullable;

/**
 * A stream of HTTP/2 that runs. Immutable.
 *
 * @param before context of the thread until then
 * @param wire what it came over; null if the mesh does not look into that
 */
public record RunningStream(CallContext before, @Nullable Wire wire) {

  static RunningStream begin(ConnectionContext connection) {
    Wire wire = LastOfConnection.wire(connection);
    if (wire != null) {
      wire.begins();
    }
    return new RunningStream(CallContext.current(), wire);
  }

  void end(
      @Nullable HttpPrologue prologue,
      Http2StreamWriter writer,
      Http2Settings settings,
      @Nullable Throwable failure) {
    CallContext.restore(before);
    InboundCall call = DecidedBefore.take(prologue);
    if (wire != null) {
      wire.ends();
    }
    if (call != null) {
      ServedRequest.end(call, failure == null ? Status.OK_200 : null, failure);
    }
    if (wire != null && (wire.isToEnd() || (call != null && call.isLastOfConnection()))) {
      LastOfConnection.ended(wire, writer, settings);
    }
  }
}
