package io.endomesh.controller.telemetry;

import io.endomesh.controller.ca.WorkloadIdentity;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads what a call was from its attributes: OpenTelemetry's semantic conventions, and our few own
 * names. Stateless.
 */
final class CallAttributes {

  static final String POLICY = "endomesh.policy";
  static final String DRY_RUN = "endomesh.policy.dry_run";
  static final String AUDIT = "endomesh.policy.audit";
  static final String UNANSWERED = "endomesh.policy.unanswered";
  static final String DESTINATION = "endomesh.destination";
  static final String CLUSTER = "endomesh.cluster";
  static final String CALLER = "endomesh.caller";
  static final String TLS = "endomesh.tls";

  /** True on attempts after the first of their call. */
  static final String RETRY = "endomesh.retry";

  /** True on attempts after which their call went on. */
  static final String RETRIED = "endomesh.retried";

  static final String ERROR_TYPE = "error.type";

  private static final int FIRST_SERVER_ERROR = 500;

  private static final String HTTP_STATUS = "http.response.status_code";

  /** The first is today's name, the second that of the conventions before 1.38. */
  private static final String[] GRPC_STATUS = {"rpc.response.status_code", "rpc.grpc.status_code"};

  /** Codes that blame the server, by name and by number (semantic conventions for gRPC). */
  private static final Set<String> GRPC_SERVER_ERRORS =
      Set.of(
          "UNKNOWN",
          "DEADLINE_EXCEEDED",
          "UNIMPLEMENTED",
          "INTERNAL",
          "UNAVAILABLE",
          "DATA_LOSS",
          "2",
          "4",
          "12",
          "13",
          "14",
          "15");

  /** Answers with which a policy turns a caller away; with others it reports a failure. */
  private static final Set<String> REFUSALS =
      Set.of(
          "401",
          "403",
          "429",
          "PERMISSION_DENIED",
          "UNAUTHENTICATED",
          "RESOURCE_EXHAUSTED",
          "7",
          "16",
          "8");

  private CallAttributes() {}

  /**
   * What a span did, for people: of HTTP method and path, else its name. By the conventions a
   * span's name holds no path, of which there may be any number.
   */
  static String operation(String name, Map<String, String> attributes) {
    String method = attributes.get("http.request.method");
    String path = attributes.get("url.path");
    if (path == null) {
      path = path(attributes.get("url.full"));
    }
    return method == null || path == null ? name : method + " " + path;
  }

  /** {@code /stock/tea} of {@code http://orders/stock/tea?fresh}; null if there is none. */
  private static @Nullable String path(@Nullable String url) {
    if (url == null) {
      return null;
    }
    int authority = url.indexOf("://");
    int start = authority < 0 ? -1 : url.indexOf('/', authority + 3);
    if (start < 0) {
      return null;
    }
    int query = url.indexOf('?', start);
    return query < 0 ? url.substring(start) : url.substring(start, query);
  }

  static @Nullable String status(Attributes attributes) {
    String http = attributes.find(HTTP_STATUS);
    return http != null ? http : attributes.findAny(GRPC_STATUS);
  }

  /** The policy that refused the call; null if none did. */
  static @Nullable String refusedBy(Attributes attributes) {
    String policy = attributes.find(POLICY);
    if (policy == null) {
      return null;
    }
    String status = status(attributes);
    return status == null || REFUSALS.contains(status) ? policy : null;
  }

  static boolean isError(Attributes attributes) {
    String http = attributes.find(HTTP_STATUS);
    if (http != null) {
      try {
        return Integer.parseInt(http) >= FIRST_SERVER_ERROR;
      } catch (NumberFormatException e) {
        // Not a status of HTTP: whatever it is, it is not a success.
        return true;
      }
    }
    String grpc = attributes.findAny(GRPC_STATUS);
    if (grpc != null) {
      return GRPC_SERVER_ERRORS.contains(grpc);
    }
    return attributes.find(ERROR_TYPE) != null;
  }

  /** The graph node that a client called. */
  static String destination(Attributes attributes) {
    String service = attributes.find(DESTINATION);
    if (service != null) {
      // orders.shop: what follows the last dot is the namespace.
      int dot = service.lastIndexOf('.');
      return dot > 0 && dot < service.length() - 1
          ? service.substring(dot + 1) + "/" + service.substring(0, dot)
          : GraphNodes.external(service);
    }
    return GraphNodes.external(address(attributes));
  }

  static String database(Attributes attributes) {
    String system = attributes.findAny("db.system.name", "db.system");
    return GraphNodes.database(system == null ? "unknown" : system, address(attributes));
  }

  private static String address(Attributes attributes) {
    String address = attributes.find("server.address");
    String port = attributes.find("server.port");
    return (address == null ? "unknown" : address) + (port == null ? "" : ":" + port);
  }

  /** The graph node that called a server. */
  static String caller(Attributes attributes, String trustDomain) {
    WorkloadIdentity caller = WorkloadIdentity.of(trustDomain, attributes.find(CALLER));
    return caller == null ? GraphNodes.OUTSIDE : caller.toString();
  }
}
