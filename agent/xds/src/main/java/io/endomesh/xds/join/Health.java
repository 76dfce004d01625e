package io.endomesh.xds.join;

import java.util.List;

/**
 * How the agent is, as the console shows it. Immutable.
 *
 * @param suppressedExceptions of our own, kept from the application since start
 * @param failedTransformations classes that were left as they are
 * @param droppedTelemetry spans that were not sent
 */
public record Health(
    long suppressedExceptions,
    long failedTransformations,
    long droppedTelemetry,
    List<Instrumentation> instrumentations) {

  public static final Health UNKNOWN = new Health(0, 0, 0, List.of());

  public Health {
    instrumentations = List.copyOf(instrumentations);
  }

  /**
   * @param reason why it is off, in a sentence; empty if it is on
   */
  public record Instrumentation(String name, boolean enabled, String reason) {}
}
