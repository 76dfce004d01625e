package io.endomesh.contracts.jetty.server;

import io.endomesh.contracts.jetty.JettyContract.Jetty;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;
import org.eclipse.jetty.ee10.servlet.ServletHolder;
import org.eclipse.jetty.http2.server.HTTP2CServerConnectionFactory;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;

/** A Jetty that can HTTP/2, with the contract's handlers as a servlet. Thread-safe. */
public final class JettyServer implements Jetty {

  private final Server server = new Server();
  private final ServerConnector connector;
  private final int port;

  public JettyServer() throws Exception {
    HttpConfiguration http = new HttpConfiguration();
    connector =
        new ServerConnector(
            server, new HttpConnectionFactory(http), new HTTP2CServerConnectionFactory(http));
    connector.setHost("127.0.0.1");
    server.addConnector(connector);
    ServletContextHandler context = new ServletContextHandler("/");
    context.addServlet(new ServletHolder(new JettyHandlers()), "/*");
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
  public void beginShutdown() {
    connector.shutdown();
  }

  @Override
  public void close() throws Exception {
    server.stop();
  }
}
