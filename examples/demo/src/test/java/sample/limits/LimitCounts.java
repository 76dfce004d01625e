package sample.limits;

import io.envoyproxy.envoy.extensions.common.ratelimit.v3.RateLimitDescriptor;
import io.envoyproxy.envoy.service.ratelimit.v3.RateLimitRequest;
import io.envoyproxy.envoy.service.ratelimit.v3.RateLimitResponse;
import io.envoyproxy.envoy.service.ratelimit.v3.RateLimitResponse.Code;
import io.envoyproxy.envoy.service.ratelimit.v3.RateLimitResponse.DescriptorStatus;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/**
 * Counts requests as Envoy's rate limit service does: by descriptor, in windows of fixed length,
 * which begin with this object. A request is counted by all limits of its descriptors, over them or
 * not. Thread-safe.
 */
final class LimitCounts {

  private static final Map<String, Duration> UNITS =
      Map.of(
          "second", Duration.ofSeconds(1),
          "minute", Duration.ofMinutes(1),
          "hour", Duration.ofHours(1),
          "day", Duration.ofDays(1));

  private final String domain;
  private final List<?> descriptors;
  private final long startNanos = System.nanoTime();

  /** Requests in the present window, by descriptor and number of the window. */
  private final Map<String, Integer> counted = new HashMap<>();

  private LimitCounts(String domain, List<?> descriptors) {
    this.domain = domain;
    this.descriptors = descriptors;
  }

  static LimitCounts of(String configuration) {
    Map<?, ?> fields =
        (Map<?, ?>) new Load(LoadSettings.builder().build()).loadFromString(configuration);
    return new LimitCounts((String) fields.get("domain"), (List<?>) fields.get("descriptors"));
  }

  synchronized RateLimitResponse count(RateLimitRequest request) {
    RateLimitResponse.Builder response = RateLimitResponse.newBuilder();
    boolean over = false;
    for (RateLimitDescriptor descriptor : request.getDescriptorsList()) {
      DescriptorStatus status = status(request.getDomain(), descriptor);
      over |= status.getCode() == Code.OVER_LIMIT;
      response.addStatuses(status);
    }
    return response.setOverallCode(over ? Code.OVER_LIMIT : Code.OK).build();
  }

  private DescriptorStatus status(String asked, RateLimitDescriptor descriptor) {
    Map<?, ?> limit = asked.equals(domain) ? limit(descriptor) : null;
    if (limit == null) {
      return DescriptorStatus.newBuilder().setCode(Code.OK).build();
    }
    String unit = (String) limit.get("unit");
    int requests = (Integer) limit.get("requests_per_unit");
    long window = UNITS.get(unit).toNanos();
    long passed = System.nanoTime() - startNanos;
    int count = counted.merge(passed / window + " " + descriptor, 1, Integer::sum);
    return DescriptorStatus.newBuilder()
        .setCode(count > requests ? Code.OVER_LIMIT : Code.OK)
        .setCurrentLimit(
            RateLimitResponse.RateLimit.newBuilder()
                .setRequestsPerUnit(requests)
                .setUnit(RateLimitResponse.RateLimit.Unit.valueOf(unit.toUpperCase(Locale.ROOT))))
        .setLimitRemaining(Math.max(0, requests - count))
        .setDurationUntilReset(
            com.google.protobuf.Duration.newBuilder()
                .setSeconds(Duration.ofNanos(window - passed % window).toSeconds() + 1))
        .build();
  }

  /** The limit at the end of the path that the entries are; null if nothing counts them. */
  private Map<?, ?> limit(RateLimitDescriptor descriptor) {
    List<?> level = descriptors;
    Map<?, ?> node = null;
    for (RateLimitDescriptor.Entry entry : descriptor.getEntriesList()) {
      node = level == null ? null : node(level, entry);
      if (node == null) {
        return null;
      }
      level = (List<?>) node.get("descriptors");
    }
    return node == null ? null : (Map<?, ?>) node.get("rate_limit");
  }

  /** One with the value before one for any. */
  private static Map<?, ?> node(List<?> level, RateLimitDescriptor.Entry entry) {
    Map<?, ?> any = null;
    for (Object each : level) {
      Map<?, ?> node = (Map<?, ?>) each;
      if (entry.getKey().equals(node.get("key"))) {
        if (entry.getValue().equals(node.get("value"))) {
          return node;
        }
        any = node.get("value") == null ? node : any;
      }
    }
    return any;
  }
}
