package io.endomesh.contracts.tomcat.server;

import io.endomesh.testkit.StagedHttpServerContract.Staged;
import java.nio.file.Path;
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
   */
  public TomcatServer(Path directory, String upgrade)
      throws LifecycleException, ClassNotFoundException {
    // A JVM takes one handler factory only, and each version of Tomcat would set its own.
    TomcatURLStreamHandlerFactory.disable();
    tomcat.setBaseDir(directory.toString());
    Connector connector = new Connector("org.apache.coyote.http11.Http11NioProtocol");
    connector.setPort(0);
    connector.setProperty("address", "127.0.0.1");
    connector.addUpgradeProtocol(new Http2Protocol());
    tomcat.setConnector(connector);
    tomcat.addContext("", directory.toString());
    tomcat.getEngine().getPipeline().addValve(new Handlers(Class.forName(upgrade)));
    tomcat.start();
    port = connector.getLocalPort();
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
