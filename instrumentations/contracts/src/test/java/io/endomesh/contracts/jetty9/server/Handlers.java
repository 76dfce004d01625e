package io.endomesh.contracts.jetty9.server;

import io.endomesh.dataplane.CallContext;
import io.endomesh.testkit.WebSocketEcho;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.util.Collections;
import javax.servlet.AsyncContext;
import javax.servlet.ServletException;
import javax.servlet.http.HttpServlet;
import javax.servlet.http.HttpServletRequest;
import javax.servlet.http.HttpServletResponse;

/** The handlers the contract asks for, in any server of servlets. Thread-safe. */
class Handlers extends HttpServlet {

  private static final long serialVersionUID = 1;

  @Override
  protected void service(HttpServletRequest request, HttpServletResponse response)
      throws ServletException, IOException {
    String path = request.getPathInfo();
    response.setHeader("x-path", path);
    response.setHeader("x-names", String.join(" ", Collections.list(request.getHeaderNames())));
    switch (path) {
      case "/context" -> write(response, String.valueOf(CallContext.current().caller()));
      case "/async" -> later(request, response);
      case "/dispatched" -> dispatched(request, response);
      case "/certificate" -> write(response, request.getScheme() + " " + subject(request));
      case "/websocket" -> {
        response.setHeader("Connection", "Upgrade");
        response.setHeader("Upgrade", "websocket");
        response.setHeader(
            "Sec-WebSocket-Accept", WebSocketEcho.accept(request.getHeader("Sec-WebSocket-Key")));
        upgrade(request, response);
      }
      case "/fails" -> throw new IllegalStateException("as the test asked");
      default -> request.getInputStream().transferTo(response.getOutputStream());
    }
  }

  void upgrade(HttpServletRequest request, HttpServletResponse response)
      throws ServletException, IOException {
    request.upgrade(EchoUpgrade.class);
  }

  private static void write(HttpServletResponse response, String text) throws IOException {
    response.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
  }

  private static String subject(HttpServletRequest request) {
    return request.getAttribute("javax.servlet.request.X509Certificate")
            instanceof X509Certificate[] chain
        ? chain[0].getSubjectX500Principal().getName()
        : "none";
  }

  private static void later(HttpServletRequest request, HttpServletResponse response) {
    AsyncContext async = request.startAsync();
    onAnotherThread(
        () -> {
          try {
            write(response, "later");
            async.complete();
          } catch (IOException e) {
            throw new IllegalStateException(e);
          }
        });
  }

  /** Put aside, and then handled once more: whose call it is must be known again. */
  private static void dispatched(HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    if (request.getAttribute(AsyncContext.ASYNC_REQUEST_URI) == null) {
      AsyncContext async = request.startAsync();
      onAnotherThread(async::dispatch);
    } else {
      write(response, String.valueOf(CallContext.current().caller()));
    }
  }

  private static void onAnotherThread(Runnable task) {
    Thread thread = new Thread(task, "answering");
    thread.setDaemon(true);
    thread.start();
  }
}
