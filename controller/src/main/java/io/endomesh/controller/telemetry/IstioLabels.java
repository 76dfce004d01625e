package io.endomesh.controller.telemetry;

import io.endomesh.dataplane.GrpcCode;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The labels of Istio's standard metrics, so that dashboards made for it work. What Istio takes
 * from Kubernetes we take from the service: workload, app and canonical service are its name. What
 * is not known at one end is {@code unknown}, as there. Stateless.
 */
public final class IstioLabels {

  private static final String UNKNOWN = "unknown";

  private static final String RESOURCE_EXHAUSTED = "8";

  private IstioLabels() {}

  /** In the order in which they are written. */
  public static List<String> names() {
    return List.of(
        "reporter",
        "source_workload",
        "source_workload_namespace",
        "source_principal",
        "source_app",
        "source_version",
        "source_cluster",
        "source_canonical_service",
        "source_canonical_revision",
        "destination_workload",
        "destination_workload_namespace",
        "destination_principal",
        "destination_app",
        "destination_version",
        "destination_cluster",
        "destination_canonical_service",
        "destination_canonical_revision",
        "destination_service",
        "destination_service_name",
        "destination_service_namespace",
        "request_protocol",
        "response_code",
        "grpc_response_status",
        "response_flags",
        "connection_security_policy");
  }

  /** One end of a call. */
  private record End(
      String workload, String namespace, String principal, String version, String service) {

    static final End NOBODY = new End(UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN);
  }

  /**
   * Statements are no requests to Istio; an attempt that was repeated is none that was answered.
   */
  static boolean tells(CallPoint point) {
    return !point.protocol().equals("sql")
        && !point.reported().attributes().isTrue(CallAttributes.RETRIED);
  }

  /**
   * @param peer the other end, among as many as are told apart
   * @param version of the reporter, null if it has none
   */
  static String of(CallPoint point, String peer, String trustDomain, @Nullable String version) {
    boolean client = point.side() == CallPoint.Side.CLIENT;
    String principal = point.secure() ? point.reporter().spiffeId(trustDomain) : UNKNOWN;
    End self =
        new End(
            point.reporter().service(),
            point.reporter().namespace(),
            principal,
            version == null ? UNKNOWN : version,
            host(point.reporter().service(), point.reporter().namespace()));
    End other = client ? called(point, peer, trustDomain) : caller(peer, trustDomain);
    return text(point, client ? self : other, client ? other : self);
  }

  /** What is one series too many is counted here. */
  static String overflow(CallPoint point) {
    boolean client = point.side() == CallPoint.Side.CLIENT;
    End self =
        new End(
            point.reporter().service(),
            point.reporter().namespace(),
            UNKNOWN,
            UNKNOWN,
            host(point.reporter().service(), point.reporter().namespace()));
    LabelText labels = new LabelText().put("reporter", client ? "source" : "destination");
    end(labels, "source", client ? self : End.NOBODY);
    end(labels, "destination", client ? End.NOBODY : self);
    return labels.put(CallLabels.OVERFLOW, "true").toString();
  }

  private static String text(CallPoint point, End source, End destination) {
    boolean client = point.side() == CallPoint.Side.CLIENT;
    LabelText labels = new LabelText().put("reporter", client ? "source" : "destination");
    end(labels, "source", source);
    end(labels, "destination", destination);
    boolean known = destination.service().endsWith(SUFFIX);
    labels
        .put("destination_service", destination.service())
        .put("destination_service_name", known ? destination.workload() : destination.service())
        .put("destination_service_namespace", destination.namespace())
        .put("request_protocol", point.protocol());
    answer(labels, point);
    // Only the end that is called sees what came; so it is with Istio.
    return labels
        .put(
            "connection_security_policy", client ? UNKNOWN : point.secure() ? "mutual_tls" : "none")
        .toString();
  }

  private static void end(LabelText labels, String prefix, End end) {
    labels
        .put(prefix + "_workload", end.workload())
        .put(prefix + "_workload_namespace", end.namespace())
        .put(prefix + "_principal", end.principal())
        .put(prefix + "_app", end.workload())
        .put(prefix + "_version", end.version())
        .put(prefix + "_cluster", UNKNOWN)
        .put(prefix + "_canonical_service", end.workload())
        .put(
            prefix + "_canonical_revision",
            end.version().equals(UNKNOWN) ? "latest" : end.version());
  }

  private static void answer(LabelText labels, CallPoint point) {
    String status = CallAttributes.status(point.reported().attributes());
    boolean grpc = point.protocol().equals("grpc");
    String code = grpc && status != null ? number(status) : null;
    labels
        // gRPC's own failures come in an answer of HTTP that went well.
        .put("response_code", status == null ? "0" : grpc ? "200" : status)
        .put("grpc_response_status", code)
        .put("response_flags", flags(point, status, code));
  }

  /** Istio writes what OpenTelemetry names. */
  private static String number(String status) {
    int number = GrpcCode.NAMES.indexOf(status);
    return number < 0 ? status : Integer.toString(number);
  }

  /** As Envoy's access log has them: why there is no answer of the service's own. */
  private static String flags(CallPoint point, @Nullable String status, @Nullable String grpcCode) {
    if (status == null) {
      String error = String.valueOf(point.reported().attributes().find(CallAttributes.ERROR_TYPE));
      if (error.contains("Timeout") || error.equals("timeout")) {
        return "UT";
      }
      return error.contains("Connect") || error.contains("UnknownHost") ? "UF" : "UC";
    }
    boolean limited = status.equals("429") || RESOURCE_EXHAUSTED.equals(grpcCode);
    return limited && point.policy() != null ? "RL" : "-";
  }

  private static End caller(String peer, String trustDomain) {
    return GraphNodes.kind(peer).equals("service")
        ? service(peer, trustDomain, UNKNOWN)
        : End.NOBODY;
  }

  private static End called(CallPoint point, String peer, String trustDomain) {
    if (!GraphNodes.kind(peer).equals("service")) {
      return new End(UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN, GraphNodes.label(peer));
    }
    // outbound|8080|subset|orders-v2.shop: the service that the route chose.
    String[] cluster = String.valueOf(point.cluster()).split("\\|", -1);
    int dot = cluster.length == 4 ? cluster[3].lastIndexOf('.') : -1;
    String chosen =
        dot > 0 ? cluster[3].substring(dot + 1) + "/" + cluster[3].substring(0, dot) : peer;
    String subset = cluster.length == 4 && !cluster[2].isEmpty() ? cluster[2] : UNKNOWN;
    return service(chosen, point.secure() ? trustDomain : null, subset);
  }

  private static End service(String node, @Nullable String trustDomain, String version) {
    int slash = node.indexOf('/');
    String namespace = node.substring(0, Math.max(0, slash));
    String name = node.substring(slash + 1);
    String principal =
        trustDomain == null
            ? UNKNOWN
            : "spiffe://" + trustDomain + "/ns/" + namespace + "/sa/" + name;
    return new End(name, namespace, principal, version, host(name, namespace));
  }

  private static final String SUFFIX = ".svc.cluster.local";

  private static String host(String name, String namespace) {
    return name + "." + namespace + SUFFIX;
  }
}
