package io.endomesh.controller.metrics;

import io.endomesh.controller.ControllerContext;
import io.endomesh.controller.Version;
import io.endomesh.controller.registry.Workload;
import io.endomesh.controller.telemetry.CallMetric;
import io.endomesh.controller.telemetry.CallTotals;
import io.endomesh.controller.telemetry.LabelText;
import io.endomesh.controller.telemetry.TelemetryPart;
import io.endomesh.controller.telemetry.TelemetrySink;
import io.endomesh.controller.xds.SyncStatus;
import io.endomesh.controller.xds.XdsServer;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/** Of the mesh: its calls, its workloads, and what the controller does for them. Thread-safe. */
final class MeshMetrics {

  private final ControllerContext context;
  private final TelemetryPart telemetry;
  private final Supplier<XdsServer.Counts> xds;

  MeshMetrics(ControllerContext context, TelemetryPart telemetry, Supplier<XdsServer.Counts> xds) {
    this.context = context;
    this.telemetry = telemetry;
    this.xds = xds;
  }

  void write(Exposition out) {
    calls(out);
    mesh(out);
    List<Workload> workloads = context.workloads().workloads();
    connections(out, workloads);
    discovery(out);
    workloads(out, workloads);
    reports(out);
  }

  private void calls(Exposition out) {
    CallTotals calls = telemetry.calls();
    for (CallMetric metric : CallMetric.values()) {
      Family family = Family.of(metric);
      if (out.begin(family)) {
        calls.totals(metric).forEach(total -> out.histogram(family, total));
      }
    }
    List<CallTotals.Total> requests = calls.istio();
    if (out.begin(Family.ISTIO_REQUESTS)) {
      requests.forEach(total -> out.sample(Family.ISTIO_REQUESTS, total.labels(), total.count()));
    }
    if (out.begin(Family.ISTIO_DURATION)) {
      requests.forEach(total -> out.histogram(Family.ISTIO_DURATION, total));
    }
  }

  private void mesh(Exposition out) {
    if (out.begin(Family.BUILD)) {
      out.sample(Family.BUILD, new LabelText().put("version", Version.current()), 1);
    }
    out.single(Family.SERVICES, context.model().get().services().size());
    out.single(Family.RESOURCES, context.store().resources().all().size());
    out.single(Family.UNREADABLE, context.model().get().unreadable().size());
    out.single(Family.ISSUER, until(context.authority().issuerNotAfter()));
  }

  private void discovery(Exposition out) {
    Map<String, Integer> streams = new LinkedHashMap<>();
    for (String state : List.of("acknowledged", "waiting", "rejected")) {
      streams.put(state, 0);
    }
    for (SyncStatus.Node node : context.syncStatus().nodes()) {
      String state =
          node.rejection() != null ? "rejected" : node.upToDate() ? "acknowledged" : "waiting";
      streams.merge(state, 1, Integer::sum);
    }
    if (out.begin(Family.STREAMS)) {
      streams.forEach(
          (state, count) ->
              out.sample(Family.STREAMS, new LabelText().put("endomesh_state", state), count));
    }
    XdsServer.Counts counts = xds.get();
    out.single(Family.XDS_SENT, counts.sent());
    out.single(Family.XDS_ACKED, counts.acknowledged());
    out.single(Family.XDS_REJECTED, counts.rejected());
  }

  private static void connections(Exposition out, List<Workload> workloads) {
    if (out.begin(Family.WORKLOADS)) {
      Map<String, Integer> byService = new TreeMap<>();
      for (Workload workload : workloads) {
        String service = service(workload).toString();
        // Both, so that there is a zero to be seen where one is missing.
        byService.merge(connection(service, "open"), workload.connected() ? 1 : 0, Integer::sum);
        byService.merge(connection(service, "lost"), workload.connected() ? 0 : 1, Integer::sum);
      }
      byService.forEach((labels, count) -> out.sample(Family.WORKLOADS, labels, count));
    }
  }

  private void workloads(Exposition out, List<Workload> workloads) {
    if (out.begin(Family.CERTIFICATE)) {
      for (Workload workload : workloads) {
        @Nullable Instant end = workload.health().certificateNotAfter();
        if (end != null) {
          out.sample(Family.CERTIFICATE, instance(workload), until(end));
        }
      }
    }
    if (out.begin(Family.DROPPED)) {
      for (Workload workload : workloads) {
        out.sample(Family.DROPPED, instance(workload), workload.health().droppedTelemetry());
      }
    }
    if (out.begin(Family.SUPPRESSED)) {
      for (Workload workload : workloads) {
        out.sample(Family.SUPPRESSED, instance(workload), workload.health().suppressedExceptions());
      }
    }
  }

  private void reports(Exposition out) {
    out.single(Family.POINTS, telemetry.rollups().pointsTotal());
    out.single(Family.SPANS, telemetry.traces().spansTotal());
    out.single(Family.REFUSED_REPORTS, telemetry.rejectedRequests());
    out.single(Family.EVICTED, telemetry.traces().evictedTotal());
    forwarding(out);
    out.single(Family.SERIES, telemetry.calls().seriesCount());
    out.single(Family.OVERFLOW, telemetry.calls().overflown());
  }

  private void forwarding(Exposition out) {
    Map<String, TelemetrySink.Signal> signals = telemetry.sink().signals();
    forwarding(out, Family.FORWARDED, signals, TelemetrySink.Signal::sent);
    forwarding(out, Family.FORWARD_DROPPED, signals, TelemetrySink.Signal::dropped);
    forwarding(out, Family.FORWARD_FAILED, signals, TelemetrySink.Signal::failedRequests);
  }

  private static void forwarding(
      Exposition out,
      Family family,
      Map<String, TelemetrySink.Signal> signals,
      ToLongFunction<TelemetrySink.Signal> count) {
    if (out.begin(family)) {
      signals.forEach(
          (name, signal) ->
              out.sample(
                  family, new LabelText().put("endomesh_signal", name), count.applyAsLong(signal)));
    }
  }

  private double until(Instant end) {
    return Duration.between(context.clock().instant(), end).toMillis() / 1000.0;
  }

  private static LabelText service(Workload workload) {
    return new LabelText()
        .put("service_namespace", workload.namespace())
        .put("service_name", workload.service());
  }

  private static String connection(String service, String state) {
    return service + "," + new LabelText().put("endomesh_connection", state);
  }

  private static LabelText instance(Workload workload) {
    return service(workload).put("service_instance_id", workload.instance());
  }
}
