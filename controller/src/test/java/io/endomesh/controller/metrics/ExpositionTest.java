package io.endomesh.controller.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.endomesh.controller.telemetry.CallMetric;
import io.endomesh.controller.telemetry.CallTotals;
import io.endomesh.controller.telemetry.LabelText;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class ExpositionTest {

  private final StringBuilder text = new StringBuilder();

  private Exposition exposition(Exposition.Format format) {
    return new Exposition(format, name -> !name.equals("endomesh_services"), text::append);
  }

  private static void write(Exposition out) {
    long[] buckets = new long[CallTotals.bounds().length + 1];
    Arrays.fill(buckets, 2);
    buckets[0] = 1;
    CallTotals.Total total = new CallTotals.Total("a=\"b\"", 0.25, buckets);
    Family seconds = Family.of(CallMetric.HTTP_SERVER);
    out.begin(seconds);
    out.histogram(seconds, total);
    out.begin(Family.ISTIO_DURATION);
    out.histogram(Family.ISTIO_DURATION, total);
    out.begin(Family.WORKLOADS);
    out.sample(Family.WORKLOADS, new LabelText().put("service_name", "orders"), 3);
    out.single(Family.SERVICES, 7);
    out.single(Family.CPU, 1.5);
    out.end();
  }

  @Test
  void text_ofPrometheus_hasCountersByTheNamesOfQueries() {
    write(exposition(Exposition.Format.TEXT));

    assertThat(text)
        .contains(
            "# TYPE http_server_request_duration_seconds histogram\n"
                + "http_server_request_duration_seconds_bucket{a=\"b\",le=\"0.0005\"} 1\n"
                + "http_server_request_duration_seconds_bucket{a=\"b\",le=\"0.001\"} 2\n")
        .contains("_bucket{a=\"b\",le=\"10\"} 2\n")
        .contains(
            "_bucket{a=\"b\",le=\"+Inf\"} 2\n"
                + "http_server_request_duration_seconds_sum{a=\"b\"} 0.25\n"
                + "http_server_request_duration_seconds_count{a=\"b\"} 2\n")
        .contains("istio_request_duration_milliseconds_bucket{a=\"b\",le=\"0.5\"} 1\n")
        .contains("istio_request_duration_milliseconds_bucket{a=\"b\",le=\"10000\"} 2\n")
        .contains("istio_request_duration_milliseconds_sum{a=\"b\"} 250\n")
        .contains("endomesh_workloads{service_name=\"orders\"} 3\n")
        .contains("# TYPE process_cpu_seconds_total counter\nprocess_cpu_seconds_total 1.5\n")
        .doesNotContain("# EOF", "# UNIT", "endomesh_services");
  }

  @Test
  void openMetrics_hasUnitsFloatsAndAnEnd() {
    write(exposition(Exposition.Format.OPEN_METRICS));

    assertThat(text)
        .contains("# UNIT http_server_request_duration_seconds seconds\n")
        .contains("_bucket{a=\"b\",le=\"0.0005\"} 1\n")
        .contains("_bucket{a=\"b\",le=\"1.0\"} 2\n")
        .contains("# TYPE process_cpu_seconds counter\n")
        .contains("\nprocess_cpu_seconds_total 1.5\n")
        .endsWith("# EOF\n");
  }
}
