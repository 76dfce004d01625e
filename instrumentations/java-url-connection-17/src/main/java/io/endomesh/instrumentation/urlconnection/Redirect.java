package io.endomesh.instrumentation.urlconnection;

import io.endomesh.instrumentation.urlconnection.AppRequest.Property;
import java.io.IOException;
import java.net.CookieHandler;
import java.net.HttpURLConnection;
import java.net.MalformedURLException;
import java.net.URL;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Redirects by the JDK's own rules. Each is a call of its own: it may lead to another service, or
 * out of the mesh. Immutable.
 *
 * @param location as the server wrote it
 */
record Redirect(URL to, int status, String location) {

  /** The JDK's default of {@code http.maxRedirects}. */
  private static final int DEFAULT_LIMIT = 20;

  private static final int TEMPORARY = 307;

  private static final Set<String> COOKIES = Set.of("cookie", "cookie2");

  /** What belongs to the server it was written for. */
  private static final Set<String> PERSONAL = Set.of("cookie", "cookie2", "authorization");

  static int limit() {
    return Integer.getInteger("http.maxRedirects", DEFAULT_LIMIT);
  }

  /**
   * Null if the answer is none, or one that is not followed. That a server asks for a proxy (305)
   * is not: the mesh knows the way.
   */
  static @Nullable Redirect of(URL from, Answer answer) throws IOException {
    int status = answer.status();
    if (status < HttpURLConnection.HTTP_MULT_CHOICE
        || status > TEMPORARY
        || status == HttpURLConnection.HTTP_NOT_MODIFIED
        || status == HttpURLConnection.HTTP_USE_PROXY
        || status == 306) {
      return null;
    }
    String location = answer.field("Location");
    if (location == null) {
      return null;
    }
    URL to;
    try {
      to = new URL(location);
      if (!to.getProtocol().equalsIgnoreCase(from.getProtocol())) {
        return null;
      }
    } catch (MalformedURLException relative) {
      to = new URL(from, location);
    }
    return new Redirect(to, status, location);
  }

  /** The request that follows. */
  AppRequest next(AppRequest request) {
    boolean same = sameDestination(request.url(), to);
    if (request.method().equals("POST")
        && !Boolean.getBoolean("http.strictPostRedirect")
        && status != TEMPORARY) {
      // The JDK forgets all headers here, but for cookies if it has a store to put them with.
      List<Property> kept =
          same && CookieHandler.getDefault() != null
              ? request.properties().stream().filter(each -> isIn(COOKIES, each)).toList()
              : List.of();
      return new AppRequest(to, "GET", kept, request.settings(), null);
    }
    List<Property> kept =
        same
            ? request.properties()
            : request.properties().stream().filter(each -> !isIn(PERSONAL, each)).toList();
    return new AppRequest(to, request.method(), kept, request.settings(), request.body());
  }

  private static boolean isIn(Set<String> names, Property property) {
    return names.contains(property.name().toLowerCase(Locale.ROOT));
  }

  private static boolean sameDestination(URL one, URL other) {
    return one.getHost().equalsIgnoreCase(other.getHost()) && port(one) == port(other);
  }

  private static int port(URL url) {
    return url.getPort() < 0 ? url.getDefaultPort() : url.getPort();
  }
}
