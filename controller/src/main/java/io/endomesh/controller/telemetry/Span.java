package io.endomesh.controller.telemetry;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One span of a trace, as an agent sent it. Immutable.
 *
 * @param parentSpanId null for the first span of a trace
 * @param service graph node
 * @param kind {@code SERVER}, {@code CLIENT}, {@code INTERNAL}, {@code PRODUCER}, {@code CONSUMER}
 * @param refusal set if a policy refused the call
 * @param observed set if a policy that only looks on has something to say of it
 */
public record Span(
    String traceId,
    String spanId,
    @Nullable String parentSpanId,
    String service,
    String instance,
    String name,
    String kind,
    long startNanos,
    long endNanos,
    boolean error,
    String statusMessage,
    @Nullable Refusal refusal,
    @Nullable Refusal observed,
    Map<String, String> attributes) {

  /** An object, its strings' headers, the entry of a map: what a JVM adds to characters. */
  private static final int OVERHEAD_BYTES = 300;

  private static final int ATTRIBUTE_OVERHEAD_BYTES = 100;

  public Span {
    attributes = Map.copyOf(attributes);
  }

  /** What it did, for people: {@code GET /stock/tea}, {@code shop.Inventory/Stock}. */
  public String operation() {
    return CallAttributes.operation(name, attributes);
  }

  /** The policy that refused the call, null if none did. */
  public @Nullable String refusedBy() {
    return refusal == null ? null : refusal.policy();
  }

  /** About what it holds of memory. */
  int sizeBytes() {
    int size = OVERHEAD_BYTES + name.length() + statusMessage.length();
    for (Map.Entry<String, String> attribute : attributes.entrySet()) {
      size +=
          ATTRIBUTE_OVERHEAD_BYTES + attribute.getKey().length() + attribute.getValue().length();
    }
    return size;
  }
}
