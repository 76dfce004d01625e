package io.endomesh.contracts.httpclient5.library;

import io.endomesh.contracts.httpclient5.Http2Server;
import io.endomesh.contracts.httpclient5.HttpAsyncClient5UnderTest;
import io.endomesh.testkit.Await;
import io.endomesh.testkit.Callers;
import io.endomesh.testkit.HttpClientFixture.Answer;
import io.endomesh.testkit.HttpClientUnderTest;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.net.URI;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import javax.net.ssl.SSLContext;
import org.apache.hc.client5.http.async.methods.SimpleHttpRequest;
import org.apache.hc.client5.http.async.methods.SimpleHttpResponse;
import org.apache.hc.client5.http.async.methods.SimpleRequestProducer;
import org.apache.hc.client5.http.async.methods.SimpleResponseConsumer;
import org.apache.hc.client5.http.auth.AuthScope;
import org.apache.hc.client5.http.auth.UsernamePasswordCredentials;
import org.apache.hc.client5.http.config.RequestConfig;
import org.apache.hc.client5.http.impl.DefaultHttpRequestRetryStrategy;
import org.apache.hc.client5.http.impl.async.CloseableHttpAsyncClient;
import org.apache.hc.client5.http.impl.async.HttpAsyncClientBuilder;
import org.apache.hc.client5.http.impl.async.HttpAsyncClients;
import org.apache.hc.client5.http.impl.auth.BasicCredentialsProvider;
import org.apache.hc.client5.http.impl.nio.PoolingAsyncClientConnectionManager;
import org.apache.hc.client5.http.protocol.HttpClientContext;
import org.apache.hc.client5.http.protocol.RedirectLocations;
import org.apache.hc.core5.concurrent.FutureCallback;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpHost;
import org.apache.hc.core5.http.message.BasicHeader;
import org.apache.hc.core5.http.message.BasicHttpRequest;
import org.apache.hc.core5.http.nio.AsyncRequestProducer;
import org.apache.hc.core5.http.nio.support.BasicRequestProducer;
import org.apache.hc.core5.io.CloseMode;
import org.apache.hc.core5.util.TimeValue;
import org.apache.hc.core5.util.Timeout;
import org.apache.hc.core5.util.VersionInfo;
import org.jspecify.annotations.Nullable;

/** The asynchronous client of one version, used as an application uses it. */
public class Async implements HttpAsyncClient5UnderTest {

  private final PoolingAsyncClientConnectionManager connections;
  private final CloseableHttpAsyncClient client;
  private final AtomicInteger underWay = new AtomicInteger();
  private final CloseableHttpAsyncClient withCookies = started(HttpAsyncClients.custom());
  private final CloseableHttpAsyncClient unfollowing =
      started(HttpAsyncClients.custom().disableRedirectHandling());

  public Async() {
    this(HttpAsyncClients.custom(), new PoolingAsyncClientConnectionManager());
  }

  /** With a client of the test's choice. */
  Async(HttpAsyncClientBuilder builder) {
    this(builder, new PoolingAsyncClientConnectionManager());
  }

  private Async(HttpAsyncClientBuilder builder, PoolingAsyncClientConnectionManager connections) {
    this.connections = connections;
    this.client = started(builder.setConnectionManager(connections));
  }

  private static CloseableHttpAsyncClient started(HttpAsyncClientBuilder builder) {
    CloseableHttpAsyncClient client = builder.build();
    client.start();
    return client;
  }

  @Override
  public String version() {
    return VersionInfo.loadVersionInfo("org.apache.hc.client5", Async.class.getClassLoader())
        .getRelease();
  }

  @Override
  public Answer call(String method, String url, Map<String, String> headers, byte @Nullable [] body)
      throws IOException, InterruptedException {
    SimpleHttpRequest request = new SimpleHttpRequest(method, URI.create(url));
    headers.forEach(request::addHeader);
    if (body != null) {
      request.setBody(body, null);
    }
    return execute(client, SimpleRequestProducer.create(request), url);
  }

  @Override
  public Answer stream(String url, InputStream body) throws IOException, InterruptedException {
    BasicHttpRequest request = new BasicHttpRequest("POST", URI.create(url));
    return execute(client, new BasicRequestProducer(request, new Once(body)), url);
  }

  @Override
  public Answer postWithTrailer(String url, byte[] body, String name, String value)
      throws IOException, InterruptedException {
    BasicHttpRequest request = new BasicHttpRequest("POST", URI.create(url));
    Once once = new Once(new ByteArrayInputStream(body), new BasicHeader(name, value));
    return execute(client, new BasicRequestProducer(request, once), url);
  }

  @Override
  public int download(String url, OutputStream sink) throws IOException, InterruptedException {
    return Callers.join(stream(get(url), HttpClientUnderTest.into(sink)));
  }

  @Override
  public CompletableFuture<Answer> start(String url) {
    CompletableFuture<Answer> answer = begin(client, get(url), url);
    underWay.incrementAndGet();
    answer.whenComplete((value, error) -> underWay.decrementAndGet());
    return answer;
  }

  private static AsyncRequestProducer get(String url) {
    return SimpleRequestProducer.create(new SimpleHttpRequest("GET", URI.create(url)));
  }

  @Override
  public Answer getUnfollowed(String url) throws IOException, InterruptedException {
    return execute(unfollowing, get(url), url);
  }

  @Override
  public Answer getWithCookies(String url) throws IOException, InterruptedException {
    return execute(withCookies, get(url), url);
  }

  @Override
  public HttpClientUnderTest retrying(int times) {
    return new Async(
        HttpAsyncClients.custom()
            .setRetryStrategy(
                new DefaultHttpRequestRetryStrategy(times, TimeValue.ofMilliseconds(1))));
  }

  @Override
  public HttpClientUnderTest behindProxy(int port) {
    return new Async(HttpAsyncClients.custom().setProxy(new HttpHost("localhost", port)));
  }

  @Override
  public HttpClientUnderTest withPassword() {
    BasicCredentialsProvider passwords = new BasicCredentialsProvider();
    passwords.setCredentials(
        new AuthScope(null, -1), new UsernamePasswordCredentials("app", "secret".toCharArray()));
    return new Async(HttpAsyncClients.custom().setDefaultCredentialsProvider(passwords));
  }

  @Override
  public Answer expecting(String url, byte[] body) throws IOException, InterruptedException {
    try (Async expecting = configured(RequestConfig.custom().setExpectContinueEnabled(true))) {
      return expecting.call("POST", url, Map.of(), body);
    }
  }

  @Override
  public HttpClientUnderTest waitingAtMost(Duration time) {
    return configured(
        RequestConfig.custom().setResponseTimeout(Timeout.ofMilliseconds(time.toMillis())));
  }

  private static Async configured(RequestConfig.Builder config) {
    return new Async(HttpAsyncClients.custom().setDefaultRequestConfig(config.build()));
  }

  @Override
  public HttpClientUnderTest withOneConnection(Duration patience) {
    PoolingAsyncClientConnectionManager one = new PoolingAsyncClientConnectionManager();
    one.setDefaultMaxPerRoute(1);
    RequestConfig config =
        RequestConfig.custom()
            .setConnectionRequestTimeout(Timeout.ofMilliseconds(patience.toMillis()))
            .build();
    return new Async(HttpAsyncClients.custom().setDefaultRequestConfig(config), one);
  }

  @Override
  public HttpClientUnderTest intercepting(Runnable interceptor) {
    return new Async(
        HttpAsyncClients.custom()
            .addRequestInterceptorFirst((request, entity, context) -> interceptor.run()));
  }

  @Override
  public Throwable cancelledBeforeItsAnswer(String url)
      throws InterruptedException, TimeoutException {
    SimpleHttpRequest request = new SimpleHttpRequest("GET", URI.create(url));
    Future<SimpleHttpResponse> running = client.execute(request, null);
    running.cancel(true);
    try {
      return new IllegalStateException("answered: " + running.get(10, TimeUnit.SECONDS));
    } catch (CancellationException e) {
      return e;
    } catch (ExecutionException e) {
      return e.getCause() == null ? e : e.getCause();
    }
  }

  @Override
  public Answer getAt(String host, int port, String path) throws IOException, InterruptedException {
    HttpHost target = new HttpHost(host, port);
    CompletableFuture<Answer> answer = new CompletableFuture<>();
    HttpClientContext context = HttpClientContext.create();
    String url = target.toURI() + path;
    client.execute(
        target,
        new BasicRequestProducer(new BasicHttpRequest("GET", path), null),
        SimpleResponseConsumer.create(),
        null,
        context,
        new Completing(answer, context, url, Map.of()));
    return await(answer);
  }

  @Override
  public CompletableFuture<Integer> stream(String url, InputStream body, Consumer<byte[]> parts) {
    return stream(
        new BasicRequestProducer(new BasicHttpRequest("POST", URI.create(url)), new Once(body)),
        parts);
  }

  private CompletableFuture<Integer> stream(AsyncRequestProducer request, Consumer<byte[]> parts) {
    CompletableFuture<Integer> status = new CompletableFuture<>();
    Future<Integer> running =
        client.execute(
            request,
            new Parts(parts),
            new FutureCallback<>() {
              @Override
              public void completed(Integer result) {
                status.complete(result);
              }

              @Override
              public void failed(Exception cause) {
                status.completeExceptionally(cause);
              }

              @Override
              public void cancelled() {
                status.cancel(false);
              }
            });
    status.whenComplete(
        (value, error) -> {
          if (status.isCancelled()) {
            running.cancel(true);
          }
        });
    return status;
  }

  @Override
  public CompletableFuture<Answer> inTurn(String first, String then) {
    CompletableFuture<Answer> second = new CompletableFuture<>();
    client.execute(
        new SimpleHttpRequest("GET", URI.create(first)),
        new FutureCallback<>() {
          @Override
          public void completed(SimpleHttpResponse response) {
            HttpClientContext context = HttpClientContext.create();
            client.execute(
                get(then),
                SimpleResponseConsumer.create(),
                context,
                new Completing(second, context, then, Map.of()));
          }

          @Override
          public void failed(Exception cause) {
            second.completeExceptionally(cause);
          }

          @Override
          public void cancelled() {
            second.cancel(false);
          }
        });
    return second;
  }

  @Override
  public Http2Server http2Server(SSLContext tls) throws Exception {
    return new CoreServer(tls, "orders", "stock.internal");
  }

  private Answer execute(CloseableHttpAsyncClient client, AsyncRequestProducer request, String url)
      throws IOException, InterruptedException {
    Answer answer = await(begin(client, request, url));
    // A connection is free a moment behind the answer; tests count connections.
    Await.until(
        "end of the exchange", () -> connections.getTotalStats().getLeased() <= underWay.get());
    return answer;
  }

  private static CompletableFuture<Answer> begin(
      CloseableHttpAsyncClient client, AsyncRequestProducer request, String url) {
    CompletableFuture<Answer> answer = new CompletableFuture<>();
    HttpClientContext context = HttpClientContext.create();
    Map<String, String> trailers = new ConcurrentHashMap<>();
    Future<SimpleHttpResponse> running =
        client.execute(
            request,
            new Trailing(trailers),
            context,
            new Completing(answer, context, url, trailers));
    answer.whenComplete(
        (value, error) -> {
          if (answer.isCancelled()) {
            running.cancel(true);
          }
        });
    return answer;
  }

  private static Answer await(CompletableFuture<Answer> running)
      throws IOException, InterruptedException {
    try {
      return running.get();
    } catch (InterruptedException e) {
      running.cancel(true);
      throw e;
    } catch (ExecutionException e) {
      Throwable cause = e.getCause();
      if (cause instanceof RuntimeException unchecked) {
        throw unchecked;
      }
      if (cause instanceof TimeoutException) {
        // How this client says that its pool has no connection left.
        InterruptedIOException left = new InterruptedIOException(cause.getMessage());
        left.initCause(cause);
        throw left;
      }
      throw cause instanceof IOException broken ? broken : new IOException(cause);
    }
  }

  private record Completing(
      CompletableFuture<Answer> answer,
      HttpClientContext context,
      String url,
      Map<String, String> trailers)
      implements FutureCallback<SimpleHttpResponse> {

    @Override
    public void completed(SimpleHttpResponse response) {
      Map<String, String> headers = new HashMap<>();
      for (Header header : response.getHeaders()) {
        headers.putIfAbsent(header.getName().toLowerCase(Locale.ROOT), header.getValue());
      }
      byte[] body = response.getBodyBytes();
      answer.complete(
          new Answer(
              response.getCode(), uri(), headers, body == null ? new byte[0] : body, trailers));
    }

    /** Of the last request. */
    private URI uri() {
      RedirectLocations redirects = context.getRedirectLocations();
      List<URI> all = redirects == null ? List.of() : redirects.getAll();
      return all.isEmpty() ? URI.create(url) : all.get(all.size() - 1);
    }

    @Override
    public void failed(Exception cause) {
      answer.completeExceptionally(cause);
    }

    @Override
    public void cancelled() {
      answer.cancel(false);
    }
  }

  @Override
  public void close() {
    client.close(CloseMode.IMMEDIATE);
    withCookies.close(CloseMode.IMMEDIATE);
    unfollowing.close(CloseMode.IMMEDIATE);
  }
}
