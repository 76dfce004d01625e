package io.endomesh.dataplane;

import io.endomesh.dataplane.identity.SpiffeId;
import io.endomesh.dataplane.route.HeaderChanges;
import org.jspecify.annotations.Nullable;

/**
 * An answer in place of the application's: all of it for the operator, and as much of it as its
 * caller may know. Immutable.
 *
 * @param reply for log, trace, console and trail
 * @param body that whoever decided has for the caller, whoever that is; null if there is none
 */
record Refusal(Stage stage, Reply reply, @Nullable String body) {

  Refusal(Stage stage, Reply reply) {
    this(stage, reply, null);
  }

  /** Where a call ends, and what a caller is told who may not know more. */
  enum Stage {
    /** Another one might be answered; this one is to be closed. */
    CONNECTION("connection", false, "this connection may not be used any longer"),
    /** Why a token is not good is of use to whoever makes one up. */
    AUTHENTICATION("request-authentication", false, "the token of this request is not accepted"),
    /** Nobody is told what a policy that keeps callers out is called, or reads. */
    AUTHORIZATION("authorization", false, "this caller may not make this request"),
    /** Whom a limit keeps waiting may ask its owner for more, and has to find them. */
    RATE_LIMIT("rate-limit", true, "too many requests"),
    OVERLOAD("overload", true, "the service has too much to do at the moment"),
    PREFLIGHT("cors", true, "");

    private final String word;
    private final boolean isNamed;
    private final String sentence;

    /**
     * @param isNamed that callers of this trust domain are told all
     */
    Stage(String word, boolean isNamed, String sentence) {
      this.word = word;
      this.isNamed = isNamed;
      this.sentence = sentence;
    }
  }

  Refusal with(HeaderChanges changes) {
    return new Refusal(stage, reply.with(changes), body);
  }

  /**
   * What the caller is told.
   *
   * @param caller SPIFFE id, null if none was proved
   * @param own SPIFFE id of this workload, null if it has none
   * @param trace by which an operator finds the rest, null if there is none
   */
  Reply told(@Nullable String caller, @Nullable String own, @Nullable String trace) {
    if (stage.isNamed && caller != null && own != null && SpiffeId.sameDomain(caller, own)) {
      return reply;
    }
    String sentence = stage == Stage.AUTHORIZATION ? "" : reply.message();
    if (body != null) {
      sentence = body;
    } else if (reply.refuses()) {
      sentence = trace == null ? stage.sentence : stage.sentence + " (trace " + trace + ")";
    }
    return new Reply(reply.status(), reply.grpcStatus(), sentence, stage.word, reply.headers());
  }
}
