package io.endomesh.instrumentation.jetty9;

import io.endomesh.dataplane.http.LastStreams;
import java.util.Collection;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

/**
 * A connection of HTTP/2 that is to end, by Jetty's own means. They are public, and found by their
 * names: who has no HTTP/2 has no such class. Thread-safe.
 *
 * @param session Jetty's {@code HTTP2Session}
 */
record LastOfConnection(Object session) implements LastStreams.Connection {

  private static final int NO_ERROR = 0;

  private static final String CONNECTION = "org.eclipse.jetty.http2.HTTP2Connection";

  /** The answer of a stream has ended that should have been the last. */
  static void ended(@Nullable Connection connection) {
    if (connection == null) {
      return;
    }
    for (Class<?> type = connection.getClass(); type != null; type = type.getSuperclass()) {
      if (type.getName().equals(CONNECTION)) {
        LastStreams.endInNextPause(new LastOfConnection(call(type, "getSession", connection)));
        return;
      }
    }
  }

  @Override
  public boolean isQuiet() {
    return ((Collection<?>) call(session.getClass(), "getStreams", session)).isEmpty();
  }

  @Override
  public void end() {
    Callback disconnects =
        new Callback() {
          @Override
          public void succeeded() {
            call(session.getClass(), "disconnect", session);
          }

          @Override
          public void failed(Throwable peerIsGone) {
            succeeded();
          }
        };
    try {
      session
          .getClass()
          .getMethod("close", int.class, String.class, Callback.class)
          .invoke(session, NO_ERROR, "close", disconnects);
    } catch (ReflectiveOperationException e) {
      throw new LinkageError("HTTP2Session.close", e);
    }
  }

  private static Object call(Class<?> type, String method, Object of) {
    try {
      return type.getMethod(method).invoke(of);
    } catch (ReflectiveOperationException e) {
      throw new LinkageError(type.getName() + "." + method, e);
    }
  }
}
