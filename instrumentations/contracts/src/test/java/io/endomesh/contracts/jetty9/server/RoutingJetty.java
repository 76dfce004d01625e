package io.endomesh.contracts.jetty9.server;

import io.endomesh.testkit.ServerUnderTest;
import org.eclipse.jetty.rewrite.handler.RewriteHandler;
import org.eclipse.jetty.rewrite.handler.RewriteRegexRule;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.servlet.ServletContextHandler;
import org.eclipse.jetty.servlet.ServletHolder;

/**
 * A Jetty that maps paths to servlets: {@code /admin/*}, {@code /public/*}, and a rewrite of its
 * own that makes {@code /moved/…} the first. Compiled against Jetty 12 by what both have.
 * Thread-safe.
 */
public final class RoutingJetty implements ServerUnderTest {

  private final Server server = new Server();
  private final int port;

  /**
   * @param compact if several slashes are one to it
   */
  public RoutingJetty(boolean compact) throws Exception {
    ServerConnector connector =
        new ServerConnector(server, new HttpConnectionFactory(new HttpConfiguration()));
    connector.setHost("127.0.0.1");
    server.addConnector(connector);
    ServletContextHandler context = new ServletContextHandler();
    // Not in Jetty 12.
    context.getClass().getMethod("setCompactPath", boolean.class).invoke(context, compact);
    context.addServlet(new ServletHolder(new Application("admin")), "/admin/*");
    context.addServlet(new ServletHolder(new Application("public")), "/public/*");
    RewriteHandler rewrite = new RewriteHandler();
    rewrite.addRule(new RewriteRegexRule("^/moved/(.*)$", "/admin/$1"));
    rewrite.setHandler(context);
    server.setHandler(rewrite);
    server.start();
    port = connector.getLocalPort();
  }

  @Override
  public int port() {
    return port;
  }

  @Override
  public void close() throws Exception {
    server.stop();
  }
}
