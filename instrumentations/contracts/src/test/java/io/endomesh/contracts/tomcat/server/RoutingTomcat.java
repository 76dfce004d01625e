package io.endomesh.contracts.tomcat.server;

import io.endomesh.testkit.ServerUnderTest;
import java.nio.file.Path;
import org.apache.catalina.Context;
import org.apache.catalina.LifecycleException;
import org.apache.catalina.Wrapper;
import org.apache.catalina.connector.Connector;
import org.apache.catalina.startup.Tomcat;
import org.apache.catalina.valves.rewrite.RewriteValve;
import org.apache.catalina.webresources.TomcatURLStreamHandlerFactory;

/**
 * A Tomcat that maps paths to servlets: {@code /admin/*}, {@code /public/*}, and a rewrite of its
 * own that makes {@code /moved/…} the first. Thread-safe.
 */
public final class RoutingTomcat implements ServerUnderTest {

  private final Tomcat tomcat = new Tomcat();
  private final int port;

  /**
   * @param encodedSolidus what Tomcat does with {@code %2F}: {@code reject}, its default, {@code
   *     decode} or {@code passthrough}
   */
  public RoutingTomcat(Path directory, String encodedSolidus) throws Exception {
    // A JVM takes one handler factory only, and each version of Tomcat would set its own.
    TomcatURLStreamHandlerFactory.disable();
    tomcat.setBaseDir(directory.toString());
    Connector connector = new Connector("org.apache.coyote.http11.Http11NioProtocol");
    connector.setPort(0);
    connector.setProperty("address", "127.0.0.1");
    connector.setEncodedSolidusHandling(encodedSolidus);
    tomcat.setConnector(connector);
    Context context = tomcat.addContext("", directory.toString());
    map(context, "admin");
    map(context, "public");
    RewriteValve rewrite = new RewriteValve();
    tomcat.getHost().getPipeline().addValve(rewrite);
    tomcat.start();
    rewrite.setConfiguration("RewriteRule ^/moved/(.*)$ /admin/$1");
    port = connector.getLocalPort();
  }

  private static void map(Context context, String name) {
    Wrapper wrapper = Tomcat.addServlet(context, name, "never.Loaded");
    wrapper.getPipeline().addValve(new Application(name));
    context.addServletMappingDecoded("/" + name + "/*", name);
  }

  @Override
  public int port() {
    return port;
  }

  @Override
  public void close() throws LifecycleException {
    tomcat.stop();
    tomcat.destroy();
  }
}
