package io.endomesh.contracts.undertow.server;

import io.endomesh.testkit.ServerUnderTest;
import io.undertow.servlet.api.ServletInfo;

/** An Undertow that can HTTP/2, with the contract's handlers as a servlet. Thread-safe. */
public final class ServletUndertow implements ServerUnderTest {

  private final UndertowServer server;

  /**
   * @param servlet class of the servlet
   */
  @SuppressWarnings({"rawtypes", "unchecked"}) // A servlet of whichever Jakarta EE.
  public ServletUndertow(Class servlet) throws Exception {
    server =
        new UndertowServer(
            UndertowServlets.deploy(
                new ServletInfo("handlers", servlet).addMapping("/*").setAsyncSupported(true)));
  }

  @Override
  public int port() {
    return server.port();
  }

  public void shutDown() throws InterruptedException {
    server.shutDown();
  }

  @Override
  public void close() {
    server.close();
  }
}
