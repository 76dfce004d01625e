package io.endomesh.instrumentation.httpclient;

import java.net.URI;
import java.net.http.HttpClient.Version;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The application's request with another URI object, headers and timeout: what one attempt sends.
 * Immutable. Being of this class, it passes the call hook.
 */
final class AttemptRequest extends HttpRequest {

  private final HttpRequest request;
  private final URI uri;
  private final HttpHeaders headers;
  private final @Nullable Duration timeout;

  AttemptRequest(HttpRequest request, URI uri, HttpHeaders headers, @Nullable Duration timeout) {
    this.request = request;
    this.uri = uri;
    this.headers = headers;
    this.timeout = timeout;
  }

  @Override
  public URI uri() {
    return uri;
  }

  @Override
  public HttpHeaders headers() {
    return headers;
  }

  @Override
  public Optional<Duration> timeout() {
    return Optional.ofNullable(timeout);
  }

  @Override
  public Optional<BodyPublisher> bodyPublisher() {
    return request.bodyPublisher();
  }

  @Override
  public String method() {
    return request.method();
  }

  @Override
  public boolean expectContinue() {
    return request.expectContinue();
  }

  @Override
  public Optional<Version> version() {
    return request.version();
  }
}
