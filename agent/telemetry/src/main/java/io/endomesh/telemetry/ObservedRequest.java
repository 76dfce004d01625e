package io.endomesh.telemetry;

import io.endomesh.dataplane.InboundCall;
import io.endomesh.dataplane.InboundRequest;
import io.endomesh.dataplane.Protocol;
import io.endomesh.dataplane.Reply;
import io.endomesh.dataplane.authorize.Observation;
import io.opentelemetry.api.trace.SpanContext;
import org.jspecify.annotations.Nullable;

/**
 * One request that arrived. Holds strings only, nothing of the server's request. Written by the
 * threads that serve it, and handed over when it ends.
 */
final class ObservedRequest extends Observed {

  final Protocol protocol;
  final String authority;
  final String method;
  final String path;
  final @Nullable String remoteAddress;
  final int localPort;

  /** SPIFFE id the caller proved, null on plaintext. */
  final @Nullable String caller;

  /** Policy or stage that refused it, null if the application answered. */
  @Nullable String policy;

  /** What policies say that only look on, null if they say nothing. */
  @Nullable Observation observation;

  /** Why a stage refused it; a policy can be read. */
  @Nullable String why;

  ObservedRequest(InboundCall call, SpanContext span, SpanContext parent, long startEpochNanos) {
    super(span, parent, startEpochNanos);
    InboundRequest request = call.request();
    this.protocol = request.protocol();
    this.authority = request.authority();
    this.method = request.method();
    this.path = request.path();
    this.remoteAddress = request.remoteAddress();
    this.localPort = request.localPort();
    this.caller = call.caller();
    decided(call);
  }

  /** Again when it ends: a server may have found another path for it, which is refused. */
  void decided(InboundCall call) {
    observation = call.observation();
    Reply refusal = call.decided();
    if (refusal != null && refusal.refuses()) {
      policy = refusal.decidedBy();
      why = policy.indexOf('/') < 0 ? refusal.message() : null;
    }
  }

  /** What of all that tells one series from another. */
  @Nullable Object decision() {
    return observation == null ? policy : new Decision(policy, observation);
  }

  private record Decision(@Nullable String policy, Observation observation) {}

  @Override
  Instrument instrument() {
    return Instrument.server(protocol);
  }
}
