package io.endomesh.controller.cli;

import io.endomesh.controller.ca.SecretFile;
import io.endomesh.controller.forward.ForwardOptions;
import java.io.IOException;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/**
 * The options by which telemetry is sent on. What is not given is taken as OpenTelemetry names it.
 */
final class TelemetryForwarding {

  private static final String HTTP = "http/protobuf";

  private UnaryOperator<@Nullable String> environment = System::getenv;

  @Option(
      names = "--otlp-endpoint",
      paramLabel = "URL",
      description =
          "collector that traces and metrics are sent on to, by OTLP over HTTP, such as"
              + " http://127.0.0.1:4318 (default: OTEL_EXPORTER_OTLP_ENDPOINT, or none)")
  private @Nullable String endpoint;

  @Option(
      names = "--otlp-headers-file",
      paramLabel = "FILE",
      description =
          "file with headers of each request to it, NAME: VALUE a line (default:"
              + " OTEL_EXPORTER_OTLP_HEADERS, or none)")
  private @Nullable Path headers;

  @Option(
      names = "--otlp-ca",
      paramLabel = "FILE",
      description =
          "certificates of authorities that it is trusted by, besides the JDK's (default:"
              + " OTEL_EXPORTER_OTLP_CERTIFICATE, or none)")
  private @Nullable Path authorities;

  @Option(
      names = "--otlp-metrics-interval",
      paramLabel = "DURATION",
      description =
          "how often metrics are sent (ISO 8601, default: OTEL_METRIC_EXPORT_INTERVAL, or PT60S)")
  private @Nullable Duration metricsInterval;

  @Option(
      names = "--zipkin-endpoint",
      paramLabel = "URL",
      description =
          "where a Zipkin takes spans, such as http://127.0.0.1:9411/api/v2/spans (default: none)")
  private @Nullable String zipkin;

  /** In tests. */
  TelemetryForwarding environment(UnaryOperator<@Nullable String> other) {
    environment = other;
    return this;
  }

  /** Null: nothing is sent on. */
  @Nullable ForwardOptions options() {
    String collector = endpoint != null ? endpoint : found("OTEL_EXPORTER_OTLP_ENDPOINT");
    if (collector == null && zipkin == null) {
      if (headers != null || authorities != null || metricsInterval != null) {
        throw wrong("--otlp-endpoint: absent, beside other --otlp options (expected: an address)");
      }
      return null;
    }
    String protocol = found("OTEL_EXPORTER_OTLP_PROTOCOL");
    if (collector != null && endpoint == null && protocol != null && !protocol.equals(HTTP)) {
      throw wrong(
          "OTEL_EXPORTER_OTLP_PROTOCOL: " + protocol + " (expected: " + HTTP + ", at port 4318)");
    }
    try {
      URI otlp = collector == null ? null : ForwardOptions.address("--otlp-endpoint", collector);
      String trusted = found("OTEL_EXPORTER_OTLP_CERTIFICATE");
      return new ForwardOptions(
          otlp,
          otlp == null ? Map.of() : headers(),
          authorities != null ? authorities : trusted == null ? null : Path.of(trusted),
          metricsInterval != null ? metricsInterval : interval(),
          zipkin == null ? null : ForwardOptions.address("--zipkin-endpoint", zipkin));
    } catch (IllegalArgumentException e) {
      throw wrong(String.valueOf(e.getMessage()));
    }
  }

  private Map<String, String> headers() {
    if (headers != null) {
      try {
        return ForwardOptions.headers("--otlp-headers-file", SecretFile.read(headers));
      } catch (IOException e) {
        throw wrong("--otlp-headers-file: " + headers + " cannot be read");
      }
    }
    String found = found("OTEL_EXPORTER_OTLP_HEADERS");
    if (found == null) {
      return Map.of();
    }
    // As W3C Baggage: name=value,name=value, values encoded as in URLs.
    StringBuilder lines = new StringBuilder();
    for (String pair : found.split(",", -1)) {
      String line = pair.replaceFirst("=", ":").replace("+", "%2B");
      lines.append(URLDecoder.decode(line, StandardCharsets.UTF_8)).append('\n');
    }
    return ForwardOptions.headers("OTEL_EXPORTER_OTLP_HEADERS", lines.toString());
  }

  private Duration interval() {
    String found = found("OTEL_METRIC_EXPORT_INTERVAL");
    try {
      return found == null
          ? ForwardOptions.DEFAULT_METRICS_INTERVAL
          : Duration.ofMillis(Long.parseLong(found.strip()));
    } catch (NumberFormatException e) {
      throw wrong("OTEL_METRIC_EXPORT_INTERVAL: " + found + " (expected: milliseconds)");
    }
  }

  private @Nullable String found(String name) {
    String value = environment.apply(name);
    return value == null || value.isBlank() ? null : value;
  }

  private static CommandFailed wrong(String message) {
    return new CommandFailed(Exit.USAGE, message);
  }
}
