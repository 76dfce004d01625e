package io.endomesh.contracts.armeria.library;

import com.linecorp.armeria.client.ClientFactory;
import com.linecorp.armeria.client.ClientFactoryBuilder;
import com.linecorp.armeria.client.ClientRequestContext;
import com.linecorp.armeria.client.HttpClient;
import com.linecorp.armeria.client.ResponseTimeoutException;
import com.linecorp.armeria.client.UnprocessedRequestException;
import com.linecorp.armeria.client.WebClient;
import com.linecorp.armeria.client.proxy.ProxyConfig;
import com.linecorp.armeria.common.AggregatedHttpResponse;
import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpHeaders;
import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.HttpObject;
import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpRequestWriter;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.RequestHeaders;
import com.linecorp.armeria.common.RequestHeadersBuilder;
import com.linecorp.armeria.common.ResponseHeaders;
import com.linecorp.armeria.common.util.Version;
import io.endomesh.contracts.armeria.ArmeriaUnderTest;
import io.endomesh.testkit.Callers;
import io.endomesh.testkit.HttpClientFixture.Answer;
import io.endomesh.testkit.HttpClientUnderTest;
import io.endomesh.testkit.TestRoutes;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;

/**
 * The client of one version, used as an application uses it. The oldest follow no redirects and
 * keep no cookies: the application does. Thread-safe.
 */
public class ArmeriaClient implements ArmeriaUnderTest {

  private static final int PART = 8192;

  private static final Set<Integer> REDIRECTS = Set.of(301, 302, 303, 307, 308);
  private static final int MOST_REDIRECTS = 5;

  static {
    try {
      // Newer versions look for services by the class loader of the thread that is first.
      Class.forName("io.micrometer.context.ContextRegistry");
    } catch (ClassNotFoundException older) {
      // There is none.
    }
  }

  private final ClientFactory factory;
  private final WebClient client;
  private final List<Integer> logged = new CopyOnWriteArrayList<>();
  private final Map<String, String> cookies = new ConcurrentHashMap<>();

  public ArmeriaClient() {
    this(ClientFactory.builder());
  }

  private ArmeriaClient(ClientFactoryBuilder builder) {
    factory = builder.build();
    client = WebClient.builder().factory(factory).decorator(this::log).maxResponseLength(0).build();
  }

  private HttpResponse log(HttpClient next, ClientRequestContext context, HttpRequest request)
      throws Exception {
    context
        .log()
        .whenComplete()
        .thenAccept(log -> logged.add(log.responseHeaders().status().code()));
    return next.execute(context, request);
  }

  @Override
  public HttpClientUnderTest trusting() {
    return new ArmeriaClient(
        ClientFactory.builder()
            .tlsCustomizer(tls -> tls.trustManager(TestRoutes.AUTHORITY.root())));
  }

  @Override
  public List<Integer> logged() {
    return logged;
  }

  @Override
  public CompletableFuture<Answer> inTurn(String first, String then) {
    return client
        .execute(HttpRequest.of(head("GET", first).build()))
        .aggregate()
        .thenCompose(whole -> start(then));
  }

  @Override
  public CompletableFuture<Integer> read(String url, Consumer<String> parts) {
    HttpResponse response = client.execute(HttpRequest.of(head("GET", url).build()));
    CompletableFuture<Integer> status = new CompletableFuture<>();
    response.subscribe(
        new Subscriber<HttpObject>() {
          private int code;

          @Override
          public void onSubscribe(Subscription s) {
            s.request(Long.MAX_VALUE);
          }

          @Override
          public void onNext(HttpObject part) {
            if (part instanceof ResponseHeaders head) {
              code = head.status().code();
            } else if (part instanceof HttpData data) {
              parts.accept(data.toStringUtf8());
            }
          }

          @Override
          public void onError(Throwable cause) {
            status.completeExceptionally(cause);
          }

          @Override
          public void onComplete() {
            status.complete(code);
          }
        });
    status.whenComplete(
        (value, error) -> {
          if (status.isCancelled()) {
            response.abort();
          }
        });
    return status;
  }

  @Override
  public String version() {
    return Version.getAll(WebClient.class.getClassLoader()).get("armeria").artifactVersion();
  }

  @Override
  public Answer call(String method, String url, Map<String, String> headers, byte @Nullable [] body)
      throws IOException, InterruptedException {
    String to = url;
    Answer answer = send(method, to, headers, body);
    for (int i = 0; i < MOST_REDIRECTS && REDIRECTS.contains(answer.status()); i++) {
      to = URI.create(to).resolve(answer.headers().get("location")).toString();
      boolean keeps = answer.status() >= 307;
      answer = send(keeps ? method : "GET", to, headers, keeps ? body : null);
    }
    return answer;
  }

  private Answer send(
      String method, String url, Map<String, String> headers, byte @Nullable [] body)
      throws IOException, InterruptedException {
    RequestHeadersBuilder head = head(method, url);
    headers.forEach(head::add);
    HttpRequest request =
        body == null
            ? HttpRequest.of(head.build())
            : HttpRequest.of(head.build(), HttpData.wrap(body));
    return await(url, client.execute(request));
  }

  @Override
  public Answer postWithTrailer(String url, byte[] body, String name, String value)
      throws IOException, InterruptedException {
    // With a length that is known, there are no chunks and no trailers.
    HttpRequestWriter request = HttpRequest.streaming(head("POST", url).build());
    request.write(HttpData.wrap(body));
    request.write(HttpHeaders.of(name, value));
    request.close();
    return await(url, client.execute(request));
  }

  private static RequestHeadersBuilder head(String method, String url) {
    URI uri = URI.create(url);
    String path = uri.getRawPath().isEmpty() ? "/" : uri.getRawPath();
    return RequestHeaders.builder(
            HttpMethod.valueOf(method),
            uri.getRawQuery() == null ? path : path + "?" + uri.getRawQuery())
        .scheme(uri.getScheme())
        .authority(uri.getRawAuthority());
  }

  @Override
  public Answer stream(String url, InputStream body) throws IOException, InterruptedException {
    HttpRequestWriter request = HttpRequest.streaming(head("POST", url).build());
    CompletableFuture<HttpResponse> sent = new CompletableFuture<>();
    new Thread(
            () -> {
              try {
                sent.join();
                for (byte[] part = body.readNBytes(PART);
                    part.length > 0;
                    part = body.readNBytes(PART)) {
                  request.write(HttpData.wrap(part));
                  request.whenConsumed().join();
                }
                request.close();
              } catch (IOException | RuntimeException e) {
                request.close(e);
              }
            },
            "writing")
        .start();
    HttpResponse response = client.execute(request);
    sent.complete(response);
    return await(url, response);
  }

  @Override
  public int download(String url, OutputStream sink) throws IOException, InterruptedException {
    CompletableFuture<Integer> status = new CompletableFuture<>();
    client.execute(HttpRequest.of(head("GET", url).build())).subscribe(new Draining(sink, status));
    return Callers.join(status);
  }

  @Override
  public CompletableFuture<Answer> start(String url) {
    HttpResponse response = client.execute(HttpRequest.of(head("GET", url).build()));
    CompletableFuture<Answer> result = response.aggregate().thenApply(whole -> answer(url, whole));
    result.whenComplete(
        (value, error) -> {
          if (result.isCancelled()) {
            response.abort();
          }
        });
    return result;
  }

  @Override
  public Answer getUnfollowed(String url) throws IOException, InterruptedException {
    return send("GET", url, Map.of(), null);
  }

  @Override
  public Answer getWithCookies(String url) throws IOException, InterruptedException {
    String host = URI.create(url).getHost();
    String kept = cookies.get(host);
    Answer answer = send("GET", url, kept == null ? Map.of() : Map.of("cookie", kept), null);
    String set = answer.headers().get("set-cookie");
    if (set != null) {
      cookies.put(host, set.split(";", 2)[0]);
    }
    return answer;
  }

  @Override
  public HttpClientUnderTest behindProxy(int port) {
    return new ArmeriaClient(
        ClientFactory.builder()
            .proxyConfig(ProxyConfig.connect(new InetSocketAddress("127.0.0.1", port))));
  }

  private static Answer await(String url, HttpResponse response)
      throws IOException, InterruptedException {
    try {
      return answer(url, response.aggregate().get());
    } catch (InterruptedException e) {
      response.abort();
      throw e;
    } catch (ExecutionException e) {
      Throwable cause = e.getCause();
      if (cause instanceof ResponseTimeoutException) {
        SocketTimeoutException over = new SocketTimeoutException(cause.getMessage());
        over.initCause(cause);
        throw over;
      }
      if (cause instanceof UnprocessedRequestException && cause.getCause() != null) {
        cause = cause.getCause();
      }
      throw cause instanceof IOException broken ? broken : new IOException(cause);
    }
  }

  private static Answer answer(String url, AggregatedHttpResponse response) {
    return new Answer(
        response.status().code(),
        URI.create(url),
        byName(response.headers()),
        response.content().array(),
        byName(response.trailers()));
  }

  private static Map<String, String> byName(HttpHeaders all) {
    Map<String, String> first = new HashMap<>();
    all.forEach(
        (name, value) -> first.putIfAbsent(name.toString().toLowerCase(Locale.ROOT), value));
    return first;
  }

  @Override
  public void close() {
    factory.closeAsync();
  }
}
