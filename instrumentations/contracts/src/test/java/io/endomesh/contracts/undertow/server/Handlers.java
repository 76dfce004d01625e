package io.endomesh.contracts.undertow.server;

import io.endomesh.dataplane.CallContext;
import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import io.undertow.server.SSLSessionInfo;
import io.undertow.util.HttpString;
import io.undertow.websockets.core.AbstractReceiveListener;
import io.undertow.websockets.core.BufferedTextMessage;
import io.undertow.websockets.core.WebSocketChannel;
import io.undertow.websockets.core.WebSockets;
import java.io.IOException;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.stream.Collectors;
import javax.net.ssl.SSLPeerUnverifiedException;

/** The handlers the contract asks for. Thread-safe. */
final class Handlers implements HttpHandler {

  private static final HttpString PATH = new HttpString("x-path");
  private static final HttpString NAMES = new HttpString("x-names");

  /** A web socket that answers with what it is told. */
  private static final HttpHandler ECHO =
      io.undertow.Handlers.websocket(
          (exchange, socket) -> {
            socket.getReceiveSetter().set(new Echo());
            socket.resumeReceives();
          });

  private static final class Echo extends AbstractReceiveListener {
    @Override
    protected void onFullTextMessage(WebSocketChannel socket, BufferedTextMessage message) {
      WebSockets.sendText(message.getData(), socket, null);
    }
  }

  @Override
  public void handleRequest(HttpServerExchange exchange) throws Exception {
    String path = exchange.getRequestPath();
    exchange.getResponseHeaders().put(PATH, path);
    String names =
        exchange.getRequestHeaders().getHeaderNames().stream()
            .map(HttpString::toString)
            .collect(Collectors.joining(" "));
    exchange.getResponseHeaders().put(NAMES, names);
    switch (path) {
      case "/context" ->
          exchange.getResponseSender().send(String.valueOf(CallContext.current().caller()));
      case "/async" -> exchange.dispatch(Handlers::onAnotherThread, () -> send(exchange, "later"));
      case "/dispatched" ->
          exchange.dispatch(() -> send(exchange, String.valueOf(CallContext.current().caller())));
      case "/certificate" ->
          exchange.getResponseSender().send(exchange.getRequestScheme() + " " + subject(exchange));
      case "/websocket" -> ECHO.handleRequest(exchange);
      case "/fails" -> throw new IllegalStateException("as the test asked");
      default -> {
        if (exchange.isInIoThread()) {
          exchange.dispatch(this);
        } else {
          echo(exchange);
        }
      }
    }
  }

  private static void echo(HttpServerExchange exchange) throws IOException {
    exchange.startBlocking();
    exchange.getInputStream().transferTo(exchange.getOutputStream());
  }

  private static void send(HttpServerExchange exchange, String text) {
    exchange.getResponseSender().send(text);
  }

  private static String subject(HttpServerExchange exchange)
      throws SSLPeerUnverifiedException, io.undertow.server.RenegotiationRequiredException {
    SSLSessionInfo session = exchange.getConnection().getSslSessionInfo();
    if (session == null) {
      return "none";
    }
    Certificate[] chain = session.getPeerCertificates();
    return ((X509Certificate) chain[0]).getSubjectX500Principal().getName();
  }

  private static void onAnotherThread(Runnable task) {
    Thread thread = new Thread(task, "answering");
    thread.setDaemon(true);
    thread.start();
  }
}
