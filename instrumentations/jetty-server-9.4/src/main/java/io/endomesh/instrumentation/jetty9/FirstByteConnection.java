package io.endomesh.instrumentation.jetty9;

import io.endomesh.dataplane.identity.ServerTls;
import io.endomesh.instrumentation.jetty9.before10.JettyApi;
import io.endomesh.weaving.AgentLog;
import io.endomesh.weaving.Refusals;
import io.endomesh.weaving.Weaving;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import javax.net.ssl.SSLEngine;
import org.eclipse.jetty.io.AbstractConnection;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.BufferUtil;
import org.jspecify.annotations.Nullable;

/**
 * A connection of which nothing was read yet. Its first byte tells whether it goes on as mutual TLS
 * of the mesh, by Jetty's own code for TLS, or as what the connector serves. Used by one thread at
 * a time, as all connections of Jetty.
 */
final class FirstByteConnection extends AbstractConnection implements Connection.UpgradeFrom {

  /** As Jetty calls a factory of such connections, in lower case. */
  private static final String HTTP_2_WITHOUT_TLS = "h2c";

  private final ServerConnector connector;
  private final int port;

  /** Empty, as Jetty has it: what is read is between position and limit. */
  private final ByteBuffer firstByte = BufferUtil.allocate(1);

  private FirstByteConnection(ServerConnector connector, EndPoint endPoint, int port) {
    super(endPoint, connector.getExecutor());
    this.connector = connector;
    this.port = port;
    // Those that count or limit connections are to see each from its beginning.
    connector.getBeans(Connection.Listener.class).forEach(each -> JettyApi.listens(this, each));
  }

  /** Null if the mesh does not look into connections to this port. */
  static @Nullable FirstByteConnection of(ServerConnector connector, EndPoint endPoint) {
    int port = port(endPoint);
    return ServedPorts.serves(connector) && Weaving.mesh().serverTls(port).detects()
        ? new FirstByteConnection(connector, endPoint, port)
        : null;
  }

  private static int port(EndPoint endPoint) {
    @Nullable InetSocketAddress address = endPoint.getLocalAddress();
    return address == null ? 0 : address.getPort();
  }

  @Override
  public void onOpen() {
    super.onOpen();
    fillInterested();
  }

  @Override
  public void onFillable() {
    try {
      int read = getEndPoint().fill(firstByte);
      if (read == 0) {
        fillInterested();
        return;
      }
      Connection next = read < 0 ? null : next();
      if (next == null) {
        getEndPoint().close();
      } else {
        getEndPoint().upgrade(next);
      }
    } catch (Throwable failure) {
      AgentLog.debug("closed a connection to port " + port + ": " + failure);
      getEndPoint().close();
    }
  }

  @Override
  public ByteBuffer onUpgradeFrom() {
    return firstByte;
  }

  /**
   * The policy is read here, once for each connection.
   *
   * @return null if the connection is refused
   */
  private @Nullable Connection next() {
    ServerTls tls = Weaving.mesh().serverTls(port);
    SSLEngine engine = tls.engine(firstByte.get(0), protocols());
    if (engine != null) {
      return overTls(engine);
    }
    if (tls.acceptsPlaintext()) {
      return connector.getDefaultConnectionFactory().newConnection(connector, getEndPoint());
    }
    @Nullable InetSocketAddress peer = getEndPoint().getRemoteAddress();
    Refusals.plaintext(port, peer == null ? null : peer.getAddress());
    return null;
  }

  /**
   * HTTP/2 where the connector has it without TLS: its connection finds it by its preface then, as
   * of callers that know it beforehand.
   */
  private String[] protocols() {
    return connector.getProtocols().contains(HTTP_2_WITHOUT_TLS)
        ? new String[] {"h2", "http/1.1"}
        : new String[] {"http/1.1"};
  }

  /** Without the connector's listeners: they are told of what is inside, and count it once. */
  private Connection overTls(SSLEngine engine) {
    MeshConnection tls = new MeshConnection(connector, getEndPoint(), engine);
    // A peer that were another one later is none that policies were asked about.
    tls.setRenegotiationAllowed(false);
    EndPoint inside = tls.getDecryptedEndPoint();
    inside.setConnection(connector.getDefaultConnectionFactory().newConnection(connector, inside));
    return tls;
  }
}
