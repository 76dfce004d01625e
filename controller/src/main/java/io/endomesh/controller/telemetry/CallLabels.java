package io.endomesh.controller.telemetry;

import org.jspecify.annotations.Nullable;

/** The labels of calls by OpenTelemetry's names, with underscores for dots. Stateless. */
final class CallLabels {

  /** By OpenTelemetry's data model (Metrics SDK, cardinality limits): what came together here. */
  static final String OVERFLOW = "otel_metric_overflow";

  private CallLabels() {}

  /**
   * @param peer the other end, among as many as are told apart
   * @param version of the reporter, null if it has none
   */
  static String of(CallMetric metric, CallPoint point, String peer, @Nullable String version) {
    LabelText labels =
        new LabelText()
            .put("service_namespace", point.reporter().namespace())
            .put("service_name", point.reporter().service())
            .put("service_version", version);
    Attributes attributes = point.reported().attributes();
    for (String name : metric.attributes()) {
      labels.put(CallMetric.label(name), value(name, attributes, peer));
    }
    return labels.toString();
  }

  private static @Nullable String value(String name, Attributes attributes, String peer) {
    return switch (name) {
      // The SPIFFE id of somebody else's trust domain is as long as they like.
      case CallAttributes.CALLER ->
          peer.equals(GraphNodes.OUTSIDE) || GraphNodes.kind(peer).equals("external")
              ? null
              : attributes.find(name);
      case CallAttributes.DESTINATION -> destination(attributes, peer);
      case "server.address" -> GraphNodes.label(peer);
      default -> attributes.find(name);
    };
  }

  private static String destination(Attributes attributes, String peer) {
    String said = attributes.find(CallAttributes.DESTINATION);
    return said != null && GraphNodes.kind(peer).equals("service") ? said : GraphNodes.label(peer);
  }

  /** What is one series too many is counted here. */
  static String overflow(CallPoint point) {
    return new LabelText()
        .put("service_namespace", point.reporter().namespace())
        .put("service_name", point.reporter().service())
        .put(OVERFLOW, "true")
        .toString();
  }
}
