package io.endomesh.contracts.httpclient4.library;

import io.endomesh.contracts.httpclient4.HttpAsyncClient4UnderTest;
import io.endomesh.testkit.Await;
import io.endomesh.testkit.Callers;
import io.endomesh.testkit.HttpClientFixture.Answer;
import io.endomesh.testkit.HttpClientUnderTest;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.apache.http.HttpHost;
import org.apache.http.HttpRequestInterceptor;
import org.apache.http.HttpResponse;
import org.apache.http.HttpVersion;
import org.apache.http.auth.AuthScope;
import org.apache.http.auth.UsernamePasswordCredentials;
import org.apache.http.client.config.RequestConfig;
import org.apache.http.client.methods.HttpGet;
import org.apache.http.client.methods.HttpPost;
import org.apache.http.client.methods.HttpUriRequest;
import org.apache.http.client.protocol.HttpClientContext;
import org.apache.http.concurrent.FutureCallback;
import org.apache.http.entity.InputStreamEntity;
import org.apache.http.impl.client.BasicCredentialsProvider;
import org.apache.http.impl.nio.client.CloseableHttpAsyncClient;
import org.apache.http.impl.nio.client.HttpAsyncClientBuilder;
import org.apache.http.impl.nio.client.HttpAsyncClients;
import org.apache.http.impl.nio.conn.PoolingNHttpClientConnectionManager;
import org.apache.http.impl.nio.reactor.DefaultConnectingIOReactor;
import org.apache.http.impl.nio.reactor.IOReactorConfig;
import org.apache.http.message.BasicHttpRequest;
import org.apache.http.nio.client.methods.HttpAsyncMethods;
import org.apache.http.nio.conn.ManagedNHttpClientConnection;
import org.apache.http.nio.entity.NByteArrayEntity;
import org.apache.http.nio.protocol.BasicAsyncResponseConsumer;
import org.apache.http.nio.protocol.HttpAsyncRequestProducer;
import org.apache.http.util.VersionInfo;
import org.jspecify.annotations.Nullable;

/** The asynchronous client of one version, used as an application uses it. */
public class Async implements HttpAsyncClient4UnderTest {

  private final PoolingNHttpClientConnectionManager connections;
  private final CloseableHttpAsyncClient client;
  private final CloseableHttpAsyncClient withCookies = started(HttpAsyncClients.custom());
  private final CloseableHttpAsyncClient unfollowing =
      started(HttpAsyncClients.custom().setRedirectStrategy(new Unfollowing()));
  private final AtomicInteger underWay = new AtomicInteger();

  public Async() {
    this(HttpAsyncClients.custom(), 50);
  }

  private Async(HttpAsyncClientBuilder builder, int connectionsOfARoute) {
    try {
      connections =
          new PoolingNHttpClientConnectionManager(
              new DefaultConnectingIOReactor(
                  IOReactorConfig.custom().setIoThreadCount(2).setSelectInterval(50).build()));
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
    connections.setDefaultMaxPerRoute(connectionsOfARoute);
    connections.setMaxTotal(100);
    client = started(builder.setConnectionManager(connections));
  }

  /** Asks for the end of idle connections twenty times a second: tests close many clients. */
  private static CloseableHttpAsyncClient started(HttpAsyncClientBuilder builder) {
    CloseableHttpAsyncClient client =
        builder
            .setDefaultIOReactorConfig(
                IOReactorConfig.custom().setIoThreadCount(1).setSelectInterval(50).build())
            .build();
    client.start();
    return client;
  }

  @Override
  public String version() {
    return VersionInfo.loadVersionInfo("org.apache.http.nio.client", Async.class.getClassLoader())
        .getRelease();
  }

  @Override
  public Answer call(String method, String url, Map<String, String> headers, byte @Nullable [] body)
      throws IOException, InterruptedException {
    HttpUriRequest request;
    if (body == null && method.equals("GET")) {
      request = new HttpGet(url);
    } else {
      Blocking.Request enclosing = new Blocking.Request(method, url);
      if (body != null) {
        enclosing.setEntity(new NByteArrayEntity(body));
      }
      request = enclosing;
    }
    headers.forEach(request::addHeader);
    return execute(client, request);
  }

  @Override
  public Answer stream(String url, InputStream body) throws IOException, InterruptedException {
    HttpPost request = new HttpPost(url);
    request.setEntity(new InputStreamEntity(body));
    return execute(client, request);
  }

  @Override
  public int download(String url, OutputStream sink) throws IOException, InterruptedException {
    return Callers.join(
        stream(HttpAsyncMethods.create(new HttpGet(url)), HttpClientUnderTest.into(sink)));
  }

  @Override
  public CompletableFuture<Answer> start(String url) {
    CompletableFuture<Answer> answer = begin(client, new HttpGet(url));
    underWay.incrementAndGet();
    answer.whenComplete((value, error) -> underWay.decrementAndGet());
    return answer;
  }

  @Override
  public Answer getUnfollowed(String url) throws IOException, InterruptedException {
    return execute(unfollowing, new HttpGet(url));
  }

  @Override
  public Answer getWithCookies(String url) throws IOException, InterruptedException {
    return execute(withCookies, new HttpGet(url));
  }

  @Override
  public HttpClientUnderTest behindProxy(int port) {
    return new Async(HttpAsyncClients.custom().setProxy(new HttpHost("localhost", port)), 50);
  }

  @Override
  public HttpClientUnderTest withPasswordFor(String host, int port) {
    BasicCredentialsProvider passwords = new BasicCredentialsProvider();
    passwords.setCredentials(
        new AuthScope(host, port), new UsernamePasswordCredentials("app", "secret"));
    return new Async(HttpAsyncClients.custom().setDefaultCredentialsProvider(passwords), 50);
  }

  @Override
  public Answer expecting(String url, byte[] body) throws IOException, InterruptedException {
    try (Async expecting = configured(RequestConfig.custom().setExpectContinueEnabled(true), 50)) {
      return expecting.call("POST", url, Map.of(), body);
    }
  }

  @Override
  public HttpClientUnderTest waitingAtMost(Duration time) {
    return configured(RequestConfig.custom().setSocketTimeout((int) time.toMillis()), 50);
  }

  @Override
  public HttpClientUnderTest withOneConnection(Duration patience) {
    return configured(
        RequestConfig.custom().setConnectionRequestTimeout((int) patience.toMillis()), 1);
  }

  private static Async configured(RequestConfig.Builder config, int connectionsOfARoute) {
    return new Async(
        HttpAsyncClients.custom().setDefaultRequestConfig(config.build()), connectionsOfARoute);
  }

  @Override
  public HttpClientUnderTest intercepting(Runnable interceptor) {
    return new Async(
        HttpAsyncClients.custom()
            .addInterceptorFirst((HttpRequestInterceptor) (request, context) -> interceptor.run()),
        50);
  }

  @Override
  public Throwable abortedBeforeItsAnswer(String url)
      throws InterruptedException, TimeoutException {
    HttpGet request = new HttpGet(url);
    CompletableFuture<Answer> running = begin(client, request);
    request.abort();
    return failure(running);
  }

  private static Throwable failure(CompletableFuture<?> running)
      throws InterruptedException, TimeoutException {
    try {
      return new IllegalStateException("answered: " + running.get(10, TimeUnit.SECONDS));
    } catch (ExecutionException e) {
      return e.getCause() == null ? e : e.getCause();
    }
  }

  @Override
  public Throwable abortedWhileReading(String url) throws InterruptedException, TimeoutException {
    HttpGet request = new HttpGet(url);
    return failure(stream(HttpAsyncMethods.create(request), part -> request.abort()));
  }

  @Override
  public Answer getAt(String host, int port, String path) throws IOException, InterruptedException {
    HttpHost target = new HttpHost(host, port);
    CompletableFuture<Answer> answer = new CompletableFuture<>();
    HttpClientContext context = HttpClientContext.create();
    client.execute(
        HttpAsyncMethods.create(target, new BasicHttpRequest("GET", path, HttpVersion.HTTP_1_1)),
        new BasicAsyncResponseConsumer(),
        context,
        new Completing(answer, context, URI.create(target.toURI() + path)));
    return await(answer);
  }

  @Override
  public Left leftBy(String url) throws IOException, InterruptedException {
    HttpClientContext context = HttpClientContext.create();
    CompletableFuture<Answer> answer = new CompletableFuture<>();
    client.execute(new HttpGet(url), context, new Completing(answer, context, URI.create(url)));
    await(answer);
    boolean tls =
        context.getConnection() instanceof ManagedNHttpClientConnection connection
            && connection.isOpen()
            && connection.getSSLSession() != null;
    return new Left(
        context.getRequest().getRequestLine().getUri(), context.getTargetHost().toString(), tls);
  }

  @Override
  public CompletableFuture<Integer> stream(String url, InputStream body, Consumer<byte[]> parts) {
    HttpPost request = new HttpPost(url);
    request.setEntity(new InputStreamEntity(body));
    return stream(HttpAsyncMethods.create(request), parts);
  }

  private CompletableFuture<Integer> stream(
      HttpAsyncRequestProducer request, Consumer<byte[]> parts) {
    CompletableFuture<Integer> status = new CompletableFuture<>();
    client.execute(request, new Parts(parts), new Telling<>(status));
    return status;
  }

  @Override
  public CompletableFuture<String> startReadingSlowly(String url) {
    CompletableFuture<String> text = new CompletableFuture<>();
    client.execute(HttpAsyncMethods.create(new HttpGet(url)), new Slow(), new Telling<>(text));
    return text;
  }

  @Override
  public CompletableFuture<Answer> startMinimal(String url) {
    CloseableHttpAsyncClient minimal = HttpAsyncClients.createMinimal();
    minimal.start();
    CompletableFuture<Answer> answer = begin(minimal, new HttpGet(url));
    return answer.whenCompleteAsync(
        (value, error) -> {
          try {
            minimal.close();
          } catch (IOException e) {
            throw new IllegalStateException(e);
          }
        });
  }

  @Override
  public CompletableFuture<Answer> inTurn(String first, String then) {
    return begin(client, new HttpGet(first))
        .thenCompose(answer -> begin(client, new HttpGet(then)));
  }

  private Answer execute(CloseableHttpAsyncClient client, HttpUriRequest request)
      throws IOException, InterruptedException {
    Answer answer = await(begin(client, request));
    // A connection is free a moment behind the answer; tests count connections.
    Await.until(
        "end of the exchange", () -> connections.getTotalStats().getLeased() <= underWay.get());
    return answer;
  }

  /** Until 4.1.2 cancelling the library's future leaves the request alone. */
  private static CompletableFuture<Answer> begin(
      CloseableHttpAsyncClient client, HttpUriRequest request) {
    CompletableFuture<Answer> answer = new CompletableFuture<>();
    HttpClientContext context = HttpClientContext.create();
    client.execute(request, context, new Completing(answer, context, request.getURI()));
    answer.whenComplete(
        (value, error) -> {
          if (answer.isCancelled()) {
            request.abort();
          }
        });
    return answer;
  }

  private static Answer await(CompletableFuture<Answer> running)
      throws IOException, InterruptedException {
    try {
      return running.get();
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

  private record Completing(CompletableFuture<Answer> answer, HttpClientContext context, URI uri)
      implements FutureCallback<HttpResponse> {

    @Override
    public void completed(HttpResponse response) {
      try {
        answer.complete(Blocking.answer(response, Blocking.uri(uri, context)));
      } catch (IOException e) {
        answer.completeExceptionally(e);
      }
    }

    @Override
    public void failed(Exception cause) {
      answer.completeExceptionally(cause);
    }

    @Override
    public void cancelled() {
      answer.completeExceptionally(new InterruptedIOException("cancelled"));
    }
  }

  private record Telling<T>(CompletableFuture<T> future) implements FutureCallback<T> {

    @Override
    public void completed(T result) {
      future.complete(result);
    }

    @Override
    public void failed(Exception cause) {
      future.completeExceptionally(cause);
    }

    @Override
    public void cancelled() {
      future.completeExceptionally(new InterruptedIOException("cancelled"));
    }
  }

  @Override
  public void close() throws IOException {
    client.close();
    withCookies.close();
    unfollowing.close();
  }
}
