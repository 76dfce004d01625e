package io.endomesh.dataplane.explain;

import io.endomesh.dataplane.Reply;
import org.jspecify.annotations.Nullable;

/**
 * How a call ends, as far as the mesh decides it. Immutable.
 *
 * @param status HTTP status of the mesh's own answer; 0 if the application answers
 * @param grpcStatus gRPC status code number of it; -1 if the application answers
 * @param decidedBy resource or stage that decided; null if nothing stood in the way
 */
public record Verdict(
    Kind kind, int status, int grpcStatus, @Nullable String decidedBy, String message) {

  public enum Kind {
    /** The mesh does not know the host: the call goes on as if there were no mesh. */
    PASSES_THROUGH,
    /** It reaches the application of an endpoint. */
    SENT,
    /** The caller's side answers: a redirect, a fault, a limit, nobody to send to. */
    ANSWERED,
    /** The callee's side refuses. */
    REFUSED,
    /** Calls like this one end in different ways; the branches tell. */
    DEPENDS
  }

  static Verdict of(Kind kind, String message) {
    return new Verdict(kind, 0, -1, null, message);
  }

  static Verdict of(Kind kind, Reply reply) {
    return new Verdict(
        kind, reply.status(), reply.grpcStatus(), reply.decidedBy(), reply.message());
  }
}
