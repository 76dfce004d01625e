package io.endomesh.dataplane.trail;

import io.endomesh.dataplane.Attempt;
import io.endomesh.dataplane.Call;
import io.endomesh.dataplane.Headers;
import io.endomesh.dataplane.InboundCall;
import io.endomesh.dataplane.OutboundRequest;
import io.endomesh.dataplane.Outcome;
import io.endomesh.dataplane.Protocol;
import io.endomesh.dataplane.Reply;
import io.endomesh.dataplane.Workload;
import io.endomesh.dataplane.cluster.Endpoint;
import io.endomesh.dataplane.route.Route;

/**
 * What the mesh did with one served call and with those made on its behalf, as they ended. It is
 * there only where somebody who may asks for it, and is sent back in the response: a list of
 * structured fields (RFC 9651) as docs/explain.md has it. Workloads that are called get the
 * question passed on, and what they answer is put behind the attempt that asked them. Thread-safe:
 * calls on behalf of one served call run on any thread.
 */
public final class Trail {

  /** Asks in a request, {@code TOKEN} or {@code TOKEN;depth=2}; answers in a response. */
  public static final String HEADER = "x-endomesh-trail";

  /**
   * Characters of the answer: half of what Tomcat sends of headers in all ({@code
   * maxHttpHeaderSize}, 8 KB) and of what gRPC's clients take ({@code
   * GrpcUtil.DEFAULT_MAX_HEADER_LIST_SIZE}, 8,192). The other half is the application's.
   */
  static final int MAX_CHARACTERS = 4096;

  /** Stands for what there was no room for. */
  private static final String MORE = "more";

  private static final String SEPARATOR = ", ";

  /** Kept for {@link #MORE} and the served call itself, which are told last: of five strings. */
  private static final int RESERVED = 6 * Member.MAX_TEXT;

  private final String token;
  private final int depth;
  private final Workload workload;

  /** Guarded by this. */
  private final StringBuilder told = new StringBuilder();

  private boolean cut;

  /**
   * @param token by which it was asked for
   * @param depth of the served call below the one that began, 0 for that itself
   */
  Trail(String token, int depth, Workload workload) {
    this.token = token;
    this.depth = depth;
    this.workload = workload;
  }

  /**
   * Asks the callee too, if it proves who it is. A token never leaves in plaintext, also where the
   * application hands on all the headers it got.
   */
  public void passOn(OutboundRequest request, Endpoint endpoint) {
    if (isAsked(endpoint) && request.protocol() != Protocol.TCP) {
      request.setHeader(HEADER, TrailTokens.asking(token, depth + 1));
    } else {
      request.removeHeader(HEADER);
    }
  }

  /** True if a callee at this endpoint is asked, and its answer is believed. */
  public boolean isAsked(Endpoint endpoint) {
    return endpoint.asksForIdentity() && depth < TrailTokens.MAX_DEPTH;
  }

  /** An attempt ended, in whatever way. */
  public void attempted(Attempt attempt, Outcome outcome) {
    Route route = attempt.call().route();
    Throwable error = outcome.error();
    Member member =
        member("attempt")
            .with("to", attempt.call().service())
            .with("number", attempt.number())
            .with("route", route == null ? null : route.name())
            .with("cluster", attempt.cluster().name())
            .with("endpoint", attempt.endpoint().hostAndPort());
    status(member, outcome.status(), outcome.grpcStatus());
    // Its class only: a message may hold what is the application's.
    member.with("error", error == null ? null : error.getClass().getSimpleName());
    member.with("micros", outcome.durationNanos() / NANOS_IN_MICRO);
    add((attempt.retried() ? member.with("retried") : member).toString());
  }

  private static final long NANOS_IN_MICRO = 1_000;

  /** What the callee of an attempt tells is taken out of its answer. */
  public void answered(Attempt attempt, Headers response) {
    String below = response.header(HEADER);
    if (below != null && isAsked(attempt.endpoint())) {
      response.removeHeader(HEADER);
      add(below);
    }
  }

  /** A call was answered by the mesh itself. */
  public void replied(Call call, Reply reply) {
    Route route = call.route();
    Member member =
        member("reply")
            .with("to", call.service())
            .with("route", route == null ? null : route.name());
    add(decided(member, reply).toString());
  }

  /** Of a served call that the mesh answers before the application. */
  public String refused(InboundCall call, Reply reply) {
    return all(decided(member("refused").with("from", call.caller()), reply));
  }

  /**
   * Of a served call that the application answers.
   *
   * @param grpcStatus {@link Outcome#NOT_GRPC} if this is not gRPC
   */
  public String served(InboundCall call, int status, int grpcStatus) {
    Member member = member("served").with("from", call.caller());
    status(member, status, grpcStatus);
    return all(member);
  }

  private Member member(String token) {
    return new Member(token)
        .with("depth", depth)
        .with("by", workload.namespace() + "/" + workload.instance());
  }

  private static Member decided(Member member, Reply reply) {
    status(member, reply.status(), reply.grpcStatus());
    return member.with("decided-by", reply.decidedBy()).with("why", reply.message());
  }

  private static void status(Member member, int status, int grpcStatus) {
    if (status != 0) {
      member.with("status", status);
    }
    if (grpcStatus != Outcome.NOT_GRPC) {
      member.with("grpc-status", grpcStatus);
    }
  }

  private synchronized void add(String members) {
    int longer = told.length() + SEPARATOR.length() + members.length();
    if (longer > MAX_CHARACTERS - RESERVED) {
      cut = true;
    } else {
      told.append(SEPARATOR).append(members);
    }
  }

  /** The served call first, then what was done on its behalf. */
  private synchronized String all(Member served) {
    return served.toString() + told + (cut ? SEPARATOR + MORE : "");
  }
}
