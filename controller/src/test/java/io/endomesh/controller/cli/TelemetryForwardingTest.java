package io.endomesh.controller.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.endomesh.controller.forward.ForwardOptions;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** By options, and by the variables of OpenTelemetry. */
class TelemetryForwardingTest {

  @TempDir Path directory;

  @Command
  private static final class Empty {}

  private static @Nullable ForwardOptions options(Map<String, String> environment, String... line) {
    TelemetryForwarding forwarding = new TelemetryForwarding().environment(environment::get);
    new CommandLine(new Empty()).addMixin("forwarding", forwarding).parseArgs(line);
    return forwarding.options();
  }

  @Test
  void options_none_sendNothing() {
    assertThat(options(Map.of("OTEL_SERVICE_NAME", "x"))).isNull();
    assertThatThrownBy(() -> options(Map.of(), "--otlp-metrics-interval", "PT1S"))
        .hasMessage("--otlp-endpoint: absent, beside other --otlp options (expected: an address)");
  }

  @Test
  void options_ofTheLine_win() throws Exception {
    Path headers = Files.writeString(directory.resolve("headers"), "Api-Key: abc\n");

    assertThat(
            options(
                Map.of(
                    "OTEL_EXPORTER_OTLP_ENDPOINT", "http://other:1",
                    "OTEL_EXPORTER_OTLP_PROTOCOL", "grpc",
                    "OTEL_EXPORTER_OTLP_HEADERS", "a=b"),
                "--otlp-endpoint=https://collector:4318/base",
                "--otlp-headers-file=" + headers,
                "--otlp-ca=ca.pem",
                "--otlp-metrics-interval=PT10S",
                "--zipkin-endpoint=http://zipkin:9411/api/v2/spans"))
        .isEqualTo(
            new ForwardOptions(
                URI.create("https://collector:4318/base"),
                Map.of("api-key", "abc"),
                Path.of("ca.pem"),
                Duration.ofSeconds(10),
                URI.create("http://zipkin:9411/api/v2/spans")));
  }

  @Test
  void options_ofTheEnvironment_areOpenTelemetrys() {
    assertThat(
            options(
                Map.of(
                    "OTEL_EXPORTER_OTLP_ENDPOINT", "https://collector:4318",
                    "OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf",
                    "OTEL_EXPORTER_OTLP_HEADERS", "authorization=Basic%20YTpi+w==,x-tenant=7",
                    "OTEL_EXPORTER_OTLP_CERTIFICATE", "/ca.pem",
                    "OTEL_METRIC_EXPORT_INTERVAL", "5000")))
        .isEqualTo(
            new ForwardOptions(
                URI.create("https://collector:4318"),
                Map.of("authorization", "Basic YTpi+w==", "x-tenant", "7"),
                Path.of("/ca.pem"),
                Duration.ofSeconds(5),
                null));
  }

  @Test
  void options_thatMakeNoSense_areRefusedByName() {
    assertThatThrownBy(
            () ->
                options(
                    Map.of(
                        "OTEL_EXPORTER_OTLP_ENDPOINT", "http://collector:4317",
                        "OTEL_EXPORTER_OTLP_PROTOCOL", "grpc")))
        .hasMessage("OTEL_EXPORTER_OTLP_PROTOCOL: grpc (expected: http/protobuf, at port 4318)");
    assertThatThrownBy(() -> options(Map.of(), "--otlp-endpoint=collector"))
        .hasMessageStartingWith("--otlp-endpoint: no address");
    assertThatThrownBy(
            () ->
                options(
                    Map.of(),
                    "--otlp-endpoint=http://127.0.0.1:1",
                    "--otlp-headers-file=" + directory.resolve("none")))
        .hasMessageContaining("none cannot be read");
    assertThatThrownBy(
            () ->
                options(
                    Map.of("OTEL_METRIC_EXPORT_INTERVAL", "60s"),
                    "--otlp-endpoint=http://127.0.0.1:1"))
        .hasMessage("OTEL_METRIC_EXPORT_INTERVAL: 60s (expected: milliseconds)");
    assertThatThrownBy(
            () ->
                options(
                    Map.of(), "--otlp-endpoint=http://127.0.0.1:1", "--otlp-metrics-interval=PT0S"))
        .hasMessageStartingWith("--otlp-metrics-interval: PT0S (expected: more than PT0S");
    assertThatThrownBy(
            () ->
                options(
                    Map.of("OTEL_EXPORTER_OTLP_HEADERS", "s3cr3t"),
                    "--otlp-endpoint=http://127.0.0.1:1"))
        .hasMessage("OTEL_EXPORTER_OTLP_HEADERS: line 1 is no header (expected: NAME: VALUE)");
  }
}
