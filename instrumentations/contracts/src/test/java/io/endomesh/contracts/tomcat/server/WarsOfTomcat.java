package io.endomesh.contracts.tomcat.server;

import io.endomesh.contracts.tomcat.WarsUnderTest;
import io.endomesh.weaving.Weaving;
import java.nio.file.Path;
import org.apache.catalina.Context;
import org.apache.catalina.LifecycleException;
import org.apache.catalina.connector.Connector;
import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.apache.catalina.loader.WebappLoader;
import org.apache.catalina.startup.Tomcat;
import org.apache.catalina.valves.ValveBase;
import org.apache.catalina.valves.rewrite.RewriteValve;
import org.apache.catalina.webresources.TomcatURLStreamHandlerFactory;

/** Applications with class loaders of their own, and a valve in place of a servlet. Thread-safe. */
public final class WarsOfTomcat implements WarsUnderTest {

  private final Tomcat tomcat = new Tomcat();
  private final int port;

  public WarsOfTomcat(Path directory) throws Exception {
    // A JVM takes one handler factory only, and each version of Tomcat would set its own.
    TomcatURLStreamHandlerFactory.disable();
    tomcat.setBaseDir(directory.toString());
    Connector connector = new Connector("org.apache.coyote.http11.Http11NioProtocol");
    connector.setPort(0);
    connector.setProperty("address", "127.0.0.1");
    tomcat.setConnector(connector);
    RewriteValve rewrite = new RewriteValve();
    tomcat.getHost().getPipeline().addValve(rewrite);
    for (String path : new String[] {"", "/orders", "/payments"}) {
      Context context = tomcat.addContext(path, directory.toString());
      context.setLoader(new WebappLoader());
      context.getPipeline().addValve(new Answer());
    }
    tomcat.start();
    rewrite.setConfiguration("RewriteRule ^/payments/moved$ /orders/moved");
    port = connector.getLocalPort();
  }

  private static final class Answer extends ValveBase {
    @Override
    public void invoke(Request request, Response response) {
      response.setHeader("x-path", request.getDecodedRequestURI());
      response.setHeader("x-service", Weaving.mesh().workload().service());
    }
  }

  @Override
  public int port() {
    return port;
  }

  @Override
  public void undeploy(String contextPath) {
    tomcat.getHost().removeChild(tomcat.getHost().findChild(contextPath));
  }

  @Override
  public void reload(String contextPath) {
    ((Context) tomcat.getHost().findChild(contextPath)).reload();
  }

  @Override
  public void close() throws LifecycleException {
    tomcat.stop();
    tomcat.destroy();
  }
}
