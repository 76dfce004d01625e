package io.endomesh.contracts.helidon.server;

import io.endomesh.dataplane.CallContext;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.security.cert.X509Certificate;
import java.util.concurrent.CompletableFuture;

/** The handlers the contract asks for. Stateless. */
final class Handlers {

  private Handlers() {}

  static void handle(ServerRequest request, ServerResponse response) {
    String path = request.path().absolute().path();
    response.header("x-path", path);
    response.header("x-names", names(request));
    switch (path) {
      case "/context" -> response.send(String.valueOf(CallContext.current().caller()));
      // It has no answers behind the handler's end: a handler waits.
      case "/async" -> CompletableFuture.runAsync(() -> response.send("later")).join();
      case "/certificate" ->
          response.send(request.requestedUri().scheme() + " " + subject(request));
      case "/fails" -> throw new IllegalStateException("as the test asked");
      default -> echo(request, response);
    }
  }

  private static String names(ServerRequest request) {
    StringBuilder names = new StringBuilder();
    request.headers().forEach(header -> names.append(header.name()).append(' '));
    return names.toString().trim();
  }

  private static void echo(ServerRequest request, ServerResponse response) {
    if (!request.content().hasEntity()) {
      response.send();
      return;
    }
    try (OutputStream out = response.outputStream()) {
      request.content().inputStream().transferTo(out);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String subject(ServerRequest request) {
    return request
        .remotePeer()
        .tlsCertificates()
        .map(chain -> ((X509Certificate) chain[0]).getSubjectX500Principal().getName())
        .orElse("none");
  }
}
