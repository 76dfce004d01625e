package io.endomesh.telemetry;

import io.endomesh.dataplane.Attempt;
import io.endomesh.dataplane.Call;
import io.endomesh.dataplane.Protocol;
import io.endomesh.dataplane.Reply;
import io.endomesh.dataplane.Request;
import io.endomesh.dataplane.route.Route;
import io.opentelemetry.api.trace.SpanContext;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * One attempt of an outgoing call, or the mesh's own answer to it. Holds strings only, nothing of
 * the library's request, which may be reused or large.
 */
final class ObservedAttempt extends Observed {

  final Protocol protocol;
  final String destination;
  final @Nullable String cluster;
  final @Nullable String route;
  final String authority;
  final String method;
  final String path;
  final boolean tls;
  final @Nullable InetSocketAddress peer;

  /** 1 for the first. */
  final int number;

  /** True if the call went on after it. */
  boolean retried;

  /** True if it was broken off because another attempt had answered. */
  boolean superseded;

  /** What decided on the mesh's own answer, null if the request was sent. */
  final @Nullable String policy;

  ObservedAttempt(Attempt attempt, SpanContext span, SpanContext parent, long startEpochNanos) {
    this(
        attempt.call(),
        attempt.cluster().name(),
        attempt.tls() != null,
        attempt.endpoint().address(),
        attempt.number(),
        null,
        span,
        parent,
        startEpochNanos);
  }

  ObservedAttempt(
      Call call, Reply reply, SpanContext span, SpanContext parent, long startEpochNanos) {
    this(
        call,
        null,
        false,
        null,
        call.attempts() + 1,
        reply.decidedBy(),
        span,
        parent,
        startEpochNanos);
  }

  private ObservedAttempt(
      Call call,
      @Nullable String cluster,
      boolean tls,
      @Nullable InetSocketAddress peer,
      int number,
      @Nullable String policy,
      SpanContext span,
      SpanContext parent,
      long startEpochNanos) {
    super(span, parent, startEpochNanos);
    Request request = call.request();
    Route route = call.route();
    this.protocol = request.protocol();
    this.destination = call.service();
    this.cluster = cluster;
    this.route = route == null ? null : route.name();
    this.authority = request.authority();
    this.method = request.method();
    this.path = request.path();
    this.tls = tls;
    this.peer = peer;
    this.number = number;
    this.policy = policy;
  }

  /** After its {@link #end}. An attempt that nobody needed any more has not failed. */
  void judge(Attempt attempt) {
    retried = attempt.retried();
    superseded = attempt.superseded();
    if (superseded) {
      errorType = null;
    }
  }

  @Override
  Instrument instrument() {
    return Instrument.client(protocol);
  }
}
