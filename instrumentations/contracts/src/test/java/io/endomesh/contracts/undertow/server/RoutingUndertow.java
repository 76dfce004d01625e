package io.endomesh.contracts.undertow.server;

import io.endomesh.testkit.ServerUnderTest;
import io.undertow.Handlers;
import io.undertow.Undertow;
import io.undertow.attribute.RelativePathAttribute;
import io.undertow.predicate.Predicates;
import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.HttpString;
import java.net.InetSocketAddress;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;

/**
 * An Undertow that maps paths to handlers: {@code /admin} and {@code /public} with all below them,
 * and a rewrite of its own that makes {@code /moved/…} the first. Thread-safe.
 */
public final class RoutingUndertow implements ServerUnderTest {

  private static final HttpString APPLICATION = new HttpString("x-application");
  private static final HttpString PATH = new HttpString("x-path");

  private final Undertow server;

  public RoutingUndertow() {
    this(
        Handlers.path()
            .addPrefixPath("/admin", exchange -> answer(exchange, "admin"))
            .addPrefixPath("/public", exchange -> answer(exchange, "public")));
  }

  /**
   * @param routes what chooses by the path, behind the rewrite
   */
  RoutingUndertow(HttpHandler routes) {
    HttpHandler moved =
        exchange -> {
          String path = exchange.getRequestPath().replaceFirst("^/moved/", "/admin/");
          RelativePathAttribute.INSTANCE.writeAttribute(exchange, path);
          routes.handleRequest(exchange);
        };
    server =
        Undertow.builder()
            .addHttpListener(0, "127.0.0.1")
            .setHandler(Handlers.predicate(Predicates.prefix("/moved"), moved, routes))
            .build();
    server.start();
  }

  private static void answer(HttpServerExchange exchange, String name) {
    exchange.getResponseHeaders().put(APPLICATION, name);
    String path = URLEncoder.encode(exchange.getRequestPath(), StandardCharsets.UTF_8);
    exchange.getResponseHeaders().put(PATH, path);
    exchange.endExchange();
  }

  @Override
  public int port() {
    return ((InetSocketAddress) server.getListenerInfo().get(0).getAddress()).getPort();
  }

  @Override
  public void close() {
    server.stop();
  }
}
