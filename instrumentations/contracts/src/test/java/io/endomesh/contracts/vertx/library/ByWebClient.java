package io.endomesh.contracts.vertx.library;

import io.endomesh.testkit.DelegatingClientContract.Delegating;
import io.endomesh.testkit.HttpClientFixture.Answer;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.ext.web.client.HttpResponse;
import io.vertx.ext.web.client.WebClient;
import java.io.IOException;
import java.net.URI;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/** Calls by Vert.x Web's client. Stateless. */
public final class ByWebClient implements Delegating {

  @Override
  public Answer get(String url) throws IOException, InterruptedException {
    Vertx vertx = ServingVertx.start();
    try {
      return answer(url, called(vertx, url).get());
    } catch (ExecutionException e) {
      throw new IOException(e.getCause());
    } finally {
      ServingVertx.done(vertx.close());
    }
  }

  private static CompletableFuture<HttpResponse<Buffer>> called(Vertx vertx, String url) {
    CompletableFuture<HttpResponse<Buffer>> response = new CompletableFuture<>();
    vertx.runOnContext(
        none ->
            WebClient.create(vertx)
                .getAbs(url)
                .send()
                .onComplete(
                    result -> {
                      if (result.succeeded()) {
                        response.complete(result.result());
                      } else {
                        response.completeExceptionally(result.cause());
                      }
                    }));
    return response;
  }

  private static Answer answer(String url, HttpResponse<Buffer> response) {
    Map<String, String> headers = new HashMap<>();
    response
        .headers()
        .forEach(
            each -> headers.putIfAbsent(each.getKey().toLowerCase(Locale.ROOT), each.getValue()));
    Buffer body = response.body();
    return new Answer(
        response.statusCode(),
        URI.create(url),
        headers,
        body == null ? new byte[0] : body.getBytes());
  }
}
