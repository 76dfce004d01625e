package io.endomesh.dataplane.access;

import io.endomesh.dataplane.Attempt;
import io.endomesh.dataplane.Call;
import io.endomesh.dataplane.InboundCall;
import io.endomesh.dataplane.Outcome;
import io.endomesh.dataplane.Reply;
import io.endomesh.dataplane.Request;
import java.net.InetSocketAddress;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A call that has just ended, on the side of who made it or who served it. Made only while somebody
 * looks.
 *
 * @param began the same for all who look, so that they can tell that it is one call
 * @param outcome of the whole call, with its duration
 * @param policy that refused it; empty if none did
 * @param peer identity of the other side; empty if it proved none
 */
record Ended(
    Instant began,
    String side,
    Request request,
    Outcome outcome,
    String caller,
    String destination,
    String route,
    String cluster,
    @Nullable String address,
    int port,
    int attempts,
    String policy,
    boolean tls,
    String peer) {

  static Ended of(Attempt attempt, Outcome last, String self) {
    Call call = attempt.call();
    InetSocketAddress address = attempt.endpoint().address();
    String identity = attempt.endpoint().identity();
    Outcome outcome = whole(last, call);
    return new Ended(
        began(outcome),
        "client",
        call.request(),
        outcome,
        self,
        call.service(),
        route(call),
        attempt.cluster().name(),
        address.getHostString(),
        address.getPort(),
        call.attempts(),
        "",
        attempt.tls() != null,
        attempt.tls() == null || identity == null ? "" : identity);
  }

  static Ended of(Call call, Reply reply, String self) {
    Outcome outcome = whole(new Outcome(reply.status(), reply.grpcStatus(), null, 0), call);
    return new Ended(
        began(outcome),
        "client",
        call.request(),
        outcome,
        self,
        call.service(),
        route(call),
        "",
        null,
        0,
        call.attempts(),
        reply.decidedBy(),
        false,
        "");
  }

  static Ended of(InboundCall call, Outcome outcome, String self) {
    Reply decided = call.decided();
    String caller = call.caller();
    return new Ended(
        began(outcome),
        "server",
        call.request(),
        outcome,
        caller == null ? "" : caller,
        self,
        "",
        "",
        call.request().remoteAddress(),
        call.request().localPort(),
        0,
        decided == null || !decided.refuses() ? "" : decided.decidedBy(),
        !call.request().peerIdentities().isEmpty(),
        caller == null ? "" : caller);
  }

  private static Outcome whole(Outcome last, Call call) {
    return new Outcome(last.status(), last.grpcStatus(), last.error(), call.elapsedNanos());
  }

  private static Instant began(Outcome outcome) {
    return Instant.now().minusNanos(outcome.durationNanos());
  }

  private static String route(Call call) {
    return call.route() == null ? "" : call.route().name();
  }

  String method() {
    return request.method();
  }

  String path() {
    return request.path();
  }

  boolean failed() {
    return outcome.error() != null || outcome.status() >= 400 || outcome.grpcStatus() > 0;
  }
}
