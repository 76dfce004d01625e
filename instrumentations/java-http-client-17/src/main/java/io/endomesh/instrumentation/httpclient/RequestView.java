package io.endomesh.instrumentation.httpclient;

import io.endomesh.dataplane.Call;
import io.endomesh.dataplane.http.ClientRequest;
import io.endomesh.dataplane.http.StoredCookies;
import java.net.CookieHandler;
import java.net.URI;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** How the mesh reads a request of this library. Not thread-safe. */
final class RequestView extends ClientRequest {

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

  private static final Duration LONGEST = Duration.ofNanos(Call.NO_TIMEOUT);

  /** Those the client writes itself; it takes none of them from a request. */
  private static final Set<String> RESTRICTED =
      Set.of("connection", "content-length", "expect", "upgrade");

  private final HttpRequest request;
  private final String authority;
  private final @Nullable CookieHandler cookies;
  private final long timeoutNanos;
  private final long startNanos = System.nanoTime();

  private RequestView(HttpRequest request, String authority, @Nullable CookieHandler cookies) {
    super(RESTRICTED);
    this.request = request;
    this.authority = authority;
    this.cookies = cookies;
    this.timeoutNanos =
        request
            .timeout()
            .filter(timeout -> timeout.compareTo(LONGEST) < 0)
            .orElse(LONGEST)
            .toNanos();
  }

  /** Null if the URI is not one a service could be asked by. */
  static @Nullable RequestView of(HttpRequest request, @Nullable CookieHandler cookies) {
    URI uri = request.uri();
    if (uri == null || uri.getHost() == null || !isHttp(uri.getScheme())) {
      return null;
    }
    String authority = uri.getRawAuthority();
    if (uri.getRawUserInfo() != null) {
      authority = authority.substring(uri.getRawUserInfo().length() + 1);
    }
    return new RequestView(request, authority, cookies);
  }

  private static boolean isHttp(@Nullable String scheme) {
    return "http".equalsIgnoreCase(scheme) || "https".equalsIgnoreCase(scheme);
  }

  /** What goes out: the application's headers, with those of the mesh in their place. */
  HttpHeaders headers() {
    return HeaderText.with(request.headers(), changedHeaders());
  }

  /** The URI of the next attempt, with what the mesh rewrote. */
  URI attemptUri(boolean secure) {
    return AttemptUri.of(request.uri(), sentTarget(), sentAuthority(), secure);
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
  protected List<String> written(String name) {
    return request.headers().allValues(name);
  }

  @Override
  protected List<String> storedCookies() {
    return StoredCookies.in(cookies, request.uri(), request.headers().map());
  }

  /** The application's own timeout covers all attempts, as it covers the call without a mesh. */
  @Override
  public long nanosLeft() {
    return timeoutNanos == Call.NO_TIMEOUT
        ? Call.NO_TIMEOUT
        : Math.max(0, timeoutNanos - (System.nanoTime() - startNanos));
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
