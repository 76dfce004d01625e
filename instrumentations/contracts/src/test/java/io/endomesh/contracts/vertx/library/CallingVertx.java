package io.endomesh.contracts.vertx.library;

import io.endomesh.contracts.vertx.VertxClientUnderTest;
import io.endomesh.dataplane.CallContext;
import io.endomesh.testkit.HttpClientFixture.Answer;
import io.endomesh.testkit.HttpClientUnderTest;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.net.ProxyOptions;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The client of one version, used as an application uses it. */
public final class CallingVertx implements VertxClientUnderTest {

  private static final int PART = 8192;

  private final Vertx vertx = ServingVertx.start();
  private final HttpClient client;
  private final Map<String, String> cookies = new HashMap<>();

  public CallingVertx() {
    this(new HttpClientOptions());
  }

  private CallingVertx(HttpClientOptions options) {
    try {
      // What it returns is of another type since 5.0.
      client =
          (HttpClient)
              Vertx.class
                  .getMethod("createHttpClient", HttpClientOptions.class)
                  .invoke(vertx, options);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public String version() {
    return ServingVertx.versionOfVertx();
  }

  private static RequestOptions options(String method, String url) {
    return new RequestOptions().setAbsoluteURI(url).setMethod(HttpMethod.valueOf(method));
  }

  @Override
  public Answer call(String method, String url, Map<String, String> headers, byte @Nullable [] body)
      throws IOException, InterruptedException {
    RequestOptions options = options(method, url).setFollowRedirects(true);
    headers.forEach(options::addHeader);
    return await(
        () ->
            client
                .request(options)
                .compose(
                    request -> body == null ? request.send() : request.send(Buffer.buffer(body)))
                .compose(CallingVertx::answer));
  }

  @Override
  public Answer stream(String url, InputStream body) throws IOException, InterruptedException {
    return await(
        () ->
            client
                .request(options("POST", url))
                .compose(
                    request -> {
                      request.setChunked(true);
                      request.drainHandler(ready -> write(body, request));
                      write(body, request);
                      return request.response();
                    })
                .compose(CallingVertx::answer));
  }

  /**
   * A part, if the library wants one, and the next by an event of its own, as a file's are: with
   * TLS some versions find out that they are full only between events, mesh or not.
   */
  private void write(InputStream body, HttpClientRequest request) {
    try {
      if (request.writeQueueFull()) {
        return;
      }
      byte[] part = body.readNBytes(PART);
      if (part.length == 0) {
        request.drainHandler(null);
        request.end();
        return;
      }
      request.write(Buffer.buffer(part));
      vertx.runOnContext(next -> write(body, request));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public int download(String url, OutputStream sink) throws IOException, InterruptedException {
    Consumer<byte[]> parts = HttpClientUnderTest.into(sink);
    return await(
            () ->
                client
                    .request(options("GET", url))
                    .compose(HttpClientRequest::send)
                    .compose(
                        response -> {
                          response.handler(part -> parts.accept(part.getBytes()));
                          return response
                              .end()
                              .map(
                                  none ->
                                      new Answer(
                                          response.statusCode(),
                                          URI.create(url),
                                          Map.of(),
                                          new byte[0]));
                        }))
        .status();
  }

  @Override
  public CompletableFuture<Answer> start(String url) {
    AtomicReference<HttpClientRequest> sent = new AtomicReference<>();
    CompletableFuture<Answer> answer = new CompletableFuture<>();
    answer.whenComplete(
        (value, error) -> {
          if (answer.isCancelled() && sent.get() != null) {
            reset(sent.get());
          }
        });
    run(
        () ->
            client
                .request(options("GET", url).setFollowRedirects(true))
                .compose(
                    request -> {
                      sent.set(request);
                      return request.send();
                    })
                .compose(CallingVertx::answer),
        answer);
    return answer;
  }

  /** What it returns is of another type since 5.0. */
  private static void reset(HttpClientRequest request) {
    try {
      HttpClientRequest.class.getMethod("reset").invoke(request);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public Answer getUnfollowed(String url) throws IOException, InterruptedException {
    return await(
        () ->
            client
                .request(options("GET", url))
                .compose(HttpClientRequest::send)
                .compose(CallingVertx::answer));
  }

  /** Cookies are the application's own concern, or WebClient's. */
  @Override
  public Answer getWithCookies(String url) throws IOException, InterruptedException {
    RequestOptions options = options("GET", url);
    if (!cookies.isEmpty()) {
      options.addHeader("cookie", String.join("; ", cookies.values()));
    }
    Answer answer =
        await(
            () ->
                client
                    .request(options)
                    .compose(HttpClientRequest::send)
                    .compose(CallingVertx::answer));
    String cookie = answer.headers().get("set-cookie");
    if (cookie != null) {
      cookies.put(cookie.substring(0, cookie.indexOf('=')), cookie.split(";")[0]);
    }
    return answer;
  }

  @Override
  public HttpClientUnderTest behindProxy(int port) {
    return new CallingVertx(
        new HttpClientOptions()
            .setProxyOptions(new ProxyOptions().setHost("localhost").setPort(port)));
  }

  private <T> CompletableFuture<T> started(Supplier<Future<T>> call) {
    CompletableFuture<T> answer = new CompletableFuture<>();
    run(call, answer);
    return answer;
  }

  private Future<Answer> get(RequestOptions options) {
    return client.request(options).compose(HttpClientRequest::send).compose(CallingVertx::answer);
  }

  @Override
  public CompletableFuture<Answer> waitingAtMost(String url, int millis) {
    return started(() -> get(options("GET", url).setTimeout(millis)));
  }

  @Override
  public CompletableFuture<Answer> inTurn(String first, String then) {
    return started(
        () ->
            get(options("GET", first).setFollowRedirects(true))
                .compose(answer -> get(options("GET", then))));
  }

  @Override
  public CompletableFuture<Integer> read(String url, Consumer<String> parts) {
    AtomicReference<HttpClientRequest> sent = new AtomicReference<>();
    CompletableFuture<Integer> status =
        started(
            () ->
                client
                    .request(options("GET", url))
                    .compose(
                        request -> {
                          sent.set(request);
                          return request.send();
                        })
                    .compose(
                        response -> {
                          response.handler(part -> parts.accept(part.toString()));
                          return response.end().map(none -> response.statusCode());
                        }));
    status.whenComplete(
        (value, error) -> {
          if (status.isCancelled()) {
            reset(sent.get());
          }
        });
    return status;
  }

  @Override
  public CompletableFuture<Boolean> staysOnItsContext(String url) {
    return started(
        () -> {
          Context own = Vertx.currentContext();
          AtomicBoolean stays = new AtomicBoolean(true);
          return client
              .request(options("GET", url))
              .compose(
                  request -> {
                    stays.compareAndSet(true, Vertx.currentContext() == own);
                    return request.send();
                  })
              .compose(
                  response -> {
                    stays.compareAndSet(true, Vertx.currentContext() == own);
                    return response.body();
                  })
              .map(body -> stays.get() && Vertx.currentContext() == own);
        });
  }

  @Override
  public CompletableFuture<Answer> piped(String url, int bytes) {
    return started(
        () ->
            client
                .request(options("PUT", url))
                .compose(
                    request -> {
                      request.putHeader("content-length", String.valueOf(bytes));
                      fill(request, bytes);
                      return request.response();
                    })
                .compose(CallingVertx::answer));
  }

  private static void fill(HttpClientRequest request, int bytes) {
    int rest = bytes;
    while (rest > 0 && !request.writeQueueFull()) {
      int part = Math.min(rest, 10_000);
      request.write(Buffer.buffer(new byte[part]));
      rest -= part;
    }
    if (rest == 0) {
      request.end();
    } else {
      int later = rest;
      request.drainHandler(none -> fill(request, later));
    }
  }

  private static Future<Answer> answer(HttpClientResponse response) {
    Map<String, String> headers = byName(response.headers());
    URI uri = URI.create(response.request().absoluteURI());
    return response
        .body()
        .map(
            body ->
                new Answer(
                    response.statusCode(),
                    uri,
                    headers,
                    body.getBytes(),
                    byName(response.trailers())));
  }

  private static Map<String, String> byName(MultiMap all) {
    Map<String, String> first = new HashMap<>();
    all.forEach(each -> first.putIfAbsent(each.getKey().toLowerCase(Locale.ROOT), each.getValue()));
    return first;
  }

  /** On a thread of the library, as it asks for: an answer flows as soon as it is there. */
  private <T> void run(Supplier<Future<T>> call, CompletableFuture<T> answer) {
    CallContext context = CallContext.current();
    vertx.runOnContext(
        none -> {
          CallContext before = context.attach();
          try {
            call.get()
                .onComplete(
                    result -> {
                      if (result.succeeded()) {
                        answer.complete(result.result());
                      } else {
                        answer.completeExceptionally(result.cause());
                      }
                    });
          } finally {
            CallContext.restore(before);
          }
        });
  }

  private Answer await(Supplier<Future<Answer>> call) throws IOException, InterruptedException {
    CompletableFuture<Answer> answer = new CompletableFuture<>();
    run(call, answer);
    try {
      return answer.get();
    } catch (ExecutionException e) {
      throw e.getCause() instanceof IOException broken ? broken : new IOException(e.getCause());
    }
  }

  @Override
  public void close() {
    ServingVertx.done(client.close());
    ServingVertx.done(vertx.close());
  }
}
