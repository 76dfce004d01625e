package io.endomesh.controller.telemetry;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Gets what was accepted of agents' reports, too. Thread-safe; must not block. */
public interface TelemetrySink extends AutoCloseable {

  TelemetrySink NONE =
      new TelemetrySink() {
        @Override
        public void spans(byte[] request, List<Span> spans) {}

        @Override
        public void metrics(String instance, byte[] request, int points) {}

        @Override
        public Map<String, Signal> signals() {
          return Map.of();
        }
      };

  /**
   * What became of it. Immutable.
   *
   * @param sent spans or measurements that were taken
   * @param dropped those that did not fit, or were not taken
   * @param failedRequests that were not answered well
   * @param problem why nothing is sent now; null if it is
   */
  record Signal(long sent, long dropped, long failedRequests, @Nullable String problem) {}

  /**
   * @param request as OTLP has it, in protobuf
   * @param spans what can be used of it
   */
  void spans(byte[] request, List<Span> spans);

  /**
   * @param instance that tells it from every other workload
   * @param request as OTLP has it, in protobuf
   * @param points measurements that can be used of it
   */
  void metrics(String instance, byte[] request, int points);

  /** By name. */
  Map<String, Signal> signals();

  @Override
  default void close() {}
}
