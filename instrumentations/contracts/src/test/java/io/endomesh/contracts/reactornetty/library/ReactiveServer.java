package io.endomesh.contracts.reactornetty.library;

import io.endomesh.contracts.reactornetty.ReactorNettyServer;
import io.endomesh.dataplane.CallContext;
import io.netty.channel.Channel;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.concurrent.DefaultEventExecutor;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Mono;
import reactor.netty.DisposableServer;
import reactor.netty.http.HttpProtocol;
import reactor.netty.http.client.HttpClient;
import reactor.netty.http.server.HttpServer;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;

/** A server of Reactor Netty that can HTTP/2, with the contract's handlers. Thread-safe. */
public final class ReactiveServer implements ReactorNettyServer {

  /** Longer than any test lets a request be under way. */
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  /** More than a message of the contract has. */
  private static final int MOST_CHARS = 2_000_000;

  private final DefaultEventExecutor executor = new DefaultEventExecutor();
  private final DisposableServer server;

  public ReactiveServer() {
    server =
        HttpServer.create()
            .host("127.0.0.1")
            .port(0)
            .protocol(HttpProtocol.HTTP11, HttpProtocol.H2C)
            .channelGroup(new DefaultChannelGroup(executor))
            .handle(ReactiveServer::answer)
            .bindNow();
  }

  private static Publisher<Void> answer(HttpServerRequest request, HttpServerResponse response) {
    String path = "/" + request.path();
    response.header("x-path", path);
    response.header("x-names", String.join(" ", request.requestHeaders().names()));
    return switch (path) {
      case "/context" ->
          response.sendString(Mono.just(String.valueOf(CallContext.current().caller())));
      case "/async" -> response.sendString(later());
      case "/certificate" ->
          response.sendString(Mono.just(request.scheme() + " " + subject(request)));
      case "/websocket" ->
          response.sendWebsocket(
              (in, out) -> out.sendString(in.aggregateFrames(MOST_CHARS).receive().asString()));
      // One that throws instead of this has its connection closed.
      case "/fails" -> Mono.error(new IllegalStateException("as the test asked"));
      default -> response.send(request.receive().retain());
    };
  }

  private static Mono<String> later() {
    return Mono.fromFuture(
        CompletableFuture.supplyAsync(
            () -> "later", task -> new Thread(task, "answering").start()));
  }

  private static String subject(HttpServerRequest request) {
    AtomicReference<@Nullable SslHandler> tls = new AtomicReference<>();
    request.withConnection(connection -> tls.set(tls(connection.channel())));
    SslHandler handler = tls.get();
    try {
      return handler == null
          ? "none"
          : ((X509Certificate) handler.engine().getSession().getPeerCertificates()[0])
              .getSubjectX500Principal()
              .getName();
    } catch (SSLPeerUnverifiedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** A stream of HTTP/2 is a channel of its own, on that of the connection. */
  private static @Nullable SslHandler tls(Channel channel) {
    SslHandler found = channel.pipeline().get(SslHandler.class);
    Channel parent = channel.parent();
    return found != null || parent == null ? found : parent.pipeline().get(SslHandler.class);
  }

  @Override
  public String version() {
    return HttpClient.USER_AGENT.substring(HttpClient.USER_AGENT.indexOf('/') + 1);
  }

  @Override
  public int port() {
    return server.port();
  }

  @Override
  public void shutDown() {
    server.disposeNow(PATIENCE);
  }

  @Override
  public void close() {
    server.channel().close().syncUninterruptibly();
    server.disposeNow(PATIENCE);
    executor.shutdownGracefully();
  }
}
