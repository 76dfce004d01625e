package io.endomesh.contracts.jetty.server;

import io.endomesh.testkit.WebSocketEcho;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.function.BiConsumer;
import org.eclipse.jetty.io.AbstractConnection;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.util.BufferUtil;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

/**
 * A connection that Jetty, of 9.4 to 12, goes on with behind an upgrade: a WebSocket that says back
 * what it is told. Used by one thread at a time.
 */
public final class JettyWebSocket extends AbstractConnection implements Connection.UpgradeTo {

  private static final int BUFFER_BYTES = 8_192;

  private final WebSocketEcho echo = new WebSocketEcho();
  private byte[] first = {};

  private JettyWebSocket(Connection before) {
    super(before.getEndPoint(), Runnable::run);
  }

  /** Where the answer of the request that is handled here is 101. */
  public static void begin(BiConsumer<String, Object> attributes) {
    // As Jetty names them in 9.4, 10 and 11, and 12.
    String server = "org.eclipse.jetty.server.";
    for (String owner : new String[] {"HttpConnection", "HttpTransport", "HttpStream"}) {
      if (constant(server + owner) instanceof String attribute) {
        attributes.accept(attribute, new JettyWebSocket(current(server)));
        return;
      }
    }
    throw new IllegalStateException("no upgrades in this Jetty");
  }

  private static @Nullable Object constant(String owner) {
    try {
      return Class.forName(owner).getField("UPGRADE_CONNECTION_ATTRIBUTE").get(null);
    } catch (ReflectiveOperationException ofAnotherVersion) {
      return null;
    }
  }

  private static Connection current(String server) {
    for (String name : new String[] {"HttpConnection", "internal.HttpConnection"}) {
      try {
        return (Connection)
            Class.forName(server + name).getMethod("getCurrentConnection").invoke(null);
      } catch (ClassNotFoundException ofAnotherVersion) {
        continue;
      } catch (ReflectiveOperationException e) {
        throw new IllegalStateException(e);
      }
    }
    throw new IllegalStateException("no connections of HTTP/1.1 in this Jetty");
  }

  /** What Jetty has read behind the request; 9.4.20 gives null for nothing. */
  @Override
  public void onUpgradeTo(@Nullable ByteBuffer read) {
    first = read == null ? first : BufferUtil.toArray(read);
  }

  @Override
  public void onOpen() {
    super.onOpen();
    answer(ByteBuffer.wrap(first));
  }

  @Override
  public void onFillable() {
    ByteBuffer read = BufferUtil.allocate(BUFFER_BYTES);
    int count;
    try {
      count = getEndPoint().fill(read);
    } catch (IOException callerIsGone) {
      count = -1;
    }
    if (count < 0) {
      close();
    } else if (count == 0) {
      fillInterested();
    } else {
      answer(read);
    }
  }

  private void answer(ByteBuffer read) {
    EndPoint endPoint = getEndPoint();
    endPoint.write(
        new Callback() {
          @Override
          public void succeeded() {
            if (echo.isClosed()) {
              close();
            } else {
              fillInterested();
            }
          }

          @Override
          public void failed(Throwable callerIsGone) {
            close();
          }
        },
        ByteBuffer.wrap(echo.answer(read)));
  }
}
