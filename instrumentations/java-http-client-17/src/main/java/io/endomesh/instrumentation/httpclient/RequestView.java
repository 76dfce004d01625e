package io.endomesh.instrumentation.httpclient;

import io.endomesh.dataplane.Protocol;
import io.endomesh.dataplane.Request;
import java.net.URI;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The application's request as the mesh sees it. Headers set by the mesh are kept beside it and go
 * out with each attempt; the application's object stays as it is. Not thread-safe.
 */
final class OutboundRequest implements Request {

  private static final String PUBLISHERS = "jdk.internal.net.http.RequestPublishers$";

  /**
   * Publishers of the JDK that hold their bytes, or a file's name, and so can be subscribed to
   * again. Not {@code InputStreamPublisher}: its supplier may hand out the same stream twice.
   */
  private static final Set<String> REPLAYABLE =
      Set.of(
          PUBLISHERS + "ByteArrayPublisher",
          PUBLISHERS + "StringPublisher",
          PUBLISHERS + "EmptyPublisher",
          PUBLISHERS + "FilePublisher");

  private final HttpRequest request;
  private final String authority;
  private final Map<String, String> added = new LinkedHashMap<>(4);

  private OutboundRequest(HttpRequest request, String authority) {
    this.request = request;
    this.authority = authority;
  }

  /** Null if the URI is not one a service could be asked by. */
  static @Nullable OutboundRequest of(HttpRequest request) {
    URI uri = request.uri();
    if (uri == null || uri.getHost() == null || !isHttp(uri.getScheme())) {
      return null;
    }
    String authority = uri.getRawAuthority();
    if (uri.getRawUserInfo() != null) {
      authority = authority.substring(uri.getRawUserInfo().length() + 1);
    }
    return new OutboundRequest(request, authority);
  }

  private static boolean isHttp(@Nullable String scheme) {
    return "http".equalsIgnoreCase(scheme) || "https".equalsIgnoreCase(scheme);
  }

  /** What goes out: the application's headers, with those of the mesh in their place. */
  HttpHeaders headers() {
    if (added.isEmpty()) {
      return request.headers();
    }
    Map<String, List<String>> all = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    all.putAll(request.headers().map());
    added.forEach((name, value) -> all.put(name, List.of(value)));
    return HttpHeaders.of(all, (name, value) -> true);
  }

  @Override
  public Protocol protocol() {
    return Protocol.HTTP;
  }

  @Override
  public String authority() {
    return authority;
  }

  @Override
  public String method() {
    return request.method();
  }

  @Override
  public String path() {
    String path = request.uri().getRawPath();
    return path == null || path.isEmpty() ? "/" : path;
  }

  @Override
  public @Nullable String query() {
    return request.uri().getRawQuery();
  }

  @Override
  public @Nullable String header(String name) {
    String set = added.get(name);
    return set != null ? set : request.headers().firstValue(name).orElse(null);
  }

  @Override
  public void setHeader(String name, String value) {
    added.put(name, value);
  }

  @Override
  public boolean replayable() {
    BodyPublisher body = request.bodyPublisher().orElse(null);
    return body == null || REPLAYABLE.contains(body.getClass().getName());
  }
}
