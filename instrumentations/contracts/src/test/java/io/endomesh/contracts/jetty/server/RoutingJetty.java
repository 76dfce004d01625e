package io.endomesh.contracts.jetty.server;

import io.endomesh.testkit.ServerUnderTest;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;
import org.eclipse.jetty.ee10.servlet.ServletHolder;
import org.eclipse.jetty.http.UriCompliance;
import org.eclipse.jetty.rewrite.handler.RewriteHandler;
import org.eclipse.jetty.rewrite.handler.RewriteRegexRule;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;

/**
 * A Jetty that maps paths to servlets: {@code /admin/*}, {@code /public/*}, and a rewrite of its
 * own that makes {@code /moved/…} the first. Thread-safe.
 */
public final class RoutingJetty implements ServerUnderTest {

  private final Server server = new Server();
  private final int port;

  /**
   * @param compliance name of a {@link UriCompliance}: which ambiguous paths are routed all the
   *     same; none, by Jetty's {@code DEFAULT}
   */
  public RoutingJetty(String compliance) throws Exception {
    UriCompliance paths = UriCompliance.valueOf(compliance);
    HttpConfiguration http = new HttpConfiguration();
    http.setUriCompliance(paths);
    ServerConnector connector = new ServerConnector(server, new HttpConnectionFactory(http));
    connector.setHost("127.0.0.1");
    server.addConnector(connector);
    ServletContextHandler context = new ServletContextHandler("/");
    context.addServlet(new ServletHolder(new Application("admin")), "/admin/*");
    context.addServlet(new ServletHolder(new Application("public")), "/public/*");
    context.getServletHandler().setDecodeAmbiguousURIs(paths != UriCompliance.DEFAULT);
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
