package io.endomesh.dataplane.route;

import io.endomesh.dataplane.Protocol;
import io.endomesh.dataplane.Reply;
import io.endomesh.dataplane.Request;
import io.endomesh.dataplane.route.HeaderChanges.Header;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Which scripts of other sites a browser lets read the answers of a service (CORS: Fetch standard;
 * Gateway API {@code HTTPCORSFilter}, Envoy {@code CorsPolicy}). The mesh says so in its stead, and
 * refuses nobody: to keep the answer from the script is the browser's part. Immutable.
 *
 * @param origins any of them; an exact {@code *} is all
 * @param methods value of {@code access-control-allow-methods}; empty leaves it out, and so below
 * @param headers value of {@code access-control-allow-headers}
 * @param exposed value of {@code access-control-expose-headers}
 * @param maxAgeSeconds value of {@code access-control-max-age}
 * @param credentials true lets scripts send cookies; a {@code *} is then written out, because
 *     browsers take it for a name
 * @param forwardsUnmatched true lets the service answer preflights of origins that are not allowed
 */
public record Cors(
    List<StringMatch> origins,
    String methods,
    String headers,
    String exposed,
    String maxAgeSeconds,
    boolean credentials,
    boolean forwardsUnmatched) {

  private static final String ANY = "*";
  private static final StringMatch ANY_ORIGIN = new StringMatch.Exact(ANY);

  /** What the browser is told depends on who asks, so a cache must not give it to another. */
  private static final Header VARY = new Header("vary", "Origin");

  /** Envoy answers 200, and old browsers take nothing else. */
  private static final int OK = 200;

  private static final int GRPC_OK = 0;

  public Cors {
    origins = List.copyOf(origins);
  }

  /**
   * The answer to the question of a browser whether a script may send a request; the service is not
   * asked.
   *
   * @return null if this is no such question, or one that the service shall answer
   */
  public @Nullable Reply preflight(Request request, String decidedBy) {
    if (!isPreflight(request)) {
      return null;
    }
    String origin = allowed(request);
    if (origin == null) {
      return forwardsUnmatched ? null : new Reply(OK, GRPC_OK, "", decidedBy, List.of());
    }
    List<Reply.Header> answer = new ArrayList<>();
    for (Header header : toAllowed(origin)) {
      answer.add(new Reply.Header(header.name(), header.value()));
    }
    add(answer, "access-control-allow-methods", methods, request, "access-control-request-method");
    add(answer, "access-control-allow-headers", headers, request, "access-control-request-headers");
    if (!maxAgeSeconds.isEmpty()) {
      answer.add(new Reply.Header("access-control-max-age", maxAgeSeconds));
    }
    if (varies()) {
      answer.add(new Reply.Header(VARY.name(), VARY.value()));
    }
    return new Reply(OK, GRPC_OK, "", decidedBy, answer);
  }

  /** What the answer to any other request says; of an origin that is not allowed, nothing. */
  public HeaderChanges changes(Request request) {
    if (request.protocol() != Protocol.HTTP || isPreflight(request)) {
      return HeaderChanges.NONE;
    }
    List<Header> vary = varies() ? List.of(VARY) : List.of();
    String origin = allowed(request);
    if (origin == null) {
      return new HeaderChanges(List.of(), vary, List.of());
    }
    List<Header> set = toAllowed(origin);
    if (!exposed.isEmpty()) {
      set.add(new Header("access-control-expose-headers", exposed));
    }
    return new HeaderChanges(set, vary, List.of());
  }

  private static boolean isPreflight(Request request) {
    return request.protocol() == Protocol.HTTP
        && request.method().equals("OPTIONS")
        && isThere(request.header("origin"))
        && isThere(request.header("access-control-request-method"));
  }

  private static boolean isThere(@Nullable String value) {
    return value != null && !value.isEmpty();
  }

  /** Value of {@code access-control-allow-origin}, or null. */
  private @Nullable String allowed(Request request) {
    String origin = request.header("origin");
    if (origin == null || origin.isEmpty()) {
      return null;
    }
    if (!varies()) {
      return ANY;
    }
    for (StringMatch match : origins) {
      if (match.equals(ANY_ORIGIN) || match.matches(origin)) {
        return origin;
      }
    }
    return null;
  }

  /** False if everybody is told the same. */
  private boolean varies() {
    return credentials || !origins.contains(ANY_ORIGIN);
  }

  private List<Header> toAllowed(String origin) {
    List<Header> set = new ArrayList<>();
    set.add(new Header("access-control-allow-origin", origin));
    if (credentials) {
      set.add(new Header("access-control-allow-credentials", "true"));
    }
    return set;
  }

  private void add(
      List<Reply.Header> answer, String name, String value, Request request, String asked) {
    String written = credentials && value.equals(ANY) ? request.header(asked) : value;
    if (written != null && !written.isEmpty()) {
      answer.add(new Reply.Header(name, written));
    }
  }
}
