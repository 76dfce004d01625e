package io.endomesh.dataplane.external;

import io.endomesh.dataplane.HeaderValues;
import io.endomesh.dataplane.InboundRequest;
import io.endomesh.dataplane.Protocol;
import io.endomesh.dataplane.Reply;
import io.endomesh.dataplane.external.CheckServer.Change;
import io.endomesh.dataplane.external.CheckServer.Verdict;
import io.endomesh.dataplane.external.CheckServer.Verdict.Allowed;
import io.endomesh.dataplane.external.CheckServer.Verdict.Denied;
import io.endomesh.dataplane.external.CheckServer.Verdict.Unusable;
import io.endomesh.dataplane.route.HeaderChanges;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The providers of one port, with whom to ask. A request goes on only if each that is asked of it
 * lets it. Immutable; a request that no policy matches costs nothing but the comparison.
 */
public record ExternalAuthorization(List<Asked> providers) {

  public static final ExternalAuthorization NONE = new ExternalAuthorization(List.of());

  /** Policies with the server that decides about what they match. */
  public record Asked(CustomPolicies policies, CheckServer server) {}

  /**
   * What came of asking.
   *
   * @param refusal null if the request goes on
   * @param body of the refusal as the provider has it for the caller; null if it has none
   * @param response changes to what the application answers
   * @param unansweredBy policy whose provider did not answer, and that lets such requests through;
   *     null if there is none
   */
  public record Result(
      @Nullable Reply refusal,
      @Nullable String body,
      HeaderChanges response,
      @Nullable String unansweredBy) {

    static Result refused(Reply refusal, @Nullable String body) {
      return new Result(refusal, body, HeaderChanges.NONE, null);
    }

    private Result then(Result next) {
      return new Result(
          next.refusal,
          next.body,
          response.then(next.response),
          unansweredBy == null ? next.unansweredBy : unansweredBy);
    }
  }

  public ExternalAuthorization {
    providers = List.copyOf(providers);
  }

  public boolean isEmpty() {
    return providers.isEmpty();
  }

  /**
   * Asks, and changes the request as it is answered.
   *
   * @param caller SPIFFE id, null if none was proved
   * @param own SPIFFE id of this workload, null if it has none
   * @return null if nobody was asked
   */
  public @Nullable Result ask(
      InboundRequest request, @Nullable String caller, @Nullable String own, long epochMillis) {
    Result result = null;
    for (int i = 0; i < providers.size(); i++) {
      Asked asked = providers.get(i);
      String policy = asked.policies().first(request, caller, request.remoteAddress());
      if (policy == null) {
        continue;
      }
      Result next = ask(asked, policy, request, caller, own, epochMillis);
      result = result == null ? next : result.then(next);
      if (result.refusal() != null) {
        return result;
      }
    }
    return result;
  }

  private static Result ask(
      Asked asked,
      String policy,
      InboundRequest request,
      @Nullable String caller,
      @Nullable String own,
      long epochMillis) {
    Provider provider = asked.policies().provider();
    Verdict verdict =
        answer(asked, Questions.of(provider, request, caller, own, epochMillis), provider);
    if (verdict == null) {
      return provider.failOpen()
          ? new Result(null, null, HeaderChanges.NONE, policy)
          : failed(
              provider,
              policy,
              request,
              "gave no answer in "
                  + TimeUnit.NANOSECONDS.toMillis(provider.timeoutNanos())
                  + " ms");
    }
    if (verdict instanceof Denied denied) {
      return denied(denied, provider, policy, request, caller);
    }
    if (verdict instanceof Unusable unusable) {
      return failed(provider, policy, request, "gave an answer of no use: " + unusable.why());
    }
    Allowed allowed = (Allowed) Objects.requireNonNull(verdict);
    try {
      change(request, allowed);
    } catch (RuntimeException unchanged) {
      // Else the application would believe what the caller wrote.
      return failed(
          provider, policy, request, "wants headers that cannot be changed: " + unchanged);
    }
    return new Result(null, null, added(allowed.response()), null);
  }

  /** A fault of ours is no answer: what then happens is the provider's choice. */
  private static @Nullable Verdict answer(
      Asked asked, CheckServer.Question question, Provider provider) {
    try {
      return asked.server().check(question, provider.timeoutNanos());
    } catch (RuntimeException fault) {
      return null;
    }
  }

  private static Result denied(
      Denied denied,
      Provider provider,
      String policy,
      InboundRequest request,
      @Nullable String caller) {
    String message =
        (caller == null ? "a caller without identity" : caller)
            + " is denied by "
            + policy
            + ", as "
            + provider.server().authority()
            + " says: "
            + request.method()
            + " "
            + request.path();
    boolean grpc = request.protocol() == Protocol.GRPC;
    Reply reply = Reply.ofStatus(denied.status(), message, policy, headers(denied, grpc));
    return Result.refused(
        // A gRPC call knows no redirect; whoever denies does not mean UNKNOWN.
        grpc && !reply.refuses() || denied.status() == FORBIDDEN
            ? new Reply(
                denied.status(),
                Reply.GRPC_PERMISSION_DENIED,
                message,
                policy,
                headers(denied, grpc))
            : reply,
        denied.body().isEmpty() ? null : denied.body());
  }

  private static final int FORBIDDEN = 403;

  /** A gRPC answer has a content type of its own. */
  private static List<Reply.Header> headers(Denied denied, boolean grpc) {
    return grpc
        ? denied.headers().stream().filter(h -> !h.name().equals(Reply.CONTENT_TYPE)).toList()
        : denied.headers();
  }

  private static Result failed(
      Provider provider, String policy, InboundRequest request, String what) {
    return Result.refused(
        Reply.ofStatus(
            provider.statusOnError(),
            "refused by "
                + policy
                + ", because "
                + provider.server().authority()
                + " of "
                + provider.name()
                + " "
                + what
                + ": "
                + request.method()
                + " "
                + request.path(),
            policy,
            List.of()),
        null);
  }

  /** Removed first, so that what is set stays. */
  private static void change(InboundRequest request, Allowed allowed) {
    for (String name : allowed.remove()) {
      if (request.header(name) != null) {
        request.removeHeader(name);
      }
    }
    for (Change change : allowed.set()) {
      String before = request.header(change.name());
      switch (change.how()) {
        case SET -> request.setHeader(change.name(), change.value());
        case APPEND ->
            request.setHeader(
                change.name(),
                before == null
                    ? change.value()
                    : Objects.requireNonNull(
                        HeaderValues.joined(change.name(), List.of(before, change.value()))));
        case ADD_IF_ABSENT -> {
          if (before == null) {
            request.setHeader(change.name(), change.value());
          }
        }
        case SET_IF_THERE -> {
          if (before != null) {
            request.setHeader(change.name(), change.value());
          }
        }
      }
    }
  }

  private static HeaderChanges added(List<Reply.Header> headers) {
    if (headers.isEmpty()) {
      return HeaderChanges.NONE;
    }
    List<HeaderChanges.Header> all = new ArrayList<>(headers.size());
    headers.forEach(header -> all.add(new HeaderChanges.Header(header.name(), header.value())));
    return new HeaderChanges(List.of(), all, List.of());
  }
}
