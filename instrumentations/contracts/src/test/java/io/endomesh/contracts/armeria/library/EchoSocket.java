package io.endomesh.contracts.armeria.library;

import com.linecorp.armeria.server.HttpService;
import java.lang.reflect.Proxy;

/**
 * A WebSocket that says back what it is told, frame by frame, where Armeria has them. Stateless.
 */
final class EchoSocket {

  private static final String PACKAGE = "com.linecorp.armeria.server.websocket.";

  private EchoSocket() {}

  /**
   * @param without what is served where Armeria is too old
   */
  static HttpService service(HttpService without) {
    try {
      ClassLoader loader = HttpService.class.getClassLoader();
      Class<?> handler = loader.loadClass(PACKAGE + "WebSocketServiceHandler");
      // Called with the context and what comes in, it answers with what goes out.
      Object echo =
          Proxy.newProxyInstance(
              loader, new Class<?>[] {handler}, (proxy, method, arguments) -> arguments[1]);
      Object builder =
          loader
              .loadClass(PACKAGE + "WebSocketService")
              .getMethod("builder", handler)
              .invoke(null, echo);
      // By itself it is for browsers alone, which say where their page is from.
      Object anybody = new String[] {"*"};
      builder.getClass().getMethod("allowedOrigins", String[].class).invoke(builder, anybody);
      return (HttpService) builder.getClass().getMethod("build").invoke(builder);
    } catch (ClassNotFoundException before) {
      return without;
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
  }
}
