package io.endomesh.instrumentation.httpclient;

import io.endomesh.dataplane.OutboundRequest;
import io.endomesh.dataplane.Protocol;
import java.net.URI;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The application's request as the mesh sees it. Headers set by the mesh are kept beside it and go
 * out with each attempt; the application's object stays as it is. Not thread-safe.
 */
final class RequestView implements OutboundRequest {

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

  /** Headers that are sent otherwise than the application wrote them; none of a name removes it. */
  private final Map<String, List<String>> changed = new LinkedHashMap<>(4);

  private @Nullable String sentTarget;
  private @Nullable String sentAuthority;

  private RequestView(HttpRequest request, String authority) {
    this.request = request;
    this.authority = authority;
  }

  /** Null if the URI is not one a service could be asked by. */
  static @Nullable RequestView of(HttpRequest request) {
    URI uri = request.uri();
    if (uri == null || uri.getHost() == null || !isHttp(uri.getScheme())) {
      return null;
    }
    String authority = uri.getRawAuthority();
    if (uri.getRawUserInfo() != null) {
      authority = authority.substring(uri.getRawUserInfo().length() + 1);
    }
    return new RequestView(request, authority);
  }

  private static boolean isHttp(@Nullable String scheme) {
    return "http".equalsIgnoreCase(scheme) || "https".equalsIgnoreCase(scheme);
  }

  /** What goes out: the application's headers, with those of the mesh in their place. */
  HttpHeaders headers() {
    if (changed.isEmpty()) {
      return request.headers();
    }
    Map<String, List<String>> all = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    all.putAll(request.headers().map());
    all.putAll(changed);
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
    List<String> values = changed.get(name);
    if (values == null) {
      return request.headers().firstValue(name).orElse(null);
    }
    return values.isEmpty() ? null : values.get(0);
  }

  @Override
  public void setHeader(String name, String value) {
    changed.put(name, List.of(value));
  }

  @Override
  public void addHeader(String name, String value) {
    List<String> before = changed.get(name);
    List<String> values =
        new ArrayList<>(before == null ? request.headers().allValues(name) : before);
    values.add(value);
    changed.put(name, values);
  }

  @Override
  public void removeHeader(String name) {
    changed.put(name, List.of());
  }

  @Override
  public void restore() {
    changed.clear();
    sentTarget = null;
    sentAuthority = null;
  }

  @Override
  public void rewriteTarget(String target) {
    sentTarget = target;
  }

  @Override
  public void rewriteAuthority(String authority) {
    sentAuthority = authority;
  }

  /** Path and query to send in place of the application's, or null. */
  @Nullable String sentTarget() {
    return sentTarget;
  }

  /** Host to send in place of the application's, or null. */
  @Nullable String sentAuthority() {
    return sentAuthority;
  }

  @Override
  public String scheme() {
    return request.uri().getScheme().toLowerCase(Locale.ROOT);
  }

  @Override
  public boolean replayable() {
    BodyPublisher body = request.bodyPublisher().orElse(null);
    return body == null || REPLAYABLE.contains(body.getClass().getName());
  }
}
