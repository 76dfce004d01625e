package io.endomesh.telemetry;

import io.endomesh.dataplane.Outcome;
import io.endomesh.dataplane.Protocol;
import io.opentelemetry.api.trace.SpanContext;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One thing that happened: what its span and its measurement are made of, later and on another
 * thread. Filled in by the thread that made the call; read by others only after it went through a
 * queue, which publishes it.
 */
abstract sealed class Observed permits ObservedAttempt, ObservedRequest, ObservedStatement {

  /** What {@code error.type} says of a call that the application gave up without an exception. */
  static final String ABANDONED = "abandoned";

  final SpanContext span;

  /** Invalid for the first span of a trace. */
  final SpanContext parent;

  final long startEpochNanos;

  long durationNanos;

  /** HTTP status, 0 if none arrived. */
  int status;

  int grpcStatus = Outcome.NOT_GRPC;

  /** Value of {@code error.type}, null if it went well. */
  @Nullable String errorType;

  Observed(SpanContext span, SpanContext parent, long startEpochNanos) {
    this.span = span;
    this.parent = parent;
    this.startEpochNanos = startEpochNanos;
  }

  /** The histogram its duration goes to. */
  abstract Instrument instrument();

  final double durationSeconds() {
    return (double) durationNanos / TimeUnit.SECONDS.toNanos(1);
  }

  final long endEpochNanos() {
    return startEpochNanos + durationNanos;
  }

  /** For calls with an HTTP or gRPC outcome. */
  final void end(Outcome outcome, Protocol protocol, boolean server) {
    durationNanos = outcome.durationNanos();
    status = outcome.status();
    grpcStatus = outcome.grpcStatus();
    Throwable error = outcome.error();
    if (error != null) {
      errorType = error.getClass().getName();
    } else if (protocol == Protocol.GRPC) {
      errorType = GrpcStatus.errorType(grpcStatus, server);
    } else {
      errorType = HttpStatus.errorType(status, server);
    }
  }
}
