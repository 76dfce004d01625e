package io.endomesh.controller.forward;

import com.google.common.net.InetAddresses;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Whom telemetry is sent on to. Immutable.
 *
 * @param otlp base address of a collector; null: none
 * @param headers of each request to it; they may be secrets
 * @param authorities certificates in PEM, trusted besides the JDK's; null: none
 * @param metricsInterval how often metrics are sent
 * @param zipkin where Zipkin takes spans; null: none
 */
public record ForwardOptions(
    @Nullable URI otlp,
    Map<String, String> headers,
    @Nullable Path authorities,
    Duration metricsInterval,
    @Nullable URI zipkin) {

  /** Default of OTEL_METRIC_EXPORT_INTERVAL. */
  public static final Duration DEFAULT_METRICS_INTERVAL = Duration.ofSeconds(60);

  private static final Duration MAX_METRICS_INTERVAL = Duration.ofHours(1);

  /** What a header may be that is said once for all requests; others are ours. */
  private static final String NAME = "[!#$%&'*+.^_`|~0-9a-z-]+";

  private static final Set<String> OURS =
      Set.of("content-type", "content-length", "host", "transfer-encoding", "connection");

  /**
   * @throws IllegalArgumentException that says what is wrong
   */
  public ForwardOptions {
    headers = Map.copyOf(headers);
    if (metricsInterval.isNegative()
        || metricsInterval.isZero()
        || metricsInterval.compareTo(MAX_METRICS_INTERVAL) > 0) {
      throw new IllegalArgumentException(
          "--otlp-metrics-interval: "
              + metricsInterval
              + " (expected: more than PT0S, at most "
              + MAX_METRICS_INTERVAL
              + ")");
    }
    if (otlp != null && !headers.isEmpty() && !isPrivate(otlp)) {
      throw new IllegalArgumentException(
          "--otlp-endpoint: "
              + otlp
              + " (expected: an https URL, because headers are sent that others on the way could"
              + " read)");
    }
  }

  /** What is not said is not shown. */
  @Override
  public String toString() {
    return "ForwardOptions[otlp="
        + otlp
        + ", headers="
        + headers.keySet()
        + ", zipkin="
        + zipkin
        + "]";
  }

  /**
   * An address that requests go to.
   *
   * @throws IllegalArgumentException that says what is wrong
   */
  public static URI address(String option, String text) {
    try {
      URI uri = new URI(text);
      String scheme = String.valueOf(uri.getScheme()).toLowerCase(Locale.ROOT);
      if ((scheme.equals("http") || scheme.equals("https"))
          && uri.getHost() != null
          && uri.getRawUserInfo() == null
          && uri.getRawQuery() == null
          && uri.getRawFragment() == null) {
        return uri;
      }
    } catch (URISyntaxException e) {
      // The same sentence: what is wrong with it may be a secret.
      throw wrong(option);
    }
    throw wrong(option);
  }

  private static IllegalArgumentException wrong(String option) {
    return new IllegalArgumentException(
        option + ": no address (expected: http or https, a host, a port and a path, nothing else)");
  }

  /**
   * Headers, one a line: {@code Authorization: Bearer …}. What begins with {@code #} is no header.
   *
   * @param source of the text, for what is wrong with it
   * @throws IllegalArgumentException that says what is wrong, without the text
   */
  public static Map<String, String> headers(String source, String text) {
    Map<String, String> headers = new TreeMap<>();
    int line = 0;
    for (String each : text.split("\n", -1)) {
      line++;
      String stripped = each.strip();
      if (stripped.isEmpty() || stripped.startsWith("#")) {
        continue;
      }
      int colon = stripped.indexOf(':');
      String name = stripped.substring(0, Math.max(0, colon)).strip().toLowerCase(Locale.ROOT);
      String value = stripped.substring(colon + 1).strip();
      boolean printable = value.chars().allMatch(c -> c >= ' ' && c <= '~');
      if (!name.matches(NAME) || OURS.contains(name) || value.isEmpty() || !printable) {
        throw new IllegalArgumentException(
            source + ": line " + line + " is no header (expected: NAME: VALUE)");
      }
      headers.put(name, value);
    }
    return headers;
  }

  /** Nobody reads on the way: it is encrypted, or goes nowhere. */
  private static boolean isPrivate(URI uri) {
    String host = uri.getHost().toLowerCase(Locale.ROOT);
    return "https".equalsIgnoreCase(uri.getScheme())
        || host.equals("localhost")
        || (InetAddresses.isUriInetAddress(host)
            && InetAddresses.forUriString(host).isLoopbackAddress());
  }
}
