package io.endomesh.contracts.reactornetty.library;

import io.endomesh.contracts.reactornetty.ReactorNettyUnderTest;
import io.endomesh.testkit.Callers;
import io.endomesh.testkit.HttpClientFixture.Answer;
import io.endomesh.testkit.HttpClientUnderTest;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.cookie.Cookie;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.http.HttpProtocol;
import reactor.netty.http.client.HttpClient;
import reactor.netty.http.client.HttpClientResponse;
import reactor.netty.resources.ConnectionProvider;
import reactor.netty.transport.ProxyProvider;
import reactor.util.context.Context;

/** The client of one version, used as an application uses it, with a pool of its own. */
public class Reactive implements ReactorNettyUnderTest {

  private static final int PART = 8192;

  private final ConnectionProvider pool;
  private final HttpClient client;
  private final Map<String, Cookie> cookies = new ConcurrentHashMap<>();

  public Reactive() {
    this(ConnectionProvider.create("test", 500), client -> client);
  }

  /** With a client of the test's choice. */
  private Reactive(ConnectionProvider pool, UnaryOperator<HttpClient> settings) {
    this.pool = pool;
    client = settings.apply(HttpClient.create(pool));
  }

  private static Reactive with(UnaryOperator<HttpClient> settings) {
    return new Reactive(ConnectionProvider.create("test", 500), settings);
  }

  @Override
  public String version() {
    return HttpClient.USER_AGENT.substring(HttpClient.USER_AGENT.indexOf('/') + 1);
  }

  @Override
  public Answer call(String method, String url, Map<String, String> headers, byte @Nullable [] body)
      throws IOException, InterruptedException {
    return await(
        client
            .followRedirect(true)
            .request(HttpMethod.valueOf(method))
            .uri(url)
            .send(
                (request, outbound) -> {
                  headers.forEach(request::addHeader);
                  return body == null
                      ? Mono.empty()
                      : outbound.send(Mono.fromSupplier(() -> Unpooled.wrappedBuffer(body)));
                })
            .responseSingle((response, content) -> answer(response, content.asByteArray())));
  }

  @Override
  public Answer stream(String url, InputStream body) throws IOException, InterruptedException {
    Flux<ByteBuf> parts =
        Flux.generate(
            sink -> {
              try {
                byte[] part = body.readNBytes(PART);
                if (part.length == 0) {
                  sink.complete();
                } else {
                  sink.next(Unpooled.wrappedBuffer(part));
                }
              } catch (IOException e) {
                sink.error(e);
              }
            });
    return await(
        client
            .post()
            .uri(url)
            .send(parts)
            .responseSingle((response, content) -> answer(response, content.asByteArray())));
  }

  @Override
  public int download(String url, OutputStream sink) throws IOException, InterruptedException {
    return Callers.join(
        client
            .get()
            .uri(url)
            .response(
                (response, content) ->
                    content
                        .asByteArray()
                        .doOnNext(HttpClientUnderTest.into(sink))
                        .then(Mono.just(response.status().code())))
            .single()
            .toFuture());
  }

  @Override
  public CompletableFuture<Answer> start(String url) {
    return get(client.followRedirect(true), url).toFuture();
  }

  @Override
  public Answer getUnfollowed(String url) throws IOException, InterruptedException {
    return await(get(client, url));
  }

  /** The library has no store of cookies; what applications do is in two of its callbacks. */
  @Override
  public Answer getWithCookies(String url) throws IOException, InterruptedException {
    return await(
        get(
            client
                .followRedirect(true)
                .doOnRequest((request, connection) -> cookies.values().forEach(request::addCookie))
                .doOnResponse((response, connection) -> keep(response)),
            url));
  }

  private void keep(HttpClientResponse response) {
    response
        .cookies()
        .forEach((name, all) -> all.forEach(cookie -> cookies.put(name.toString(), cookie)));
  }

  private static Mono<Answer> get(HttpClient client, String url) {
    return client
        .get()
        .uri(url)
        .responseSingle((response, content) -> answer(response, content.asByteArray()));
  }

  @Override
  public HttpClientUnderTest behindProxy(int port) {
    return with(
        client ->
            client.proxy(
                proxy -> proxy.type(ProxyProvider.Proxy.HTTP).host("127.0.0.1").port(port)));
  }

  @Override
  public HttpClientUnderTest waitingAtMost(Duration time) {
    return with(client -> client.responseTimeout(time));
  }

  @Override
  public HttpClientUnderTest withOneConnection(Duration patience) {
    return new Reactive(
        ConnectionProvider.builder("one").maxConnections(1).pendingAcquireTimeout(patience).build(),
        client -> client);
  }

  @Override
  public HttpClientUnderTest refusing(RuntimeException failure) {
    return with(
        client ->
            client.doOnRequest(
                (request, connection) -> {
                  throw failure;
                }));
  }

  @Override
  public HttpClientUnderTest withPriorKnowledge() {
    return with(client -> client.protocol(HttpProtocol.H2C));
  }

  @Override
  public HttpClientUnderTest compressing() {
    return with(client -> client.compress(true));
  }

  @Override
  public HttpClientUnderTest telling(Map<String, Integer> told) {
    return with(
        client ->
            client
                .doOnConnected(connection -> told.merge("connected", 1, Integer::sum))
                .doOnRequest((request, connection) -> told.merge("request", 1, Integer::sum))
                .doAfterRequest((request, connection) -> told.merge("sent", 1, Integer::sum))
                .doOnResponse((response, connection) -> told.merge("response", 1, Integer::sum))
                .doAfterResponseSuccess(
                    (response, connection) -> told.merge("read", 1, Integer::sum)));
  }

  @Override
  public Answer getWithContext(String url, String header, String value)
      throws IOException, InterruptedException {
    return await(
        client
            .request(HttpMethod.GET)
            .uri(url)
            .send(
                (request, outbound) -> {
                  request.header(header, request.currentContextView().get(header));
                  return outbound;
                })
            .responseSingle((response, content) -> answer(response, content.asByteArray()))
            .contextWrite(Context.of(header, value)));
  }

  /** A method since 1.0.12; before, it tells of none but in the pipeline. */
  @SuppressWarnings("unchecked")
  private static Mono<HttpHeaders> trailers(HttpClientResponse response) {
    try {
      return (Mono<HttpHeaders>)
          HttpClientResponse.class.getMethod("trailerHeaders").invoke(response);
    } catch (NoSuchMethodException older) {
      return Mono.empty();
    } catch (ReflectiveOperationException e) {
      return Mono.error(e);
    }
  }

  @Override
  public String refusalOfWebSocket(String url) throws InterruptedException {
    CompletableFuture<String> asked =
        client
            .websocket()
            .uri(url)
            .handle((in, out) -> Mono.just("accepted"))
            .next()
            .onErrorResume(refusal -> Mono.just(String.valueOf(refusal.getMessage())))
            .toFuture();
    try {
      return asked.get();
    } catch (ExecutionException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public CompletableFuture<Answer> upload(String url, long bytes, AtomicLong asked) {
    Flux<ByteBuf> zeros =
        Flux.generate(
            sink -> {
              if (asked.get() == bytes) {
                sink.complete();
              } else {
                asked.addAndGet(PART);
                sink.next(Unpooled.wrappedBuffer(new byte[PART]));
              }
            });
    return client
        .headers(headers -> headers.set("Content-Length", bytes))
        .post()
        .uri(url)
        // Hidden: of a source that it can poll the library asks for more than it can send.
        .send(zeros.hide())
        .responseSingle((response, content) -> answer(response, content.asByteArray()))
        .toFuture();
  }

  @Override
  public Answer sendFile(String url, Path file) throws IOException, InterruptedException {
    return await(
        client
            .post()
            .uri(url)
            .send((request, outbound) -> outbound.sendFile(file))
            .responseSingle((response, content) -> answer(response, content.asByteArray())));
  }

  @Override
  public Answer sendForm(String url, String name, String value)
      throws IOException, InterruptedException {
    return await(
        client
            .post()
            .uri(url)
            .sendForm((request, form) -> form.multipart(true).attr(name, value))
            .responseSingle((response, content) -> answer(response, content.asByteArray())));
  }

  @Override
  public Reading read(String url) {
    Semaphore parts = new Semaphore(0);
    BaseSubscriber<ByteBuf> subscriber =
        new BaseSubscriber<>() {
          @Override
          protected void hookOnSubscribe(Subscription subscription) {
            // Asked for one by one.
          }

          @Override
          protected void hookOnNext(ByteBuf part) {
            parts.release();
          }
        };
    client.get().uri(url).responseContent().subscribe(subscriber);
    return new Reading() {
      @Override
      public void one() throws InterruptedException {
        subscriber.request(1);
        if (!parts.tryAcquire(10, TimeUnit.SECONDS)) {
          throw new IllegalStateException("part: none (expected: one within 10 s)");
        }
      }

      @Override
      public void close() {
        subscriber.cancel();
      }
    };
  }

  static Mono<Answer> answer(HttpClientResponse response, Mono<byte[]> content) {
    Map<String, String> headers = new HashMap<>();
    response
        .responseHeaders()
        .forEach(
            header ->
                headers.putIfAbsent(header.getKey().toLowerCase(Locale.ROOT), header.getValue()));
    URI uri = URI.create(response.resourceUrl());
    int status = response.status().code();
    return content
        .defaultIfEmpty(new byte[0])
        .flatMap(
            body ->
                trailers(response)
                    .map(
                        trailers -> {
                          Map<String, String> told = new HashMap<>();
                          trailers.forEach(
                              trailer -> told.put(trailer.getKey(), trailer.getValue()));
                          return new Answer(status, uri, headers, body, told);
                        })
                    .defaultIfEmpty(new Answer(status, uri, headers, body)));
  }

  static Answer await(Mono<Answer> answer) throws IOException, InterruptedException {
    CompletableFuture<Answer> running = answer.toFuture();
    try {
      return running.get();
    } catch (InterruptedException e) {
      running.cancel(true);
      throw e;
    } catch (ExecutionException e) {
      if (e.getCause() instanceof IOException failure) {
        throw failure;
      }
      throw e.getCause() instanceof RuntimeException failure
          ? failure
          : new IllegalStateException(e.getCause());
    }
  }

  @Override
  public void close() {
    pool.disposeLater().block();
  }
}
