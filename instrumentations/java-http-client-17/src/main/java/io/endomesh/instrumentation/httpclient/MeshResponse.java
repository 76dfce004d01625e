package io.endomesh.instrumentation.httpclient;

import java.net.URI;
import java.net.http.HttpClient.Version;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Optional;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/**
 * A response as the application would have got it without the mesh: for the URI it wrote, and with
 * a TLS session only if it asked for TLS. Immutable.
 */
final class MeshResponse<T> implements HttpResponse<T> {

  private final HttpResponse<T> response;
  private final HttpRequest request;
  private final @Nullable HttpResponse<T> previous;

  private final HttpHeaders headers;

  MeshResponse(
      HttpResponse<T> response,
      HttpRequest request,
      @Nullable HttpResponse<T> previous,
      HttpHeaders headers) {
    this.response = response;
    this.request = request;
    this.previous = previous;
    this.headers = headers;
  }

  @Override
  public int statusCode() {
    return response.statusCode();
  }

  @Override
  public HttpRequest request() {
    return request;
  }

  @Override
  public Optional<HttpResponse<T>> previousResponse() {
    return Optional.ofNullable(previous);
  }

  @Override
  public HttpHeaders headers() {
    return headers;
  }

  @Override
  public T body() {
    return response.body();
  }

  @Override
  public Optional<SSLSession> sslSession() {
    return "https".equalsIgnoreCase(request.uri().getScheme())
        ? response.sslSession()
        : Optional.empty();
  }

  @Override
  public URI uri() {
    return request.uri();
  }

  @Override
  public Version version() {
    return response.version();
  }

  @Override
  public String toString() {
    return "(" + request.method() + " " + request.uri() + ") " + statusCode();
  }
}
