package io.endomesh.contracts.jetty9.server;

import io.endomesh.contracts.jetty.JettyContract.Jetty;
import org.eclipse.jetty.http2.server.HTTP2CServerConnectionFactory;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.servlet.ServletContextHandler;

/**
 * A Jetty of 9.4 to 11 that can HTTP/2, with the contract's handlers as a servlet. Compiled against
 * Jetty 12 by what all have. Thread-safe.
 */
public final class JettyServer implements Jetty {

  private final Server server = new Server();
  private final ServerConnector connector;
  private final int port;

  /**
   * @param handlers binary name of the servlet
   */
  public JettyServer(String handlers) throws Exception {
    HttpConfiguration http = new HttpConfiguration();
    connector =
        new ServerConnector(
            server, new HttpConnectionFactory(http), new HTTP2CServerConnectionFactory(http));
    connector.setHost("127.0.0.1");
    server.addConnector(connector);
    ServletContextHandler context = new ServletContextHandler();
    context.addServlet(Servlets.make(handlers), "/*");
    server.setHandler(context);
    server.start();
    port = connector.getLocalPort();
  }

  @Override
  public String version() {
    return Server.getVersion();
  }

  @Override
  public int port() {
    return port;
  }

  @Override
  public void beginShutdown() throws ReflectiveOperationException {
    // It returns another type in Jetty 12.
    connector.getClass().getMethod("shutdown").invoke(connector);
  }

  @Override
  public void close() throws Exception {
    server.stop();
  }
}
