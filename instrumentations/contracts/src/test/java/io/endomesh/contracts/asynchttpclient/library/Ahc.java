package io.endomesh.contracts.asynchttpclient.library;

import io.endomesh.contracts.asynchttpclient.AsyncHttpClientUnderTest;
import io.endomesh.testkit.Callers;
import io.endomesh.testkit.HttpClientFixture.Answer;
import io.endomesh.testkit.HttpClientUnderTest;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.util.HashedWheelTimer;
import io.netty.util.Timer;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.time.Duration;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.asynchttpclient.AsyncCompletionHandler;
import org.asynchttpclient.AsyncCompletionHandlerBase;
import org.asynchttpclient.AsyncHttpClient;
import org.asynchttpclient.DefaultAsyncHttpClient;
import org.asynchttpclient.DefaultAsyncHttpClientConfig;
import org.asynchttpclient.HttpResponseBodyPart;
import org.asynchttpclient.ListenableFuture;
import org.asynchttpclient.Realm;
import org.asynchttpclient.Request;
import org.asynchttpclient.RequestBuilder;
import org.asynchttpclient.Response;
import org.asynchttpclient.filter.FilterContext;
import org.asynchttpclient.filter.RequestFilter;
import org.asynchttpclient.proxy.ProxyServer;
import org.jspecify.annotations.Nullable;

/** The client of one version, used as an application uses it. */
public class Ahc implements AsyncHttpClientUnderTest {

  /** A client waits for a tick of its own timer when it is closed, and tests close many. */
  private static final Timer TIMER =
      new HashedWheelTimer(new DefaultThreadFactory("timer", /* daemon= */ true));

  private final AsyncHttpClient client;
  private final AsyncHttpClient unfollowing = client(config().setFollowRedirect(false));

  public Ahc() {
    this(config());
  }

  private Ahc(DefaultAsyncHttpClientConfig.Builder config) {
    client = client(config);
  }

  private static AsyncHttpClient client(DefaultAsyncHttpClientConfig.Builder config) {
    return new DefaultAsyncHttpClient(config.build());
  }

  private static DefaultAsyncHttpClientConfig.Builder config() {
    return new DefaultAsyncHttpClientConfig.Builder()
        .setFollowRedirect(true)
        .setIoThreadsCount(2)
        .setNettyTimer(TIMER);
  }

  /** The library does not say it but in the file of its package. */
  @Override
  public String version() {
    Properties about = new Properties();
    try (InputStream in =
        AsyncHttpClient.class.getResourceAsStream(
            "/META-INF/maven/org.asynchttpclient/async-http-client/pom.properties")) {
      about.load(in);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return about.getProperty("version");
  }

  @Override
  public Answer call(String method, String url, Map<String, String> headers, byte @Nullable [] body)
      throws IOException, InterruptedException {
    RequestBuilder request = new RequestBuilder(method).setUrl(url);
    headers.forEach(request::addHeader);
    if (body != null) {
      request.setBody(body);
    }
    Map<String, String> trailers = new ConcurrentHashMap<>();
    ListenableFuture<Response> running =
        client.executeRequest(
            request.build(),
            new AsyncCompletionHandlerBase() {
              @Override
              public State onTrailingHeadersReceived(HttpHeaders all) throws Exception {
                all.forEach(trailer -> trailers.put(trailer.getKey(), trailer.getValue()));
                return super.onTrailingHeadersReceived(all);
              }
            });
    Answer answer = await(running);
    return new Answer(answer.status(), answer.uri(), answer.headers(), answer.body(), trailers);
  }

  @Override
  public Answer stream(String url, InputStream body) throws IOException, InterruptedException {
    return await(
        client.executeRequest(new RequestBuilder("POST").setUrl(url).setBody(body).build()));
  }

  private static Request get(String url) {
    return new RequestBuilder("GET").setUrl(url).build();
  }

  @Override
  public int download(String url, OutputStream sink) throws IOException, InterruptedException {
    return Callers.join(read(url, HttpClientUnderTest.into(sink)));
  }

  @Override
  public CompletableFuture<Answer> start(String url) {
    ListenableFuture<Response> running = client.executeRequest(get(url));
    return cancelling(running.toCompletableFuture().thenApply(Ahc::answer), running);
  }

  private static <T> CompletableFuture<T> cancelling(
      CompletableFuture<T> result, ListenableFuture<?> running) {
    result.whenComplete(
        (value, error) -> {
          if (result.isCancelled()) {
            running.cancel(true);
          }
        });
    return result;
  }

  @Override
  public Answer getUnfollowed(String url) throws IOException, InterruptedException {
    return await(unfollowing.executeRequest(get(url)));
  }

  @Override
  public Answer getWithCookies(String url) throws IOException, InterruptedException {
    return await(client.executeRequest(get(url)));
  }

  @Override
  public HttpClientUnderTest behindProxy(int port) {
    return new Ahc(config().setProxyServer(new ProxyServer.Builder("localhost", port)));
  }

  @Override
  public HttpClientUnderTest withPassword() {
    return new Ahc(
        config().setRealm(new Realm.Builder("app", "secret").setScheme(Realm.AuthScheme.BASIC)));
  }

  /** A number until 2.x, a duration since. */
  @Override
  public HttpClientUnderTest waitingAtMost(int millis) {
    DefaultAsyncHttpClientConfig.Builder config = config();
    try {
      try {
        config.getClass().getMethod("setRequestTimeout", int.class).invoke(config, millis);
      } catch (NoSuchMethodException newer) {
        config
            .getClass()
            .getMethod("setRequestTimeout", Duration.class)
            .invoke(config, Duration.ofMillis(millis));
      }
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
    return new Ahc(config);
  }

  @Override
  public HttpClientUnderTest withOneConnection() {
    return new Ahc(config().setMaxConnectionsPerHost(1));
  }

  @Override
  public HttpClientUnderTest filtering(Runnable filter) {
    return new Ahc(
        config()
            .addRequestFilter(
                new RequestFilter() {
                  @Override
                  public <T> FilterContext<T> filter(FilterContext<T> context) {
                    filter.run();
                    return context;
                  }
                }));
  }

  @Override
  public CompletableFuture<Answer> inTurn(String first, String then) {
    return client
        .executeRequest(get(first))
        .toCompletableFuture()
        .thenCompose(response -> client.executeRequest(get(then)).toCompletableFuture())
        .thenApply(Ahc::answer);
  }

  @Override
  public CompletableFuture<Integer> read(String url, Consumer<byte[]> parts) {
    ListenableFuture<Integer> running =
        client.executeRequest(
            get(url),
            new AsyncCompletionHandler<Integer>() {
              @Override
              public State onBodyPartReceived(HttpResponseBodyPart part) throws Exception {
                parts.accept(part.getBodyPartBytes());
                return State.CONTINUE;
              }

              @Override
              public Integer onCompleted(Response response) {
                return response.getStatusCode();
              }
            });
    return cancelling(running.toCompletableFuture().thenApply(status -> status), running);
  }

  private static Answer await(ListenableFuture<Response> running)
      throws IOException, InterruptedException {
    try {
      return answer(running.get());
    } catch (InterruptedException e) {
      running.cancel(true);
      throw e;
    } catch (ExecutionException e) {
      Throwable cause = e.getCause();
      while ((cause instanceof ExecutionException || cause instanceof CompletionException)
          && cause.getCause() != null) {
        cause = cause.getCause();
      }
      if (cause instanceof TimeoutException) {
        // How this client says that its own time is over.
        SocketTimeoutException over = new SocketTimeoutException(cause.getMessage());
        over.initCause(cause);
        throw over;
      }
      throw cause instanceof IOException broken ? broken : new IOException(cause);
    }
  }

  private static Answer answer(Response response) {
    Map<String, String> headers = new HashMap<>();
    response
        .getHeaders()
        .forEach(
            header ->
                headers.putIfAbsent(header.getKey().toLowerCase(Locale.ROOT), header.getValue()));
    return new Answer(
        response.getStatusCode(),
        URI.create(response.getUri().toUrl()),
        headers,
        response.getResponseBodyAsBytes());
  }

  @Override
  public void close() throws IOException {
    client.close();
    unfollowing.close();
  }
}
