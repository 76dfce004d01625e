package io.endomesh.dataplane.route;

import io.endomesh.dataplane.Request;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a route matches; all parts must hold (Envoy {@code RouteMatch}). Immutable.
 *
 * @param path on the path without query
 * @param method null matches any
 * @param headers names in lower case
 * @param queryParams of the raw query
 */
public record RouteMatch(
    PathMatch path,
    @Nullable String method,
    List<HeaderMatch> headers,
    List<QueryMatch> queryParams) {

  /** Matches every request. */
  public static final RouteMatch ANY =
      new RouteMatch(new PathMatch.Prefix("/"), null, List.of(), List.of());

  public RouteMatch {
    headers = List.copyOf(headers);
    queryParams = List.copyOf(queryParams);
  }

  public boolean matches(Request request) {
    if (!path.matches(request.path()) || (method != null && !method.equals(request.method()))) {
      return false;
    }
    for (int i = 0; i < headers.size(); i++) {
      HeaderMatch header = headers.get(i);
      if (!header.value().matches(request.header(header.name()))) {
        return false;
      }
    }
    for (int i = 0; i < queryParams.size(); i++) {
      if (!queryParams.get(i).matches(request.query())) {
        return false;
      }
    }
    return true;
  }

  /**
   * @param name in lower case
   */
  public record HeaderMatch(String name, StringMatch value) {}

  /** A query parameter by name; the first of that name counts, as Envoy has it. */
  public record QueryMatch(String name, StringMatch value) {

    boolean matches(@Nullable String query) {
      return value.matches(parameter(query, name));
    }

    /** The raw value of a parameter, or null. */
    static @Nullable String parameter(@Nullable String query, String name) {
      if (query == null) {
        return null;
      }
      for (int start = 0; start <= query.length(); ) {
        int end = query.indexOf('&', start);
        if (end < 0) {
          end = query.length();
        }
        if (query.startsWith(name, start)) {
          int after = start + name.length();
          if (after == end) {
            return "";
          }
          if (after < end && query.charAt(after) == '=') {
            return query.substring(after + 1, end);
          }
        }
        start = end + 1;
      }
      return null;
    }
  }
}
