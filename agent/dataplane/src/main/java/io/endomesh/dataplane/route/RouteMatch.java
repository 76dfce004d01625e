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
    return mismatch(request) == NONE;
  }

  /** What {@link #mismatch} says if all parts hold. */
  public static final int NONE = -1;

  /** The path does not match. */
  public static final int PATH = 0;

  /** The method does not match. */
  public static final int METHOD = 1;

  /**
   * The first part that does not hold, as a number so that a decision allocates nothing: {@link
   * #NONE}, {@link #PATH}, {@link #METHOD}, or 2 and on for {@link #headers} and then {@link
   * #queryParams}, each in its order.
   */
  public int mismatch(Request request) {
    if (!path.matches(request.path())) {
      return PATH;
    }
    if (method != null && !method.equals(request.method())) {
      return METHOD;
    }
    int part = METHOD;
    for (int i = 0; i < headers.size(); i++) {
      part++;
      HeaderMatch header = headers.get(i);
      if (!header.value().matches(header.of(request))) {
        return part;
      }
    }
    for (int i = 0; i < queryParams.size(); i++) {
      part++;
      if (!queryParams.get(i).matches(request.query())) {
        return part;
      }
    }
    return NONE;
  }

  /**
   * A header; {@code :method}, {@code :authority}, {@code :scheme} and {@code :path} are read from
   * the request itself.
   *
   * @param name in lower case
   */
  public record HeaderMatch(String name, StringMatch value) {

    /** What is compared; null if the request has no such header. */
    public @Nullable String of(Request request) {
      if (!name.startsWith(":")) {
        return request.header(name);
      }
      return switch (name) {
        case ":method" -> request.method();
        case ":authority" -> request.authority();
        case ":scheme" -> request.scheme();
        case ":path" -> target(request);
        default -> null;
      };
    }

    /** With its query, as it goes on the wire. */
    private static String target(Request request) {
      String query = request.query();
      return query == null ? request.path() : request.path() + "?" + query;
    }
  }

  /** A query parameter by name; the first of that name counts, as Envoy has it. */
  public record QueryMatch(String name, StringMatch value) {

    boolean matches(@Nullable String query) {
      return value.matches(parameter(query, name));
    }

    /** The raw value of a parameter, or null. */
    public static @Nullable String parameter(@Nullable String query, String name) {
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
