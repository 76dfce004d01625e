package io.endomesh.instrumentation.httpclient5;

import io.endomesh.dataplane.http.ClientRequest;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.hc.client5.http.HttpRoute;
import org.apache.hc.client5.http.cookie.CookieStore;
import org.apache.hc.client5.http.protocol.HttpClientContext;
import org.apache.hc.client5.http.protocol.RequestAddCookies;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.HttpHost;
import org.apache.hc.core5.http.HttpRequest;
import org.apache.hc.core5.http.protocol.BasicHttpContext;
import org.apache.hc.core5.net.NamedEndpoint;
import org.jspecify.annotations.Nullable;

/** How the mesh reads a request of this library. Not thread-safe. */
final class RequestView extends ClientRequest {

  /** Those the client writes itself; it refuses a request that has the first two. */
  private static final Set<String> RESTRICTED =
      Set.of("content-length", "transfer-encoding", "connection", "expect", "upgrade");

  private final HttpRequest request;
  private final HttpRoute route;
  private final HttpClientContext context;
  private final boolean replayable;
  private final String scheme;
  private final String authority;
  private final String path;
  private final @Nullable String query;

  private RequestView(
      HttpRequest request,
      HttpRoute route,
      HttpClientContext context,
      boolean replayable,
      String scheme,
      String authority) {
    super(RESTRICTED);
    this.request = request;
    this.route = route;
    this.context = context;
    this.replayable = replayable;
    this.scheme = scheme;
    this.authority = authority;
    String target = request.getPath();
    int mark = target == null ? -1 : target.indexOf('?');
    String written = target == null || mark < 0 ? target : target.substring(0, mark);
    this.path = written == null || written.isEmpty() ? "/" : written;
    this.query = target == null || mark < 0 ? null : target.substring(mark + 1);
  }

  /**
   * Null if it is not one a service could be asked by.
   *
   * @param replayable if its body can be sent again
   */
  static @Nullable RequestView of(
      HttpRequest request, HttpRoute route, HttpClientContext context, boolean replayable) {
    HttpHost target = route.getTargetHost();
    String scheme = request.getScheme() == null ? target.getSchemeName() : request.getScheme();
    scheme = scheme.toLowerCase(Locale.ROOT);
    if (!scheme.equals("http") && !scheme.equals("https")) {
      return null;
    }
    // The target has a port in any case, the authority only if one was written.
    NamedEndpoint host = request.getAuthority() == null ? target : request.getAuthority();
    boolean written = host != target || target.getPort() != (scheme.equals("http") ? 80 : 443);
    String authority =
        written && host.getPort() >= 0
            ? host.getHostName() + ":" + host.getPort()
            : host.getHostName();
    return new RequestView(request, route, context, replayable, scheme, authority);
  }

  @Override
  public String scheme() {
    return scheme;
  }

  @Override
  public String authority() {
    return authority;
  }

  @Override
  public String method() {
    return request.getMethod();
  }

  @Override
  public String path() {
    return path;
  }

  @Override
  public @Nullable String query() {
    return query;
  }

  @Override
  protected List<String> written(String name) {
    return Messages.values(request, name);
  }

  /** What the library's own interceptor would add, found out on a copy. */
  @Override
  protected List<String> storedCookies() {
    CookieStore store = context.getCookieStore();
    if (store == null || store.getCookies().isEmpty() || request.containsHeader("Cookie")) {
      return List.of();
    }
    BasicHttpContext asked = new BasicHttpContext();
    asked.setAttribute(HttpClientContext.COOKIE_STORE, store);
    asked.setAttribute(HttpClientContext.COOKIESPEC_REGISTRY, context.getCookieSpecRegistry());
    asked.setAttribute(HttpClientContext.REQUEST_CONFIG, context.getRequestConfig());
    asked.setAttribute(HttpClientContext.HTTP_ROUTE, route);
    HttpRequest copy = Messages.copy(request);
    try {
      new RequestAddCookies().process(copy, null, asked);
    } catch (HttpException | IOException unknown) {
      // The client does the same for each attempt, and tells the application.
      return List.of();
    }
    return Stream.of(copy.getHeaders("Cookie")).map(Header::getValue).toList();
  }

  @Override
  public boolean replayable() {
    return replayable;
  }
}
