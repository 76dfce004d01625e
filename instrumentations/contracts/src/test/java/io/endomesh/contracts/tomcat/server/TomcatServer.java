package io.endomesh.contracts.tomcat.server;

import io.endomesh.testkit.StagedHttpServerContract.Staged;
import java.lang.reflect.Method;
import java.nio.file.Path;
import java.util.Set;
import org.apache.catalina.Context;
import org.apache.catalina.LifecycleException;
import org.apache.catalina.connector.Connector;
import org.apache.catalina.startup.Tomcat;
import org.apache.catalina.util.ServerInfo;
import org.apache.catalina.webresources.TomcatURLStreamHandlerFactory;
import org.apache.coyote.http2.Http2Protocol;

/** A Tomcat with a NIO connector that can HTTP/2, and the contract's handlers. Thread-safe. */
public final class TomcatServer implements Staged {

  private final Tomcat tomcat = new Tomcat();
  private final int port;

  /**
   * @param upgrade binary name of the handler of upgrades
   * @param endpoint simple name of the WebSocket
   */
  public TomcatServer(Path directory, String upgrade, String endpoint)
      throws LifecycleException, ReflectiveOperationException {
    // A JVM takes one handler factory only, and each version of Tomcat would set its own.
    TomcatURLStreamHandlerFactory.disable();
    tomcat.setBaseDir(directory.toString());
    Connector connector = new Connector("org.apache.coyote.http11.Http11NioProtocol");
    connector.setPort(0);
    connector.setProperty("address", "127.0.0.1");
    connector.addUpgradeProtocol(new Http2Protocol());
    tomcat.setConnector(connector);
    Context context = tomcat.addContext("", directory.toString());
    addWebSocket(context, Class.forName(TomcatServer.class.getPackageName() + "." + endpoint));
    tomcat.getEngine().getPipeline().addValve(new Handlers(Class.forName(upgrade)));
    tomcat.start();
    port = connector.getLocalPort();
  }

  /** As a scan for annotations would: the types are of {@code javax} or {@code jakarta}. */
  private static void addWebSocket(Context context, Class<?> endpoint)
      throws ReflectiveOperationException {
    // Its filter is asked in front of a servlet only.
    Tomcat.addServlet(context, "default", "org.apache.catalina.servlets.DefaultServlet");
    context.addServletMappingDecoded("/", "default");
    Object module =
        Class.forName("org.apache.tomcat.websocket.server.WsSci").getConstructor().newInstance();
    for (Method method : Context.class.getMethods()) {
      if (method.getName().equals("addServletContainerInitializer")) {
        method.invoke(context, module, Set.of(endpoint));
      }
    }
  }

  /** Tomcat's own number has a fourth part, the build's. */
  @Override
  public String version() {
    String number = ServerInfo.getServerNumber();
    return number.substring(0, number.lastIndexOf('.'));
  }

  @Override
  public int port() {
    return port;
  }

  @Override
  public void close() throws LifecycleException {
    if (tomcat.getServer().getState().isAvailable()) {
      tomcat.stop();
      tomcat.destroy();
    }
  }
}
