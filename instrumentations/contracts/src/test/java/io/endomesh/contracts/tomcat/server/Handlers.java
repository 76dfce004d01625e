package io.endomesh.contracts.tomcat.server;

import io.endomesh.dataplane.CallContext;
import io.endomesh.testkit.WebSocketEcho;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.reflect.Method;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.util.Collections;
import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.apache.catalina.valves.ValveBase;
import org.apache.tomcat.util.net.SSLSupport;

/**
 * The handlers the contract asks for, as a valve: unlike a servlet it is the same class for {@code
 * javax} and {@code jakarta}. Thread-safe.
 */
final class Handlers extends ValveBase {

  private final Class<?> upgrade;

  /**
   * @param upgrade a handler of upgrades, of {@code javax} or {@code jakarta}
   */
  Handlers(Class<?> upgrade) {
    super(/* asyncSupported= */ true);
    this.upgrade = upgrade;
  }

  @Override
  public void invoke(Request request, Response response) throws IOException {
    String path = request.getDecodedRequestURI();
    if (path.equals("/websocket")) {
      toTheContext(request, response);
      return;
    }
    response.setHeader("x-path", path);
    response.setHeader("x-names", String.join(" ", Collections.list(request.getHeaderNames())));
    switch (path) {
      case "/context" -> write(response, String.valueOf(CallContext.current().caller()));
      case "/async" -> later(request, response);
      case "/certificate" -> write(response, request.getScheme() + " " + subject(request));
      case "/upgraded" -> upgrade(request, response);
      case "/fails" -> throw new IllegalStateException("as the test asked");
      default -> stream(request, "getInputStream", InputStream.class).transferTo(out(response));
    }
  }

  private void upgrade(Request request, Response response) throws IOException {
    response.setHeader("Connection", "Upgrade");
    response.setHeader("Upgrade", "websocket");
    response.setHeader(
        "Sec-WebSocket-Accept", WebSocketEcho.accept(request.getHeader("Sec-WebSocket-Key")));
    try {
      Request.class.getMethod("upgrade", Class.class).invoke(request, upgrade);
    } catch (ReflectiveOperationException e) {
      throw new IOException(e);
    }
  }

  /** To what Tomcat's module for WebSockets has put there, which is no valve. */
  private void toTheContext(Request request, Response response) throws IOException {
    try {
      getNext().invoke(request, response);
    } catch (IOException e) {
      throw e;
    } catch (Exception e) {
      throw new IOException(e);
    }
  }

  private static void write(Response response, String text) throws IOException {
    out(response).write(text.getBytes(StandardCharsets.UTF_8));
  }

  private static OutputStream out(Response response) throws IOException {
    return stream(response, "getOutputStream", OutputStream.class);
  }

  /** The streams are of {@code javax} or {@code jakarta} types, which methods are linked by. */
  private static <T> T stream(Object of, String method, Class<T> type) throws IOException {
    try {
      return type.cast(of.getClass().getMethod(method).invoke(of));
    } catch (ReflectiveOperationException e) {
      throw new IOException(e);
    }
  }

  private static String subject(Request request) throws IOException {
    try {
      String attribute = (String) SSLSupport.class.getField("CERTIFICATE_KEY").get(null);
      return request.getAttribute(attribute) instanceof X509Certificate[] chain
          ? chain[0].getSubjectX500Principal().getName()
          : "none";
    } catch (ReflectiveOperationException e) {
      throw new IOException(e);
    }
  }

  private static void later(Request request, Response response) throws IOException {
    try {
      request.setAsyncSupported(true);
      Object async = Request.class.getMethod("startAsync").invoke(request);
      Method complete = async.getClass().getMethod("complete");
      Thread answering =
          new Thread(
              () -> {
                try {
                  write(response, "later");
                  complete.invoke(async);
                } catch (IOException | ReflectiveOperationException e) {
                  throw new IllegalStateException(e);
                }
              },
              "answering");
      answering.setDaemon(true);
      answering.start();
    } catch (ReflectiveOperationException e) {
      throw new IOException(e);
    }
  }
}
