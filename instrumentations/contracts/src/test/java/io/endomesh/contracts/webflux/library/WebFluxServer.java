package io.endomesh.contracts.webflux.library;

import static org.springframework.web.reactive.function.server.RequestPredicates.all;
import static org.springframework.web.reactive.function.server.RouterFunctions.route;
import static org.springframework.web.reactive.function.server.RouterFunctions.toWebHandler;

import io.endomesh.dataplane.CallContext;
import io.endomesh.testkit.StagedHttpServerContract.Staged;
import java.util.concurrent.CompletableFuture;
import org.springframework.core.SpringVersion;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.http.server.reactive.ReactorHttpHandlerAdapter;
import org.springframework.http.server.reactive.SslInfo;
import org.springframework.web.reactive.function.BodyExtractors;
import org.springframework.web.reactive.function.BodyInserters;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;
import org.springframework.web.reactive.socket.server.support.HandshakeWebSocketService;
import org.springframework.web.reactive.socket.server.upgrade.ReactorNettyRequestUpgradeStrategy;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebHandler;
import org.springframework.web.server.adapter.WebHttpHandlerBuilder;
import reactor.core.publisher.Mono;
import reactor.netty.DisposableServer;
import reactor.netty.http.HttpProtocol;
import reactor.netty.http.server.HttpServer;
import reactor.netty.http.server.WebsocketServerSpec;

/** The contract's handlers as functions of WebFlux, on Reactor Netty. Thread-safe. */
public final class WebFluxServer implements Staged {

  /** More than a message of the contract has. */
  private static final int MOST_BYTES = 2_000_000;

  private static final WebHandler FUNCTIONS = toWebHandler(route(all(), WebFluxServer::answer));

  private static final HandshakeWebSocketService SOCKETS =
      new HandshakeWebSocketService(
          new ReactorNettyRequestUpgradeStrategy(
              () -> WebsocketServerSpec.builder().maxFramePayloadLength(MOST_BYTES)));

  private final DisposableServer server =
      HttpServer.create()
          .host("127.0.0.1")
          .port(0)
          .protocol(HttpProtocol.HTTP11, HttpProtocol.H2C)
          .handle(
              new ReactorHttpHandlerAdapter(
                  WebHttpHandlerBuilder.webHandler(WebFluxServer::handle).build()))
          .bindNow();

  private static Mono<Void> handle(ServerWebExchange exchange) {
    return exchange.getRequest().getPath().value().equals("/websocket")
        ? SOCKETS.handleRequest(
            exchange,
            session ->
                session.send(
                    session.receive().map(told -> session.textMessage(told.getPayloadAsText()))))
        : FUNCTIONS.handle(exchange);
  }

  private static Mono<ServerResponse> answer(ServerRequest request) {
    ServerResponse.BodyBuilder ok =
        ServerResponse.ok()
            .header("x-path", request.path())
            .header(
                "x-names",
                String.join(" ", request.headers().asHttpHeaders().toSingleValueMap().keySet()));
    return switch (request.path()) {
      case "/context" -> ok.bodyValue(String.valueOf(CallContext.current().caller()));
      case "/async" -> later().flatMap(ok::bodyValue);
      case "/certificate" -> ok.bodyValue(request.uri().getScheme() + " " + subject(request));
      case "/fails" -> throw new IllegalStateException("as the test asked");
      default ->
          ok.body(
              BodyInserters.fromPublisher(
                  request.body(BodyExtractors.toDataBuffers()), DataBuffer.class));
    };
  }

  private static Mono<String> later() {
    return Mono.fromFuture(
        CompletableFuture.supplyAsync(
            () -> "later", task -> new Thread(task, "answering").start()));
  }

  private static String subject(ServerRequest request) {
    SslInfo tls = request.exchange().getRequest().getSslInfo();
    return tls == null || tls.getPeerCertificates() == null
        ? "none"
        : tls.getPeerCertificates()[0].getSubjectX500Principal().getName();
  }

  @Override
  public String version() {
    return String.valueOf(SpringVersion.getVersion());
  }

  @Override
  public int port() {
    return server.port();
  }

  @Override
  public void close() {
    server.disposeNow();
  }
}
