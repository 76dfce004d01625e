package io.endomesh.dataplane.explain;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What one stage did with the call. Immutable.
 *
 * @param stage one word, as in {@code OutboundPipeline}
 * @param message one sentence
 * @param decidedBy resource that decided, {@code Kind/namespace/name}; null if none did
 * @param candidates in the order in which they were looked at; empty if there was no choice
 */
public record Step(
    String stage, String message, @Nullable String decidedBy, List<Candidate> candidates) {

  public Step {
    candidates = List.copyOf(candidates);
  }

  static Step of(String stage, String message) {
    return new Step(stage, message, null, List.of());
  }
}
