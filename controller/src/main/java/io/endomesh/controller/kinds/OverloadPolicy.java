package io.endomesh.controller.kinds;

import io.endomesh.dataplane.limit.Concurrency;
import io.endomesh.dataplane.limit.Urgency;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How each workload of a service keeps itself from taking more calls at a time than it can answer.
 * A kind of our own: Gateway API, Istio and SMI have none for it. Immutable.
 *
 * @param services of its own namespace
 * @param min calls that always may run at a time
 * @param max calls that never run at a time
 * @param urgencyHeader in lower case; null if no header says how urgent a call is
 * @param callers in order; the first that matches decides
 */
public record OverloadPolicy(
    Metadata metadata,
    List<String> services,
    int min,
    int max,
    @Nullable String urgencyHeader,
    List<Caller> callers)
    implements MeshResource {

  /** More threads or streams than one JVM has. */
  private static final int MAX_CONCURRENCY = 100_000;

  /**
   * Callers of one urgency.
   *
   * @param service null for all of the namespace
   */
  public record Caller(String namespace, @Nullable String service, int urgency) {}

  public OverloadPolicy {
    services = List.copyOf(services);
    callers = List.copyOf(callers);
  }

  static OverloadPolicy read(Metadata metadata, Fields spec) {
    List<String> services = TargetRefs.services(spec);
    Fields concurrency = spec.objectOrEmpty("concurrency");
    int min = concurrency.integer("min", 1, MAX_CONCURRENCY, Concurrency.DEFAULT_MIN);
    int max =
        concurrency.integer("max", 1, MAX_CONCURRENCY, Math.max(min, Concurrency.DEFAULT_MAX));
    if (max < min) {
      throw concurrency.invalid("max", max + " (expected: at least min, " + min + ")");
    }
    concurrency.rejectUnknown();
    Fields urgency = spec.objectOrEmpty("urgency");
    String header = urgency.optionalString("header");
    header = header == null ? null : HeaderNames.read(urgency, "header", header);
    List<Caller> callers = urgency.objects("callers", OverloadPolicy::caller);
    urgency.rejectUnknown();
    return new OverloadPolicy(metadata, services, min, max, header, callers);
  }

  private static Caller caller(Fields fields) {
    return new Caller(
        fields.string("namespace"),
        fields.optionalString("service"),
        fields.integer("urgency", 0, Urgency.LEAST));
  }
}
