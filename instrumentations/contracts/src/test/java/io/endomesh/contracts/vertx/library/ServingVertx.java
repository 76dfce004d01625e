package io.endomesh.contracts.vertx.library;

import io.endomesh.contracts.vertx.VertxServer;
import io.endomesh.dataplane.CallContext;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.InvocationTargetException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;

/** A server of Vert.x, with the contract's handlers. Thread-safe. */
public final class ServingVertx implements VertxServer {

  private static final int FILE_BYTES = 1_000_000;

  /** More than a message of the contract has. */
  private static final int MOST_BYTES = 2_000_000;

  private final Vertx vertx = start();
  private final Path file = file();
  private final HttpServer server =
      vertx
          .createHttpServer(new HttpServerOptions().setMaxWebSocketMessageSize(MOST_BYTES))
          .requestHandler(this::answer)
          .webSocketHandler(socket -> socket.textMessageHandler(socket::writeTextMessage));

  public ServingVertx() {
    done(server.listen(0, "127.0.0.1"));
  }

  /** With as many threads as a test needs. */
  static Vertx start() {
    return Vertx.vertx(
        new VertxOptions()
            .setEventLoopPoolSize(2)
            .setWorkerPoolSize(2)
            .setInternalBlockingPoolSize(2));
  }

  private static Path file() {
    try {
      Path file = Files.createTempFile("endomesh", ".bin");
      Files.write(file, new byte[FILE_BYTES]);
      return file;
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Who throws from a handler is answered nothing by Vert.x: that is for the application to do. */
  private void answer(HttpServerRequest request) {
    try {
      route(request);
    } catch (IllegalStateException e) {
      request.response().setStatusCode(500).end();
    }
  }

  private void route(HttpServerRequest request) {
    HttpServerResponse response = request.response().putHeader("x-path", request.path());
    response.putHeader("x-names", String.join(" ", request.headers().names()));
    switch (request.path()) {
      case "/context" -> response.end(String.valueOf(CallContext.current().caller()));
      case "/async" -> new Thread(() -> response.end("later"), "answering").start();
      case "/certificate" -> response.end(request.scheme() + " " + subject(request.sslSession()));
      case "/file" -> response.sendFile(file.toString());
      case "/fails" -> throw new IllegalStateException("as the test asked");
      default -> request.pipeTo(response.setChunked(true));
    }
  }

  private static String subject(SSLSession session) {
    try {
      return session == null
          ? "none"
          : ((X509Certificate) session.getPeerCertificates()[0])
              .getSubjectX500Principal()
              .getName();
    } catch (SSLPeerUnverifiedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public String version() {
    return versionOfVertx();
  }

  static String versionOfVertx() {
    try (InputStream text =
        Vertx.class.getClassLoader().getResourceAsStream("META-INF/vertx/vertx-version.txt")) {
      return new String(text.readAllBytes(), StandardCharsets.US_ASCII).trim();
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public int port() {
    return server.actualPort();
  }

  @Override
  public int fileBytes() {
    return FILE_BYTES;
  }

  @Override
  public boolean shutDown() {
    try {
      Object ended =
          HttpServer.class
              .getMethod("shutdown", long.class, TimeUnit.class)
              .invoke(server, 30L, TimeUnit.SECONDS);
      done((Future<?>) ended);
      return true;
    } catch (NoSuchMethodException e) {
      return false;
    } catch (IllegalAccessException | InvocationTargetException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() throws IOException {
    if (Files.deleteIfExists(file)) {
      done(server.close());
      done(vertx.close());
    }
  }

  static <T> T done(Future<T> future) {
    try {
      return future.toCompletionStage().toCompletableFuture().get();
    } catch (ExecutionException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
