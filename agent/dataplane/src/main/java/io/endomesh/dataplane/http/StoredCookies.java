package io.endomesh.dataplane.http;

import java.io.IOException;
import java.net.CookieHandler;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a client of the JDK would add to a request from its cookie store. Stateless. */
public final class StoredCookies {

  private StoredCookies() {}

  /**
   * As {@link ClientRequest#storedCookies} answers.
   *
   * @param store null for none
   * @param headers of the request, as the client shows them to the store
   */
  public static List<String> in(
      @Nullable CookieHandler store, URI uri, Map<String, List<String>> headers) {
    if (store == null) {
      return List.of();
    }
    List<String> cookies = new ArrayList<>();
    try {
      store
          .get(uri, headers)
          .forEach(
              (name, values) -> {
                if (name.equalsIgnoreCase("cookie")) {
                  cookies.addAll(values);
                }
              });
    } catch (IOException unknown) {
      // The client asks again for each attempt, and tells the application.
      return List.of();
    }
    return cookies;
  }
}
