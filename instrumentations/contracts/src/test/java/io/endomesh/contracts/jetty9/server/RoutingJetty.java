package io.endomesh.contracts.jetty9.server;

import io.endomesh.testkit.ServerUnderTest;
import org.eclipse.jetty.http.UriCompliance;
import org.eclipse.jetty.rewrite.handler.RewriteHandler;
import org.eclipse.jetty.rewrite.handler.RewriteRegexRule;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.servlet.ServletContextHandler;

/**
 * A Jetty of 9.4 to 11 that maps paths to servlets: {@code /admin/*}, {@code /public/*}, and a
 * rewrite of its own that makes {@code /moved/…} the first. Compiled against Jetty 12 by what all
 * have. Thread-safe.
 */
public final class RoutingJetty implements ServerUnderTest {

  private final Server server = new Server();
  private final int port;

  /**
   * @param application binary name of the servlets
   * @param compact if several slashes are one to it
   * @param compliance name of a {@link UriCompliance}: which ambiguous paths are routed all the
   *     same; empty for Jetty 9 and the first 10 and 11, which have none
   */
  public RoutingJetty(String application, boolean compact, String compliance) throws Exception {
    HttpConfiguration http = new HttpConfiguration();
    if (!compliance.isEmpty()) {
      http.setUriCompliance(UriCompliance.valueOf(compliance));
    }
    ServerConnector connector = new ServerConnector(server, new HttpConnectionFactory(http));
    connector.setHost("127.0.0.1");
    server.addConnector(connector);
    ServletContextHandler context = new ServletContextHandler();
    // Not in Jetty 12.
    context.getClass().getMethod("setCompactPath", boolean.class).invoke(context, compact);
    context.addServlet(Servlets.make(application, "admin"), "/admin/*");
    context.addServlet(Servlets.make(application, "public"), "/public/*");
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
