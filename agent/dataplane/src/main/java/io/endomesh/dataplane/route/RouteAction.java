package io.endomesh.dataplane.route;

import io.endomesh.dataplane.Reply;
import io.endomesh.dataplane.Request;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What becomes of the calls that a route matches (Envoy {@code Route.action}). Immutable. */
public sealed interface RouteAction {

  /**
   * They are sent to a cluster.
   *
   * @param rewrite null sends what the application wrote
   * @param mirrors that get copies
   */
  record Forward(WeightedClusters clusters, @Nullable UrlRewrite rewrite, List<Mirror> mirrors)
      implements RouteAction {
    public Forward {
      mirrors = List.copyOf(mirrors);
    }
  }

  /** They are answered by the mesh itself. */
  sealed interface Answer extends RouteAction {

    /**
     * @param decidedBy name of the route
     */
    Reply to(Request request, String decidedBy);
  }

  /**
   * The application is told to ask elsewhere (Gateway API {@code HTTPRequestRedirectFilter}).
   *
   * @param status 301, 302, 303, 307 or 308
   * @param scheme null keeps the application's
   * @param host null keeps the application's
   * @param port 0 is the scheme's own where a scheme is given, and else the application's
   * @param path null keeps the application's; the query is kept
   */
  record Redirect(
      int status,
      @Nullable String scheme,
      @Nullable String host,
      int port,
      @Nullable PathRewrite path)
      implements Answer {

    @Override
    public Reply to(Request request, String decidedBy) {
      String location = location(request);
      return Reply.ofStatus(
          status,
          "redirected to " + location,
          decidedBy,
          List.of(new Reply.Header("location", location)));
    }

    private String location(Request request) {
      String authority = request.authority();
      int colon = authority.lastIndexOf(':');
      boolean hasPort = colon > authority.lastIndexOf(']');
      String asked = hasPort ? authority.substring(0, colon) : authority;
      String askedPort = hasPort ? authority.substring(colon + 1) : "";
      String toScheme = scheme == null ? request.scheme() : scheme;
      String toPort = port != 0 ? Integer.toString(port) : scheme == null ? askedPort : "";
      StringBuilder location = new StringBuilder(toScheme).append("://");
      location.append(host == null ? asked : host);
      if (!toPort.isEmpty() && !toPort.equals(wellKnownPort(toScheme))) {
        location.append(':').append(toPort);
      }
      location.append(path == null ? request.path() : path.apply(request.path()));
      String query = request.query();
      return query == null ? location.toString() : location.append('?').append(query).toString();
    }

    /** Left out of the address (RFC 9110, 4.2.1 and 4.2.2). */
    private static String wellKnownPort(String scheme) {
      return scheme.equals("https") ? "443" : "80";
    }
  }

  /**
   * What is called lets no call of this workload in, whatever it asks for: the answer is the one
   * that its server would give, and nothing is sent.
   *
   * @param policy that would refuse it there
   */
  record Refuse(String policy) implements Answer {
    @Override
    public Reply to(Request request, String decidedBy) {
      return Reply.forbidden(
          request.authority() + " lets no call of this workload in: " + policy, policy);
    }
  }

  /** A fixed answer (Envoy {@code DirectResponseAction}). */
  record Respond(int status, String body) implements Answer {
    @Override
    public Reply to(Request request, String decidedBy) {
      return Reply.ofStatus(status, body, decidedBy, List.of());
    }
  }
}
