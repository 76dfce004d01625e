package io.endomesh.contracts.undertow.server;

import io.endomesh.testkit.ServerUnderTest;
import io.undertow.servlet.api.ServletInfo;
import io.undertow.servlet.util.ImmediateInstanceHandle;
import java.lang.reflect.Constructor;

/** An Undertow that maps paths to servlets, with a rewrite in front of them. Thread-safe. */
public final class RoutingServlets implements ServerUnderTest {

  private final RoutingUndertow server;

  /**
   * @param application class of the servlets
   */
  public RoutingServlets(Class<?> application) throws Exception {
    server =
        new RoutingUndertow(
            UndertowServlets.deploy(servlet(application, "admin"), servlet(application, "public")));
  }

  @SuppressWarnings({"rawtypes", "unchecked"}) // A servlet of whichever Jakarta EE.
  private static ServletInfo servlet(Class application, String name) throws Exception {
    Constructor<?> constructor = application.getDeclaredConstructor(String.class);
    constructor.setAccessible(true);
    Object servlet = constructor.newInstance(name);
    return new ServletInfo(name, application, () -> new ImmediateInstanceHandle(servlet))
        .addMapping("/" + name + "/*");
  }

  @Override
  public int port() {
    return server.port();
  }

  @Override
  public void close() {
    server.close();
  }
}
