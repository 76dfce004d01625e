package io.endomesh.contracts.httpserver;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.endomesh.testkit.ServerUnderTest;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;

/**
 * A server of the JDK that maps paths to two applications. Its contexts are prefixes of text, so
 * those for what is below a path end with a slash, and a last one looks at the whole. Thread-safe.
 */
final class RoutingServer implements ServerUnderTest {

  private final HttpServer server;

  RoutingServer() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/admin/", exchange -> answer(exchange, "admin"));
    server.createContext("/public/", exchange -> answer(exchange, "public"));
    server.createContext("/", RoutingServer::whole);
    server.start();
  }

  private static void whole(HttpExchange exchange) throws IOException {
    switch (exchange.getRequestURI().getPath()) {
      case "/admin" -> answer(exchange, "admin");
      case "/public" -> answer(exchange, "public");
      default -> exchange.sendResponseHeaders(404, -1);
    }
  }

  private static void answer(HttpExchange exchange, String name) throws IOException {
    exchange.getResponseHeaders().set("x-application", name);
    String path = exchange.getRequestURI().getPath();
    exchange.getResponseHeaders().set("x-path", URLEncoder.encode(path, StandardCharsets.UTF_8));
    exchange.sendResponseHeaders(200, -1);
  }

  @Override
  public int port() {
    return server.getAddress().getPort();
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
