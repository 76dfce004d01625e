package io.endomesh.contracts.httpclient4.library;

import io.endomesh.contracts.httpclient4.HttpBlockingClient4UnderTest;
import io.endomesh.testkit.Callers;
import io.endomesh.testkit.HttpClientFixture.Answer;
import io.endomesh.testkit.HttpClientUnderTest;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;
import org.apache.http.Header;
import org.apache.http.HttpEntity;
import org.apache.http.HttpHost;
import org.apache.http.HttpRequestInterceptor;
import org.apache.http.HttpResponse;
import org.apache.http.HttpVersion;
import org.apache.http.auth.AuthScope;
import org.apache.http.auth.UsernamePasswordCredentials;
import org.apache.http.client.ServiceUnavailableRetryStrategy;
import org.apache.http.client.config.RequestConfig;
import org.apache.http.client.methods.CloseableHttpResponse;
import org.apache.http.client.methods.HttpEntityEnclosingRequestBase;
import org.apache.http.client.methods.HttpGet;
import org.apache.http.client.methods.HttpPost;
import org.apache.http.client.methods.HttpUriRequest;
import org.apache.http.client.protocol.HttpClientContext;
import org.apache.http.conn.ManagedHttpClientConnection;
import org.apache.http.entity.ByteArrayEntity;
import org.apache.http.entity.InputStreamEntity;
import org.apache.http.entity.StringEntity;
import org.apache.http.impl.client.BasicCredentialsProvider;
import org.apache.http.impl.client.CloseableHttpClient;
import org.apache.http.impl.client.DefaultServiceUnavailableRetryStrategy;
import org.apache.http.impl.client.HttpClientBuilder;
import org.apache.http.impl.client.HttpClients;
import org.apache.http.impl.execchain.ClientExecChain;
import org.apache.http.message.BasicHttpRequest;
import org.apache.http.message.BasicHttpResponse;
import org.apache.http.protocol.HttpContext;
import org.apache.http.util.EntityUtils;
import org.apache.http.util.VersionInfo;
import org.jspecify.annotations.Nullable;

/** The client of one version, used as an application uses it. */
public class Blocking implements HttpBlockingClient4UnderTest {

  private final Callers callers = new Callers();
  private final CloseableHttpClient client;
  private final CloseableHttpClient withCookies = builder().build();
  private final CloseableHttpClient unfollowing = builder().disableRedirectHandling().build();

  public Blocking() {
    this(builder());
  }

  /** With a client of the test's choice. */
  Blocking(HttpClientBuilder builder) {
    client = builder.build();
  }

  /** Two connections to each endpoint are the default. */
  private static HttpClientBuilder builder() {
    return HttpClients.custom().setMaxConnPerRoute(50).setMaxConnTotal(100);
  }

  @Override
  public String version() {
    return VersionInfo.loadVersionInfo("org.apache.http.client", Blocking.class.getClassLoader())
        .getRelease();
  }

  /** With a body or without, whatever the method. */
  static final class Request extends HttpEntityEnclosingRequestBase {
    private final String method;

    Request(String method, String url) {
      this.method = method;
      setURI(URI.create(url));
    }

    @Override
    public String getMethod() {
      return method;
    }
  }

  @Override
  public Answer call(String method, String url, Map<String, String> headers, byte @Nullable [] body)
      throws IOException {
    HttpUriRequest request;
    if (body == null && method.equals("GET")) {
      request = new HttpGet(url);
    } else {
      Request enclosing = new Request(method, url);
      if (body != null) {
        enclosing.setEntity(new ByteArrayEntity(body));
      }
      request = enclosing;
    }
    headers.forEach(request::addHeader);
    return execute(client, request);
  }

  @Override
  public Answer stream(String url, InputStream body) throws IOException {
    HttpPost request = new HttpPost(url);
    request.setEntity(new InputStreamEntity(body));
    return execute(client, request);
  }

  @Override
  public int download(String url, OutputStream sink) throws IOException {
    return client.execute(
        new HttpGet(url),
        response -> {
          response.getEntity().getContent().transferTo(sink);
          return response.getStatusLine().getStatusCode();
        });
  }

  @Override
  public CompletableFuture<Answer> start(String url) {
    HttpGet request = new HttpGet(url);
    return callers.start(() -> execute(client, request), request::abort);
  }

  @Override
  public Answer getUnfollowed(String url) throws IOException {
    return execute(unfollowing, new HttpGet(url));
  }

  @Override
  public Answer getWithCookies(String url) throws IOException {
    return execute(withCookies, new HttpGet(url));
  }

  @Override
  public HttpClientUnderTest retrying(int times) {
    return retrying(times, () -> {});
  }

  @Override
  public HttpClientUnderTest retrying(int times, Runnable before) {
    return new Blocking(
        builder()
            .setRetryHandler(
                (error, executions, context) -> {
                  before.run();
                  return executions <= times;
                }));
  }

  @Override
  public HttpClientUnderTest retryingUnavailable(int times) {
    ServiceUnavailableRetryStrategy strategy = new DefaultServiceUnavailableRetryStrategy(times, 1);
    return new Blocking(builder().setServiceUnavailableRetryStrategy(strategy));
  }

  @Override
  public HttpClientUnderTest behindProxy(int port) {
    return new Blocking(builder().setProxy(new HttpHost("localhost", port)));
  }

  @Override
  public HttpClientUnderTest withPasswordFor(String host, int port) {
    BasicCredentialsProvider passwords = new BasicCredentialsProvider();
    passwords.setCredentials(
        new AuthScope(host, port), new UsernamePasswordCredentials("app", "secret"));
    return new Blocking(builder().setDefaultCredentialsProvider(passwords));
  }

  @Override
  public Answer expecting(String url, byte[] body) throws IOException {
    try (Blocking expecting = configured(RequestConfig.custom().setExpectContinueEnabled(true))) {
      return expecting.call("POST", url, Map.of(), body);
    }
  }

  @Override
  public HttpClientUnderTest waitingAtMost(Duration time) {
    return configured(RequestConfig.custom().setSocketTimeout((int) time.toMillis()));
  }

  private static Blocking configured(RequestConfig.Builder config) {
    return new Blocking(builder().setDefaultRequestConfig(config.build()));
  }

  @Override
  public HttpClientUnderTest withOneConnection(Duration patience) {
    RequestConfig config =
        RequestConfig.custom().setConnectionRequestTimeout((int) patience.toMillis()).build();
    return new Blocking(builder().setMaxConnPerRoute(1).setDefaultRequestConfig(config));
  }

  @Override
  public HttpClientUnderTest intercepting(Runnable interceptor) {
    return new Blocking(
        builder()
            .addInterceptorFirst((HttpRequestInterceptor) (request, context) -> interceptor.run()));
  }

  @Override
  public HttpClientUnderTest answeringFromACache(String text) {
    return new Blocking(
        new HttpClientBuilder() {
          @Override
          protected ClientExecChain decorateMainExec(ClientExecChain exec) {
            return (route, request, context, abortedBy) -> new Cached(text);
          }
        });
  }

  private static final class Cached extends BasicHttpResponse implements CloseableHttpResponse {
    Cached(String text) {
      super(HttpVersion.HTTP_1_1, 200, "OK");
      setEntity(new StringEntity(text, StandardCharsets.UTF_8));
    }

    @Override
    public void close() {}
  }

  @Override
  public Throwable abortedBeforeItsAnswer(String url)
      throws InterruptedException, TimeoutException {
    HttpGet request = new HttpGet(url);
    return callers.givenUp(() -> execute(client, request), request::abort);
  }

  @Override
  public Throwable abortedAlready(String url) {
    HttpGet request = new HttpGet(url);
    request.abort();
    try {
      return new IllegalStateException("answered: " + execute(client, request));
    } catch (IOException e) {
      return e;
    }
  }

  @Override
  public Throwable abortedWhileReading(String url) throws IOException {
    HttpGet request = new HttpGet(url);
    try (CloseableHttpResponse response = client.execute(request)) {
      InputStream body = response.getEntity().getContent();
      body.read();
      request.abort();
      body.readAllBytes();
      return new IllegalStateException("read to its end");
    } catch (IOException e) {
      return e;
    }
  }

  @Override
  public Answer getAt(String host, int port, String path) throws IOException {
    HttpHost target = new HttpHost(host, port);
    URI uri = URI.create(target.toURI() + path);
    return client.execute(
        target,
        new BasicHttpRequest("GET", path, HttpVersion.HTTP_1_1),
        response -> answer(response, uri),
        HttpClientContext.create());
  }

  @Override
  public Left leftBy(String url) throws IOException {
    HttpClientContext context = HttpClientContext.create();
    try (CloseableHttpResponse response = client.execute(new HttpGet(url), context)) {
      ManagedHttpClientConnection connection =
          context.getConnection(ManagedHttpClientConnection.class);
      boolean tls = connection.isOpen() && connection.getSSLSession() != null;
      EntityUtils.consume(response.getEntity());
      return new Left(
          context.getRequest().getRequestLine().getUri(), context.getTargetHost().toString(), tls);
    }
  }

  static Answer execute(CloseableHttpClient client, HttpUriRequest request) throws IOException {
    HttpClientContext context = HttpClientContext.create();
    return client.execute(
        request, response -> answer(response, uri(request.getURI(), context)), context);
  }

  static Answer answer(HttpResponse response, URI uri) throws IOException {
    Map<String, String> headers = new HashMap<>();
    for (Header header : response.getAllHeaders()) {
      headers.putIfAbsent(header.getName().toLowerCase(Locale.ROOT), header.getValue());
    }
    HttpEntity entity = response.getEntity();
    byte[] body = entity == null ? new byte[0] : EntityUtils.toByteArray(entity);
    return new Answer(response.getStatusLine().getStatusCode(), uri, headers, body);
  }

  /** Of the last request. */
  static URI uri(URI asked, HttpContext context) {
    List<URI> redirects = HttpClientContext.adapt(context).getRedirectLocations();
    return redirects == null || redirects.isEmpty() ? asked : redirects.get(redirects.size() - 1);
  }

  @Override
  public void close() throws IOException {
    callers.close();
    client.close();
    withCookies.close();
    unfollowing.close();
  }
}
