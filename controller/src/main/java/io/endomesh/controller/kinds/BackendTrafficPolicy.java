package io.endomesh.controller.kinds;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * An XBackendTrafficPolicy of Gateway API, gateway.networking.x-k8s.io/v1alpha1: how callers deal
 * with services of its own namespace. Fields and defaults are Gateway API's. Immutable.
 *
 * @param services it is for, of its namespace
 * @param retries null leaves them to others
 * @param session null if calls of one session need not stay together
 */
public record BackendTrafficPolicy(
    Metadata metadata,
    List<String> services,
    @Nullable RetryConstraint retries,
    RouteResource.@Nullable Session session)
    implements MeshResource {

  /**
   * @param percent of the calls within {@code intervalNanos} that may be retried
   * @param minCount retries within {@code minIntervalNanos} that are permitted in any case
   */
  public record RetryConstraint(
      int percent, long intervalNanos, int minCount, long minIntervalNanos) {}

  /** As in Gateway API. */
  private static final int MAX_TARGETS = 16;

  private static final int DEFAULT_PERCENT = 20;
  private static final long DEFAULT_INTERVAL_NANOS = TimeUnit.SECONDS.toNanos(10);
  private static final int DEFAULT_MIN_COUNT = 10;
  private static final long DEFAULT_MIN_INTERVAL_NANOS = TimeUnit.SECONDS.toNanos(1);
  private static final int MAX_MIN_COUNT = 1_000_000;
  private static final long MIN_INTERVAL_NANOS = TimeUnit.SECONDS.toNanos(1);
  private static final long MAX_INTERVAL_NANOS = TimeUnit.HOURS.toNanos(1);

  public BackendTrafficPolicy {
    services = List.copyOf(services);
  }

  static BackendTrafficPolicy read(Metadata metadata, Fields spec) {
    List<String> services = new ArrayList<>();
    spec.objects("targetRefs", target -> services.add(service(target, services)));
    if (services.isEmpty() || services.size() > MAX_TARGETS) {
      throw spec.invalid(
          "targetRefs", services.size() + " of them (expected: 1 to " + MAX_TARGETS + ")");
    }
    RetryConstraint retries = retries(spec);
    RouteResource.Session session = RouteFields.session(spec);
    if (retries == null && session == null) {
      spec.warn("retryConstraint", "absent, and sessionPersistence too: it has no effect");
    }
    return new BackendTrafficPolicy(metadata, services, retries, session);
  }

  private static String service(Fields target, List<String> before) {
    String group = target.string("group", "");
    if (!group.isEmpty() && !group.equals("core")) {
      throw target.invalid("group", "'" + group + "' (expected: '', the group of Service)");
    }
    String kind = target.string("kind");
    if (!kind.equals("Service")) {
      throw target.invalid("kind", "'" + kind + "' (expected: Service)");
    }
    String name = target.string("name");
    if (before.contains(name)) {
      throw target.invalid("name", "'" + name + "' twice (expected: once)");
    }
    return name;
  }

  private static @Nullable RetryConstraint retries(Fields spec) {
    Fields fields = spec.optionalObject("retryConstraint");
    if (fields == null) {
      return null;
    }
    Fields budget = fields.objectOrEmpty("budget");
    Fields rate = fields.objectOrEmpty("minRetryRate");
    RetryConstraint constraint =
        new RetryConstraint(
            budget.integer("percent", 0, 100, DEFAULT_PERCENT),
            interval(budget, MIN_INTERVAL_NANOS, "1s", DEFAULT_INTERVAL_NANOS),
            rate.integer("count", 1, MAX_MIN_COUNT, DEFAULT_MIN_COUNT),
            interval(rate, 1, "1ms", DEFAULT_MIN_INTERVAL_NANOS));
    budget.rejectUnknown();
    rate.rejectUnknown();
    fields.rejectUnknown();
    return constraint;
  }

  private static long interval(Fields fields, long min, String minText, long otherwise) {
    Long nanos = fields.durationNanos("interval");
    if (nanos == null) {
      return otherwise;
    }
    if (nanos < min || nanos > MAX_INTERVAL_NANOS) {
      throw fields.invalid(
          "interval", fields.optionalString("interval") + " (expected: " + minText + " to 1h)");
    }
    return nanos;
  }
}
