package io.endomesh.instrumentation.httpclient;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpClient.Redirect;
import java.net.http.HttpClient.Version;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.ResponseInfo;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The request that follows from a redirect, by the rules of the JDK's own {@code RedirectFilter}.
 * It is a call of its own: it may lead to another service, or out of the mesh. Immutable, but for
 * the response that led to it, which is set before it is sent.
 */
final class RedirectedRequest extends HttpRequest {

  /** The JDK's default of {@code jdk.httpclient.redirects.retrylimit}. */
  private static final int DEFAULT_LIMIT = 5;

  private static final int SEE_OTHER = 303;

  private final HttpRequest from;
  private final URI uri;
  private final String method;
  private final boolean withBody;
  private final int hops;
  private volatile @Nullable HttpResponse<?> previous;

  private RedirectedRequest(HttpRequest from, URI uri, String method, boolean withBody, int hops) {
    this.from = from;
    this.uri = uri;
    this.method = method;
    this.withBody = withBody;
    this.hops = hops;
  }

  /** Null if the response is no redirect, or one that is not to be followed. */
  static @Nullable RedirectedRequest of(
      HttpClient client, HttpRequest request, ResponseInfo response) {
    int status = response.statusCode();
    if (client.followRedirects() == Redirect.NEVER || !redirects(status)) {
      return null;
    }
    String location = response.headers().firstValue("Location").orElse(null);
    if (location == null) {
      throw new UncheckedIOException(new IOException("Invalid redirection"));
    }
    URI target = request.uri().resolve(URI.create(location));
    int hops = request instanceof RedirectedRequest hop ? hop.hops + 1 : 1;
    if (target.getHost() == null
        || !allowed(client, request.uri(), target)
        || hops >= Integer.getInteger("jdk.httpclient.redirects.retrylimit", DEFAULT_LIMIT)) {
      return null;
    }
    return new RedirectedRequest(
        request, target, method(status, request.method()), status != SEE_OTHER, hops);
  }

  private static boolean redirects(int status) {
    return status == 301 || status == 302 || status == SEE_OTHER || status == 307 || status == 308;
  }

  private static boolean allowed(HttpClient client, URI from, URI to) {
    return client.followRedirects() == Redirect.ALWAYS
        || from.getScheme().equalsIgnoreCase(to.getScheme())
        || "https".equalsIgnoreCase(to.getScheme());
  }

  private static String method(int status, String method) {
    boolean becomesGet =
        status == SEE_OTHER || ((status == 301 || status == 302) && method.equals("POST"));
    return becomesGet ? "GET" : method;
  }

  void previous(HttpResponse<?> response) {
    previous = response;
  }

  @SuppressWarnings("unchecked") // All hops of a call have the body type the application asked for.
  <T> @Nullable HttpResponse<T> previous() {
    return (HttpResponse<T>) previous;
  }

  /** The response to this request, with the one that led to it if nobody has told it yet. */
  <T> HttpResponse<T> answeredBy(HttpResponse<T> response) {
    return response.previousResponse().isPresent()
        ? response
        : new MeshResponse<>(response, response.request(), previous(), response.headers());
  }

  @Override
  public URI uri() {
    return uri;
  }

  @Override
  public String method() {
    return method;
  }

  @Override
  public Optional<BodyPublisher> bodyPublisher() {
    return withBody ? from.bodyPublisher() : Optional.empty();
  }

  @Override
  public HttpHeaders headers() {
    return from.headers();
  }

  @Override
  public Optional<Duration> timeout() {
    return from.timeout();
  }

  @Override
  public boolean expectContinue() {
    return from.expectContinue();
  }

  @Override
  public Optional<Version> version() {
    return from.version();
  }
}
