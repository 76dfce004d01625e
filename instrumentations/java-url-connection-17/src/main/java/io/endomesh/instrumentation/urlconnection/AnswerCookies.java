package io.endomesh.instrumentation.urlconnection;

import io.endomesh.dataplane.http.HeaderReader;
import java.io.IOException;
import java.net.CookieHandler;
import java.net.HttpURLConnection;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The cookie store that the JDK sees for the answer of an attempt. It keeps the head, which is the
 * first anyone hears of it, until it is known whose the answer is. Confined to the thread.
 */
final class AnswerCookies extends CookieHandler {

  private static final String SET_COOKIE = "Set-Cookie";

  private final @Nullable CookieHandler store;
  private @Nullable URI uri;
  private @Nullable Map<String, List<String>> head;

  /**
   * @param store of the application, null if there is none or it is to get nothing
   */
  AnswerCookies(@Nullable CookieHandler store) {
    this.store = store;
  }

  @Override
  public Map<String, List<String>> get(URI uri, Map<String, List<String>> requestHeaders)
      throws IOException {
    return store == null ? Map.of() : store.get(uri, requestHeaders);
  }

  @Override
  public void put(URI uri, Map<String, List<String>> responseHeaders) throws IOException {
    this.uri = uri;
    this.head = responseHeaders;
    if (store != null && asksForPassword(responseHeaders)) {
      // The JDK may ask once more by itself, and would have the cookie then.
      store.put(uri, responseHeaders);
    }
  }

  private static boolean asksForPassword(Map<String, List<String>> headers) {
    return headers.keySet().stream()
        .anyMatch(
            name ->
                "WWW-Authenticate".equalsIgnoreCase(name)
                    || "Proxy-Authenticate".equalsIgnoreCase(name));
  }

  /**
   * The answer is the application's.
   *
   * @param setCookie what its cookies are now, null if they are what the server sent
   */
  void store(@Nullable List<String> setCookie) throws IOException {
    if (store == null || head == null || uri == null) {
      return;
    }
    Map<String, List<String>> sent = head;
    if (setCookie != null) {
      sent = caseless(head);
      sent.put(SET_COOKIE, setCookie);
    }
    store.put(uri, sent);
  }

  /** All headers of the answer, also those that the JDK hides from the application. */
  HeaderReader headers(HttpURLConnection answered) {
    // Of a URL that is no URI the JDK tells no cookie store.
    Map<String, List<String>> all = caseless(head == null ? answered.getHeaderFields() : head);
    return name -> all.getOrDefault(name, List.of());
  }

  private static Map<String, List<String>> caseless(Map<String, List<String>> headers) {
    Map<String, List<String>> all = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    headers.forEach(
        (name, values) -> {
          if (name != null) { // The status line has none.
            all.computeIfAbsent(name, key -> new ArrayList<>()).addAll(values);
          }
        });
    return all;
  }
}
