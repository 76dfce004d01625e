package io.endomesh.contracts.jettyclient.before12;

import io.endomesh.contracts.jettyclient.JettyClientUnderTest;
import io.endomesh.testkit.HttpClientFixture.Answer;
import io.endomesh.testkit.HttpClientUnderTest;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.eclipse.jetty.client.HttpClient;
import org.eclipse.jetty.client.HttpProxy;
import org.eclipse.jetty.client.HttpRequest;
import org.eclipse.jetty.client.HttpResponse;
import org.eclipse.jetty.client.api.Authentication;
import org.eclipse.jetty.client.api.ContentResponse;
import org.eclipse.jetty.client.api.Request;
import org.eclipse.jetty.client.api.Response;
import org.eclipse.jetty.client.api.Result;
import org.eclipse.jetty.client.util.BasicAuthentication;
import org.eclipse.jetty.client.util.BufferingResponseListener;
import org.eclipse.jetty.client.util.BytesContentProvider;
import org.eclipse.jetty.client.util.InputStreamContentProvider;
import org.eclipse.jetty.client.util.InputStreamResponseListener;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.util.Jetty;
import org.eclipse.jetty.util.ssl.SslContextFactory;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.jspecify.annotations.Nullable;

/** The client of one version, used as an application uses it. */
public final class JettyBefore12 implements JettyClientUnderTest {

  /** More than the largest body of a test. */
  private static final int MAX_ANSWER = 8_000_000;

  private final HttpClient client = newClient();
  private final long timeoutMillis;

  public JettyBefore12() {
    this(client -> {}, 0);
  }

  private JettyBefore12(Consumer<HttpClient> configuration, long timeoutMillis) {
    this.timeoutMillis = timeoutMillis;
    QueuedThreadPool threads = new QueuedThreadPool(16);
    threads.setDaemon(true);
    client.setExecutor(threads);
    client.setFollowRedirects(true);
    configuration.accept(client);
    try {
      client.start();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  /** Until 9.4 one is made with TLS or without; since, all have it. */
  private static HttpClient newClient() {
    try {
      return HttpClient.class
          .getConstructor(SslContextFactory.class)
          .newInstance(new SslContextFactory.Client());
    } catch (NoSuchMethodException since10) {
      return new HttpClient();
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public String version() {
    return Jetty.VERSION;
  }

  private Request request(String method, String url) {
    return client.newRequest(url).method(method).timeout(timeoutMillis, TimeUnit.MILLISECONDS);
  }

  @Override
  public Answer call(String method, String url, Map<String, String> headers, byte @Nullable [] body)
      throws IOException, InterruptedException {
    Request request = request(method, url);
    headers.forEach(request::header);
    if (body != null) {
      request.content(new BytesContentProvider(body));
    }
    return send(request);
  }

  @Override
  public Answer stream(String url, InputStream body) throws IOException, InterruptedException {
    return send(request("POST", url).content(new InputStreamContentProvider(body)));
  }

  @Override
  public Answer postWithTrailer(String url, byte[] body, String name, String value)
      throws IOException, InterruptedException {
    HttpFields trailers = trailers(name, value);
    HttpRequest request = (HttpRequest) request("POST", url);
    return send(
        request
            .trailers(() -> trailers)
            .content(new InputStreamContentProvider(new ByteArrayInputStream(body))));
  }

  /** A class until 9.4, an interface since. */
  private static HttpFields trailers(String name, String value) {
    try {
      Class<?> mutable = HttpFields.class;
      Object made;
      if (mutable.isInterface()) {
        made = HttpFields.class.getMethod("build").invoke(null);
        mutable = Class.forName("org.eclipse.jetty.http.HttpFields$Mutable");
      } else {
        made = HttpFields.class.getConstructor().newInstance();
      }
      mutable.getMethod("add", String.class, String.class).invoke(made, name, value);
      return (HttpFields) made;
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
  }

  private Answer send(Request request) throws IOException, InterruptedException {
    CompletableFuture<Answer> running = begin(request);
    try {
      return running.get();
    } catch (InterruptedException e) {
      running.cancel(true);
      throw e;
    } catch (ExecutionException e) {
      throw broken(e.getCause());
    }
  }

  /** What the library has for callers that wait. */
  private static Answer sendBlocking(Request request) throws IOException, InterruptedException {
    try {
      ContentResponse response = request.send();
      return answer(response.getRequest(), response, response.getContent());
    } catch (ExecutionException e) {
      throw broken(e.getCause());
    } catch (TimeoutException e) {
      throw broken(e);
    }
  }

  private static IOException broken(Throwable cause) {
    if (cause instanceof TimeoutException) {
      // How this client says that its own time is over.
      SocketTimeoutException over = new SocketTimeoutException(cause.getMessage());
      over.initCause(cause);
      return over;
    }
    return cause instanceof IOException broken ? broken : new IOException(cause);
  }

  @Override
  public int download(String url, OutputStream sink) throws IOException, InterruptedException {
    InputStreamResponseListener listener = new InputStreamResponseListener();
    request("GET", url).send(listener);
    try (InputStream in = listener.getInputStream()) {
      int status = listener.get(1, TimeUnit.MINUTES).getStatus();
      in.transferTo(sink);
      return status;
    } catch (ExecutionException e) {
      throw broken(e.getCause());
    } catch (TimeoutException e) {
      throw broken(e);
    }
  }

  @Override
  public CompletableFuture<Answer> start(String url) {
    return begin(request("GET", url));
  }

  private static CompletableFuture<Answer> begin(Request request) {
    CompletableFuture<Answer> result = new CompletableFuture<>();
    request.send(
        new BufferingResponseListener(MAX_ANSWER) {
          @Override
          public void onComplete(Result done) {
            if (done.isFailed()) {
              result.completeExceptionally(done.getFailure());
            } else {
              result.complete(answer(done.getRequest(), done.getResponse(), getContent()));
            }
          }
        });
    return aborting(result, request);
  }

  private static <T> CompletableFuture<T> aborting(CompletableFuture<T> result, Request request) {
    result.whenComplete(
        (value, error) -> {
          if (result.isCancelled()) {
            request.abort(new InterruptedIOException("given up"));
          }
        });
    return result;
  }

  @Override
  public Answer getUnfollowed(String url) throws IOException, InterruptedException {
    return sendBlocking(request("GET", url).followRedirects(false));
  }

  @Override
  public Answer getWithCookies(String url) throws IOException, InterruptedException {
    return sendBlocking(request("GET", url));
  }

  @Override
  public HttpClientUnderTest behindProxy(int port) {
    return new JettyBefore12(
        client -> client.getProxyConfiguration().getProxies().add(new HttpProxy("localhost", port)),
        0);
  }

  @Override
  public HttpClientUnderTest withPassword(String url) {
    return new JettyBefore12(
        client ->
            client
                .getAuthenticationStore()
                .addAuthentication(
                    new BasicAuthentication(
                        URI.create(url), Authentication.ANY_REALM, "app", "secret")),
        0);
  }

  @Override
  public HttpClientUnderTest waitingAtMost(int millis) {
    return new JettyBefore12(client -> {}, millis);
  }

  @Override
  public CompletableFuture<Answer> inTurn(String first, String then) {
    CompletableFuture<Answer> second = new CompletableFuture<>();
    request("GET", first)
        .send(
            result ->
                start(then)
                    .whenComplete(
                        (answer, error) -> {
                          if (error == null) {
                            second.complete(answer);
                          } else {
                            second.completeExceptionally(error);
                          }
                        }));
    return second;
  }

  @Override
  public CompletableFuture<Integer> read(String url, Consumer<String> parts) {
    CompletableFuture<Integer> result = new CompletableFuture<>();
    Request request =
        request("GET", url)
            .onResponseContent(
                (response, content) ->
                    parts.accept(StandardCharsets.US_ASCII.decode(content).toString()));
    request.send(
        done -> {
          if (done.isFailed()) {
            result.completeExceptionally(done.getFailure());
          } else {
            result.complete(done.getResponse().getStatus());
          }
        });
    return aborting(result, request);
  }

  @Override
  public Answer listening(String url, Consumer<String> events) throws Exception {
    return send(
        request("GET", url)
            .onRequestQueued(request -> events.accept("queued"))
            .onRequestBegin(
                request -> {
                  events.accept("begin");
                  request.header("x-listener", "yes");
                })
            .onRequestCommit(request -> events.accept("commit"))
            .onRequestSuccess(request -> events.accept("success"))
            .onRequestFailure((request, failure) -> events.accept("failure")));
  }

  @Override
  public String readAsStream(String url) throws Exception {
    InputStreamResponseListener listener = new InputStreamResponseListener();
    request("GET", url).send(listener);
    listener.get(10, TimeUnit.SECONDS);
    try (InputStream in = listener.getInputStream()) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private static Answer answer(Request request, Response response, byte @Nullable [] content) {
    return new Answer(
        response.getStatus(),
        request.getURI(),
        byName(response.getHeaders()),
        content == null ? new byte[0] : content,
        byName(response instanceof HttpResponse whole ? whole.getTrailers() : null));
  }

  /** Of a class until 9.4, of an interface since. */
  private static Map<String, String> byName(@Nullable Iterable<HttpField> fields) {
    Map<String, String> first = new HashMap<>();
    if (fields != null) {
      for (HttpField field : fields) {
        first.putIfAbsent(field.getName().toLowerCase(Locale.ROOT), field.getValue());
      }
    }
    return first;
  }

  @Override
  public void close() throws IOException {
    try {
      client.stop();
    } catch (Exception e) {
      throw new IOException(e);
    }
  }
}
