package io.endomesh.controller.ramp;

import io.endomesh.controller.store.ResourceKey;
import io.endomesh.controller.translate.ServiceKey;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What was asked for when a ramp was started. Immutable.
 *
 * @param to place of the side that gets more, among {@code names}
 * @param steps percents, growing
 * @param before weights as they were written, null where none was
 * @param by who started it
 */
record RampPlan(
    String id,
    ServiceKey service,
    ResourceKey resource,
    int rule,
    int to,
    List<String> names,
    List<Integer> steps,
    Duration every,
    Guard guard,
    List<@Nullable Integer> before,
    String by,
    Instant startedAt) {

  RampPlan {
    names = List.copyOf(names);
    steps = List.copyOf(steps);
    before = Collections.unmodifiableList(new ArrayList<>(before));
  }

  String target() {
    return names.get(to);
  }

  /** In the history and the audit log. */
  String author() {
    return "ramp of " + by;
  }
}
