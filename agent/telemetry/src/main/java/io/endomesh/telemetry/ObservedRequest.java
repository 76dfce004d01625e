package io.endomesh.telemetry;

import io.endomesh.dataplane.InboundCall;
import io.endomesh.dataplane.InboundRequest;
import io.endomesh.dataplane.Protocol;
import io.endomesh.dataplane.Reply;
import io.opentelemetry.api.trace.SpanContext;
import org.jspecify.annotations.Nullable;

/** One request that arrived. Holds strings only, nothing of the server's request. */
final class ObservedRequest extends Observed {

  final Protocol protocol;
  final String authority;
  final String method;
  final String path;
  final @Nullable String remoteAddress;
  final int localPort;

  /** SPIFFE id the caller proved, null on plaintext. */
  final @Nullable String caller;

  /** Policy that refused it, null if the application answered. */
  final @Nullable String policy;

  ObservedRequest(InboundCall call, SpanContext span, SpanContext parent, long startEpochNanos) {
    super(span, parent, startEpochNanos);
    InboundRequest request = call.request();
    Reply refusal = call.refusal();
    this.protocol = request.protocol();
    this.authority = request.authority();
    this.method = request.method();
    this.path = request.path();
    this.remoteAddress = request.remoteAddress();
    this.localPort = request.localPort();
    this.caller = call.caller();
    this.policy = refusal == null || !refusal.refuses() ? null : refusal.decidedBy();
  }

  @Override
  Instrument instrument() {
    return Instrument.server(protocol);
  }
}
