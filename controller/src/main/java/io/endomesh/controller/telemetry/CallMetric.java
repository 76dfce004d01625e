package io.endomesh.controller.telemetry;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** Histograms of calls by which the controller tells Prometheus of the mesh. */
public enum CallMetric {
  HTTP_CLIENT(
      "http.client.request.duration",
      "Attempts of HTTP requests, as their callers saw them.",
      join(Parts.HTTP, Parts.CALLER)),
  HTTP_SERVER(
      "http.server.request.duration",
      "HTTP requests, as those saw them who served them.",
      join(Parts.HTTP, Parts.SERVER)),
  RPC_CLIENT(
      "rpc.client.call.duration",
      "Attempts of gRPC calls, as their callers saw them.",
      join(Parts.RPC, Parts.CALLER)),
  RPC_SERVER(
      "rpc.server.call.duration",
      "gRPC calls, as those saw them who served them.",
      join(Parts.RPC, Parts.SERVER)),
  DATABASE(
      "db.client.operation.duration",
      "Statements to databases, as those saw them who sent them.",
      List.of(
          "db.system.name",
          "db.namespace",
          "db.operation.name",
          "db.collection.name",
          "db.response.status_code",
          "error.type",
          "server.address",
          "endomesh.policy"));

  private final String otelName;
  private final String help;
  private final List<String> attributes;

  /** Which attributes become labels; what has values without end does not. */
  private static final class Parts {
    static final List<String> HTTP =
        List.of("http.request.method", "http.response.status_code", "error.type");
    static final List<String> RPC = List.of("rpc.method", "rpc.response.status_code", "error.type");
    static final List<String> CALLER =
        List.of(
            CallAttributes.DESTINATION,
            CallAttributes.CLUSTER,
            CallAttributes.TLS,
            CallAttributes.RETRY,
            CallAttributes.RETRIED,
            CallAttributes.POLICY);
    static final List<String> SERVER =
        List.of(
            CallAttributes.CALLER,
            CallAttributes.POLICY,
            CallAttributes.DRY_RUN,
            CallAttributes.AUDIT,
            CallAttributes.UNANSWERED);
  }

  CallMetric(String otelName, String help, List<String> attributes) {
    this.otelName = otelName;
    this.help = help;
    this.attributes = attributes;
  }

  private static List<String> join(List<String> some, List<String> more) {
    List<String> all = new ArrayList<>(some);
    all.addAll(more);
    return List.copyOf(all);
  }

  static Optional<CallMetric> of(String otelName) {
    return Arrays.stream(values()).filter(metric -> metric.otelName.equals(otelName)).findAny();
  }

  /** In the semantic conventions. */
  public String otelName() {
    return otelName;
  }

  /** As OpenTelemetry names it for Prometheus. */
  public String prometheusName() {
    return otelName.replace('.', '_') + "_seconds";
  }

  public String help() {
    return help;
  }

  List<String> attributes() {
    return attributes;
  }

  /** Labels that a series of it may have. */
  public List<String> labels() {
    List<String> labels =
        new ArrayList<>(List.of("service_namespace", "service_name", "service_version"));
    attributes.forEach(attribute -> labels.add(label(attribute)));
    labels.add(CallLabels.OVERFLOW);
    return labels;
  }

  static String label(String attribute) {
    return attribute.replace('.', '_');
  }
}
