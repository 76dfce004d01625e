package io.endomesh.controller.metrics;

import io.endomesh.controller.telemetry.CallMetric;
import io.endomesh.controller.telemetry.IstioLabels;
import java.util.ArrayList;
import java.util.List;

/**
 * Samples of one name: what is asked, in which unit, and what tells them apart. Immutable.
 *
 * @param name without the suffix of a counter
 * @param unit that the name ends with; empty if it has none
 * @param labels that a sample may have
 */
record Family(String name, Type type, String unit, String help, List<String> labels) {

  /** As both texts call it. */
  enum Type {
    COUNTER,
    GAUGE,
    HISTOGRAM,
    SUMMARY
  }

  static final Family ISTIO_REQUESTS =
      counter(
          "istio_requests",
          "Requests, by Istio's names; of a call that was repeated, the last attempt.",
          IstioLabels.names().toArray(new String[0]));

  static final Family ISTIO_DURATION =
      new Family(
          "istio_request_duration_milliseconds",
          Type.HISTOGRAM,
          "milliseconds",
          "How long requests took, by Istio's names; of a call that was repeated, the last attempt.",
          IstioLabels.names());

  static final Family BUILD =
      gauge("endomesh_build_info", "", "1, with the version of the controller.", "version");
  static final Family SERVICES = gauge("endomesh_services", "", "Services of the mesh.");
  static final Family RESOURCES = gauge("endomesh_resources", "", "Applied resources.");
  static final Family UNREADABLE =
      gauge(
          "endomesh_resources_unreadable",
          "",
          "Stored resources that the controller cannot read; what they may refuse is refused.");
  static final Family WORKLOADS =
      gauge(
          "endomesh_workloads",
          "",
          "Workloads; lost are those whose stream broke, until their lease ends.",
          "service_namespace",
          "service_name",
          "endomesh_connection");
  static final Family STREAMS =
      gauge(
          "endomesh_xds_streams",
          "",
          "Clients of xDS: those who have acknowledged all they were sent, those who have not yet,"
              + " and those who rejected some of it.",
          "endomesh_state");
  static final Family XDS_SENT =
      counter("endomesh_xds_responses_sent", "Responses of xDS that were sent.");
  static final Family XDS_ACKED =
      counter("endomesh_xds_responses_acknowledged", "Responses of xDS that were acknowledged.");
  static final Family XDS_REJECTED =
      counter("endomesh_xds_responses_rejected", "Responses of xDS that were rejected.");
  static final Family CERTIFICATE =
      gauge(
          "endomesh_certificate_remaining_seconds",
          "seconds",
          "Until a workload's certificate ends; negative after that.",
          "service_namespace",
          "service_name",
          "service_instance_id");
  static final Family ISSUER =
      gauge(
          "endomesh_ca_certificate_remaining_seconds",
          "seconds",
          "Until the certificate ends by which the controller signs those of workloads.");
  static final Family DROPPED =
      counter(
          "endomesh_telemetry_dropped",
          "Observations that did not fit into an agent's queues.",
          "service_namespace",
          "service_name",
          "service_instance_id");
  static final Family SUPPRESSED =
      counter(
          "endomesh_agent_suppressed_exceptions",
          "Failures of an agent that were kept from its application.",
          "service_namespace",
          "service_name",
          "service_instance_id");
  static final Family POINTS =
      counter("endomesh_telemetry_points", "Measurements that agents sent.");
  static final Family SPANS = counter("endomesh_telemetry_spans", "Spans that agents sent.");
  static final Family REFUSED_REPORTS =
      counter("endomesh_telemetry_rejected_requests", "Reports of agents that were not accepted.");
  static final Family EVICTED =
      counter("endomesh_telemetry_evicted_traces", "Traces that made room for newer ones.");
  static final Family FORWARDED =
      counter(
          "endomesh_forward_sent",
          "Spans and measurements that others took, whom telemetry is sent on to.",
          "endomesh_signal");
  static final Family FORWARD_DROPPED =
      counter(
          "endomesh_forward_dropped",
          "Those that did not fit while nobody took them, or that were refused.",
          "endomesh_signal");
  static final Family FORWARD_FAILED =
      counter(
          "endomesh_forward_failed_requests",
          "Requests to them that were not answered well.",
          "endomesh_signal");
  static final Family SERIES =
      gauge("endomesh_metrics_series", "", "Series of calls that this page has, by either names.");
  static final Family OVERFLOW =
      counter(
          "endomesh_metrics_overflow",
          "How often calls were counted together because there were too many series.");

  static final Family CPU =
      new Family(
          "process_cpu_seconds", Type.COUNTER, "seconds", "CPU time of the controller.", List.of());
  static final Family STARTED =
      gauge(
          "process_start_time_seconds", "seconds", "When the controller started, since the epoch.");
  static final Family RESIDENT =
      gauge("process_resident_memory_bytes", "bytes", "Memory of the process, where Linux tells.");
  static final Family OPEN_FILES =
      gauge("process_open_fds", "", "Open file descriptors, where the system tells.");
  static final Family MAX_FILES =
      gauge("process_max_fds", "", "As many as may be open, where the system tells.");
  static final Family MEMORY =
      gauge("jvm_memory_used_bytes", "bytes", "Memory that is used.", "jvm_memory_type");
  static final Family MEMORY_LIMIT =
      gauge("jvm_memory_limit_bytes", "bytes", "As much as may be used.", "jvm_memory_type");
  static final Family THREADS = gauge("jvm_thread_count", "", "Threads.");
  static final Family COLLECTIONS =
      new Family(
          "jvm_gc_duration_seconds",
          Type.SUMMARY,
          "seconds",
          "Garbage collections.",
          List.of("jvm_gc_name"));

  /** All there are, in the order in which they are written. */
  static List<Family> all() {
    List<Family> all = new ArrayList<>();
    for (CallMetric metric : CallMetric.values()) {
      all.add(of(metric));
    }
    all.addAll(List.of(ISTIO_REQUESTS, ISTIO_DURATION));
    all.addAll(
        List.of(
            BUILD,
            SERVICES,
            RESOURCES,
            UNREADABLE,
            ISSUER,
            WORKLOADS,
            STREAMS,
            XDS_SENT,
            XDS_ACKED,
            XDS_REJECTED,
            CERTIFICATE,
            DROPPED,
            SUPPRESSED,
            POINTS,
            SPANS,
            REFUSED_REPORTS,
            EVICTED,
            FORWARDED,
            FORWARD_DROPPED,
            FORWARD_FAILED,
            SERIES,
            OVERFLOW));
    all.addAll(
        List.of(
            CPU,
            STARTED,
            RESIDENT,
            OPEN_FILES,
            MAX_FILES,
            MEMORY,
            MEMORY_LIMIT,
            THREADS,
            COLLECTIONS));
    return all;
  }

  static Family of(CallMetric metric) {
    return new Family(
        metric.prometheusName(), Type.HISTOGRAM, "seconds", metric.help(), metric.labels());
  }

  private static Family counter(String name, String help, String... labels) {
    return new Family(name, Type.COUNTER, "", help, List.of(labels));
  }

  private static Family gauge(String name, String unit, String help, String... labels) {
    return new Family(name, Type.GAUGE, unit, help, List.of(labels));
  }

  /** As queries name it. */
  String queried() {
    return type == Type.COUNTER ? name + "_total" : name;
  }
}
