package io.endomesh.contracts.httpclient5.library;

import io.endomesh.contracts.httpclient5.HttpClient5UnderTest;
import io.endomesh.testkit.Callers;
import io.endomesh.testkit.HttpClientFixture.Answer;
import io.endomesh.testkit.HttpClientUnderTest;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;
import org.apache.hc.client5.http.auth.AuthScope;
import org.apache.hc.client5.http.auth.UsernamePasswordCredentials;
import org.apache.hc.client5.http.classic.methods.HttpGet;
import org.apache.hc.client5.http.classic.methods.HttpPost;
import org.apache.hc.client5.http.classic.methods.HttpUriRequestBase;
import org.apache.hc.client5.http.config.RequestConfig;
import org.apache.hc.client5.http.impl.DefaultHttpRequestRetryStrategy;
import org.apache.hc.client5.http.impl.auth.BasicCredentialsProvider;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClientBuilder;
import org.apache.hc.client5.http.impl.classic.HttpClients;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManager;
import org.apache.hc.client5.http.protocol.HttpClientContext;
import org.apache.hc.client5.http.protocol.RedirectLocations;
import org.apache.hc.core5.function.Supplier;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.HttpHost;
import org.apache.hc.core5.http.io.HttpClientResponseHandler;
import org.apache.hc.core5.http.io.entity.ByteArrayEntity;
import org.apache.hc.core5.http.io.entity.EntityUtils;
import org.apache.hc.core5.http.io.entity.HttpEntities;
import org.apache.hc.core5.http.io.entity.InputStreamEntity;
import org.apache.hc.core5.http.message.BasicClassicHttpRequest;
import org.apache.hc.core5.http.message.BasicHeader;
import org.apache.hc.core5.util.TimeValue;
import org.apache.hc.core5.util.Timeout;
import org.apache.hc.core5.util.VersionInfo;
import org.jspecify.annotations.Nullable;

/** The classic client of one version, used as an application uses it. */
public class Classic implements HttpClient5UnderTest {

  private final Callers callers = new Callers();
  private final CloseableHttpClient client;
  private final CloseableHttpClient withCookies = HttpClients.createDefault();
  private final CloseableHttpClient unfollowing =
      HttpClients.custom().disableRedirectHandling().build();

  public Classic() {
    this(HttpClients.custom());
  }

  /** With a client of the test's choice. */
  Classic(HttpClientBuilder builder) {
    client = builder.build();
  }

  @Override
  public String version() {
    return VersionInfo.loadVersionInfo("org.apache.hc.client5", Classic.class.getClassLoader())
        .getRelease();
  }

  @Override
  public Answer call(String method, String url, Map<String, String> headers, byte @Nullable [] body)
      throws IOException {
    HttpUriRequestBase request = new HttpUriRequestBase(method, URI.create(url));
    headers.forEach(request::addHeader);
    if (body != null) {
      request.setEntity(new ByteArrayEntity(body, null));
    }
    return execute(client, request);
  }

  @Override
  public Answer postWithTrailer(String url, byte[] body, String name, String value)
      throws IOException {
    HttpPost request = new HttpPost(url);
    request.setEntity(
        HttpEntities.withTrailers(new ByteArrayEntity(body, null), new BasicHeader(name, value)));
    return execute(client, request);
  }

  @Override
  public Answer stream(String url, InputStream body) throws IOException {
    HttpPost request = new HttpPost(url);
    request.setEntity(new InputStreamEntity(body, null));
    return execute(client, request);
  }

  @Override
  public int download(String url, OutputStream sink) throws IOException {
    return client.execute(
        new HttpGet(url),
        response -> {
          response.getEntity().getContent().transferTo(sink);
          return response.getCode();
        });
  }

  @Override
  public CompletableFuture<Answer> start(String url) {
    HttpGet request = new HttpGet(url);
    return callers.start(() -> execute(client, request), request::cancel);
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
    return new Classic(
        HttpClients.custom()
            .setRetryStrategy(
                new DefaultHttpRequestRetryStrategy(times, TimeValue.ofMilliseconds(1))));
  }

  @Override
  public HttpClientUnderTest behindProxy(int port) {
    return new Classic(HttpClients.custom().setProxy(new HttpHost("localhost", port)));
  }

  @Override
  public HttpClientUnderTest withPassword() {
    BasicCredentialsProvider passwords = new BasicCredentialsProvider();
    passwords.setCredentials(
        new AuthScope(null, -1), new UsernamePasswordCredentials("app", "secret".toCharArray()));
    return new Classic(HttpClients.custom().setDefaultCredentialsProvider(passwords));
  }

  @Override
  public Answer expecting(String url, byte[] body) throws IOException {
    try (Classic expecting = configured(RequestConfig.custom().setExpectContinueEnabled(true))) {
      return expecting.call("POST", url, Map.of(), body);
    }
  }

  @Override
  public HttpClientUnderTest waitingAtMost(Duration time) {
    return configured(
        RequestConfig.custom().setResponseTimeout(Timeout.ofMilliseconds(time.toMillis())));
  }

  private static Classic configured(RequestConfig.Builder config) {
    return new Classic(HttpClients.custom().setDefaultRequestConfig(config.build()));
  }

  @Override
  public HttpClientUnderTest withOneConnection(Duration patience) {
    PoolingHttpClientConnectionManager connections = new PoolingHttpClientConnectionManager();
    connections.setDefaultMaxPerRoute(1);
    RequestConfig config =
        RequestConfig.custom()
            .setConnectionRequestTimeout(Timeout.ofMilliseconds(patience.toMillis()))
            .build();
    return new Classic(
        HttpClients.custom().setConnectionManager(connections).setDefaultRequestConfig(config));
  }

  @Override
  public HttpClientUnderTest intercepting(Runnable interceptor) {
    return new Classic(
        HttpClients.custom()
            .addRequestInterceptorFirst((request, entity, context) -> interceptor.run()));
  }

  @Override
  public Throwable cancelledBeforeItsAnswer(String url)
      throws InterruptedException, TimeoutException {
    HttpGet request = new HttpGet(url);
    return callers.givenUp(() -> execute(client, request), request::cancel);
  }

  @Override
  public Answer getAt(String host, int port, String path) throws IOException {
    HttpClientContext context = HttpClientContext.create();
    HttpHost target = new HttpHost(host, port);
    URI uri = URI.create(target.toURI() + path);
    return client.execute(
        target,
        new BasicClassicHttpRequest("GET", path),
        context,
        response -> answer(response, uri));
  }

  static Answer execute(CloseableHttpClient client, HttpUriRequestBase request) throws IOException {
    HttpClientContext context = HttpClientContext.create();
    HttpClientResponseHandler<Answer> handler = response -> answer(response, uri(request, context));
    return client.execute(request, context, handler);
  }

  private static Answer answer(ClassicHttpResponse response, URI uri) throws IOException {
    Map<String, String> headers = new HashMap<>();
    for (Header header : response.getHeaders()) {
      headers.putIfAbsent(header.getName().toLowerCase(Locale.ROOT), header.getValue());
    }
    HttpEntity entity = response.getEntity();
    if (entity == null) {
      return new Answer(response.getCode(), uri, headers, new byte[0]);
    }
    byte[] body = EntityUtils.toByteArray(entity);
    return new Answer(response.getCode(), uri, headers, body, trailers(entity));
  }

  private static Map<String, String> trailers(HttpEntity read) {
    Map<String, String> trailers = new HashMap<>();
    Supplier<List<? extends Header>> all = read.getTrailers();
    List<? extends Header> told = all == null ? null : all.get();
    if (told != null) {
      told.forEach(
          header -> trailers.put(header.getName().toLowerCase(Locale.ROOT), header.getValue()));
    }
    return trailers;
  }

  /** Of the last request. */
  private static URI uri(HttpUriRequestBase request, HttpClientContext context) {
    RedirectLocations redirects = context.getRedirectLocations();
    List<URI> all = redirects == null ? List.of() : redirects.getAll();
    return all.isEmpty() ? URI.create(uri(request)) : all.get(all.size() - 1);
  }

  private static String uri(HttpUriRequestBase request) {
    return request.getScheme() + "://" + request.getAuthority() + request.getRequestUri();
  }

  @Override
  public void close() throws IOException {
    callers.close();
    client.close();
    withCookies.close();
    unfollowing.close();
  }
}
