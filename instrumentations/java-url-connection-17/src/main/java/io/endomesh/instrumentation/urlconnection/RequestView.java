package io.endomesh.instrumentation.urlconnection;

import io.endomesh.dataplane.http.ClientRequest;
import io.endomesh.dataplane.http.StoredCookies;
import java.net.CookieHandler;
import java.net.URISyntaxException;
import java.net.URL;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** How the mesh reads a request of this library. Not thread-safe. */
final class RequestView extends ClientRequest {

  private static final String COOKIE = "cookie";

  /** Those by which the JDK delimits messages. */
  private static final Set<String> OWNED =
      Set.of(
          "connection",
          "content-length",
          "expect",
          "keep-alive",
          "trailer",
          "transfer-encoding",
          "upgrade");

  private final AppRequest request;
  private final String authority;

  private RequestView(AppRequest request, String authority) {
    super(OWNED);
    this.request = request;
    this.authority = authority;
  }

  /** Null if the URL is not one a service could be asked by. */
  static @Nullable RequestView of(AppRequest request) {
    String authority = authority(request.url());
    return authority == null ? null : new RequestView(request, authority);
  }

  /** Host and port as they are written, null if there is no host. */
  static @Nullable String authority(URL url) {
    String host = url.getHost();
    if (host == null || host.isEmpty()) {
      return null;
    }
    return url.getPort() < 0 ? host : host + ":" + url.getPort();
  }

  /** What the next attempt sends in place of what the JDK would. */
  WireHead wire() {
    Map<String, List<String>> headers = new HashMap<>(changedHeaders());
    String cookies = headers.containsKey(COOKIE) ? header(COOKIE) : null;
    if (cookies != null) {
      // The JDK's line holds those of the store as well.
      headers.put(COOKIE, List.of(cookies));
    }
    return new WireHead(request.unknownMethod(), sentTarget(), sentAuthority(), headers);
  }

  @Override
  public String scheme() {
    return request.settings().tls() == null ? "http" : "https";
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
    String path = request.url().getPath();
    return path == null || path.isEmpty() ? "/" : path;
  }

  @Override
  public @Nullable String query() {
    return request.url().getQuery();
  }

  @Override
  protected List<String> written(String name) {
    return request.values(name);
  }

  @Override
  protected List<String> storedCookies() {
    try {
      return StoredCookies.in(CookieHandler.getDefault(), request.url().toURI(), Map.of());
    } catch (URISyntaxException unknown) {
      // The JDK asks again for each attempt.
      return List.of();
    }
  }

  @Override
  public boolean replayable() {
    return !request.settings().streams();
  }
}
