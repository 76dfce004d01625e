package io.endomesh.dataplane;

import io.endomesh.dataplane.authorize.Observation;
import io.endomesh.dataplane.external.ExternalAuthorization;
import io.endomesh.dataplane.identity.Identity;
import io.endomesh.dataplane.identity.Peer;
import io.endomesh.dataplane.identity.SpiffeId;
import io.endomesh.dataplane.limit.Overload;
import io.endomesh.dataplane.limit.RateLimits;
import io.endomesh.dataplane.route.CorsRules;
import io.endomesh.dataplane.route.HeaderChanges;
import io.endomesh.dataplane.token.AuthenticatedRequest;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The path of a call that arrives, the outbound picture mirrored. In order:
 *
 * <ol>
 *   <li>connection: who called is read from the certificate of this request's session, not from a
 *       header, and first, because every later stage asks it. A connection outlives policies and
 *       certificates: plaintext is refused where mutual TLS is demanded now, and so is a peer whose
 *       certificate has ended, is revoked, or whose root is trusted no longer; whoever refuses
 *       closes it, too. What only proxies may say is taken out of requests of others, see {@link
 *       ForeignHeaders}
 *   <li>preflight: a browser's question whether a script may call is answered; before
 *       authorization, because browsers send no credentials with it, and the application is not
 *       asked
 *   <li>request authentication: a token that is not good is refused; one that is says more of who
 *       called, and is taken out of what the application sees
 *   <li>external authorization: who is asked about some requests refuses them, or changes what the
 *       application sees of them. It holds a request by a bounded time, and nothing but the
 *       caller's token was looked at before
 *   <li>authorization: refuses before the application has seen anything, by the path that the
 *       server routes; once more if the server rewrites that ({@link InboundCall#rerouted}). A
 *       caller of a federated trust domain needs a policy that lets it in
 *   <li>rate limit: refuses what comes too fast; after authorization, so that callers who may not
 *       call use up nobody's share. A limit that counts over all instances holds the request until
 *       its server has answered, by a bounded time
 *   <li>overload: turns away what the application could not answer in time, the least urgent first;
 *       last, so that only calls that would have run count
 *   <li>the application runs, under the call's context, which knows how long the caller waits, and
 *       holds the trail if somebody who may asks for it
 *   <li>outcome: telemetry
 * </ol>
 *
 * Stateless.
 */
final class InboundPipeline {

  /** What stands for the policy where none could be decided. */
  private static final String UNDECIDED = "authorization";

  InboundCall serve(Mesh mesh, Snapshot snapshot, InboundRequest arrived) {
    Peer peer = arrived.peer();
    String caller = peer == Peer.UNKNOWN ? SpiffeId.of(arrived.peerIdentities()) : peer.spiffeId();
    Inbound.Port port = snapshot.inbound().port(arrived.localPort());
    Reply noLonger = connection(mesh, port, peer);
    if (noLonger != null) {
      return new InboundCall(
          mesh,
          arrived,
          caller,
          new Refusal(Refusal.Stage.CONNECTION, noLonger),
          null,
          HeaderChanges.NONE,
          null,
          Call.NO_TIMEOUT);
    }
    Reply believed = takeOutForeign(mesh, arrived, caller);
    if (believed != null) {
      return new InboundCall(
          mesh,
          arrived,
          caller,
          new Refusal(Refusal.Stage.AUTHORIZATION, believed),
          null,
          HeaderChanges.NONE,
          null,
          Call.NO_TIMEOUT);
    }
    InboundRequest request = port.authentication().isEmpty() ? arrived : withToken(mesh, arrived);
    CorsRules.Rule rule = cors(port, request);
    if (rule == null || rule.cors() == null) {
      return decide(mesh, port, request, caller, HeaderChanges.NONE);
    }
    HeaderChanges changes = rule.cors().changes(request);
    Reply answer = rule.cors().preflight(request, rule.name());
    return answer == null
        ? decide(mesh, port, request, caller, changes)
        : new InboundCall(
            mesh,
            request,
            caller,
            new Refusal(Refusal.Stage.PREFLIGHT, answer).with(changes),
            null,
            changes,
            null,
            waitsNanos(request));
  }

  /**
   * When we failed: who may not call is refused all the same, also where that cannot be found out.
   * Nothing is limited, changed or observed. What is to be asked of somebody else is not asked
   * again, and not permitted.
   */
  InboundCall bare(Mesh mesh, Snapshot snapshot, InboundRequest arrived) {
    Peer peer = arrived.peer();
    try {
      String caller =
          peer == Peer.UNKNOWN ? SpiffeId.of(arrived.peerIdentities()) : peer.spiffeId();
      Inbound.Port port = snapshot.inbound().port(arrived.localPort());
      Reply believed = takeOutForeign(mesh, arrived, caller);
      InboundRequest request = port.authentication().isEmpty() ? arrived : withToken(mesh, arrived);
      Refusal refusal =
          believed == null
              ? askAgain(mesh, port, request, caller)
              : new Refusal(Refusal.Stage.AUTHORIZATION, believed);
      if (refusal == null && !port.external().isEmpty()) {
        refusal = new Refusal(Refusal.Stage.AUTHORIZATION, NOT_ASKED);
      }
      return new InboundCall(mesh, request, caller, refusal);
    } catch (RuntimeException again) {
      return new InboundCall(
          mesh, arrived, null, new Refusal(Refusal.Stage.AUTHORIZATION, undecided(again)));
    }
  }

  private static final Reply NOT_ASKED =
      Reply.forbidden(
          "refused, because the mesh failed while somebody else was to be asked", UNDECIDED);

  /** Of a call that runs since: what would refuse it now. Limits have counted it. */
  static @Nullable Refusal askAgain(
      Mesh mesh, Inbound.Port port, InboundRequest request, @Nullable String caller) {
    Reply noLonger = connection(mesh, port, request.peer());
    if (noLonger != null) {
      return new Refusal(Refusal.Stage.CONNECTION, noLonger);
    }
    InboundRequest asked =
        port.authentication().isEmpty() || request instanceof AuthenticatedRequest
            ? request
            : withToken(mesh, request);
    Refusal refusal = authenticate(port, asked);
    return refusal == null ? authorize(mesh, port, asked, caller) : refusal;
  }

  /** Fails closed: who is believed follows from these headers, too. */
  private static @Nullable Reply takeOutForeign(
      Mesh mesh, InboundRequest request, @Nullable String caller) {
    try {
      Identity own = mesh.identity();
      mesh.foreignHeaders().takeOut(request, caller, own == null ? null : own.spiffeId());
      return null;
    } catch (RuntimeException notTakenOut) {
      return Reply.forbidden(
          "refused, because what proxies write cannot be taken out: " + notTakenOut, UNDECIDED);
    }
  }

  private static AuthenticatedRequest withToken(Mesh mesh, InboundRequest request) {
    return new AuthenticatedRequest(
        request, TimeUnit.MILLISECONDS.toSeconds(mesh.clock().millis()));
  }

  private static @Nullable Refusal authenticate(Inbound.Port port, InboundRequest request) {
    if (!(request instanceof AuthenticatedRequest asked)) {
      return null;
    }
    Reply reply = asked.authenticate(port.authentication());
    return reply == null ? null : new Refusal(Refusal.Stage.AUTHENTICATION, reply);
  }

  static @Nullable Reply connection(Mesh mesh, Inbound.Port port, Peer peer) {
    if (peer == Peer.PLAINTEXT) {
      return port.tlsMode() == Inbound.TlsMode.STRICT ? PLAINTEXT_INTO_STRICT : null;
    }
    if (peer.notAfterMillis() == Long.MAX_VALUE) {
      return null;
    }
    if (peer.hasExpired(mesh.clock().millis())) {
      return unproved(
          "the certificate of "
              + peer.spiffeId()
              + " ended at "
              + Instant.ofEpochMilli(peer.notAfterMillis()));
    }
    Identity mine = mesh.identity();
    String doubt = mine == null ? null : mine.doubts(peer);
    return doubt == null ? null : unproved(doubt);
  }

  /**
   * Where no policy says who may call, all of this trust domain may. To federate with another one
   * is to know who its callers are, and opens no server to them: an ALLOW policy does.
   */
  private static @Nullable Reply uninvited(
      @Nullable Identity mine, InboundRequest request, String caller) {
    return mine == null || SpiffeId.sameDomain(mine.spiffeId(), caller)
        ? null
        : Reply.forbidden(
            caller
                + " is of another trust domain, and no ALLOW policy lets it in: "
                + request.method()
                + " "
                + request.path(),
            BY_FEDERATION);
  }

  /** What stands for the policy where a caller of another trust domain needs one. */
  private static final String BY_FEDERATION = "federation";

  /** Authorization is not asked: who it is about is not known. 401 would ask for a password. */
  private static Reply unproved(String message) {
    return new Reply(403, Reply.GRPC_UNAUTHENTICATED, message, BY_CONNECTION);
  }

  private static final String BY_CONNECTION = "connection";

  private static final Reply PLAINTEXT_INTO_STRICT =
      unproved("plaintext; a PeerAuthentication asks for mutual TLS (STRICT)");

  /** Before authorization, so it may not keep that from being asked: what fails matches nothing. */
  private static CorsRules.@Nullable Rule cors(Inbound.Port port, InboundRequest request) {
    try {
      return port.cors().match(request);
    } catch (RuntimeException unreadable) {
      return null;
    }
  }

  /**
   * @param changes for browsers: a refusal says who may read it too, or a script could not tell why
   *     it failed
   */
  private static InboundCall decide(
      Mesh mesh,
      Inbound.Port port,
      InboundRequest request,
      @Nullable String caller,
      HeaderChanges changes) {
    Refusal refusal = tokens(port, request);
    ExternalAuthorization.Result asked = refusal == null ? ask(mesh, port, request, caller) : null;
    if (refusal == null) {
      refusal = refusal(asked);
    }
    if (refusal == null) {
      refusal = refuse(mesh, port, request, caller);
    }
    return new InboundCall(
        mesh,
        request,
        caller,
        refusal == null ? null : refusal.with(changes),
        Observation.with(
            observe(port, request, caller, refusal), asked == null ? null : asked.unansweredBy()),
        asked == null ? changes : changes.then(asked.response()),
        refusal == null ? port.overload() : null,
        waitsNanos(request));
  }

  /** Null if no policy wants anybody to be asked. */
  static ExternalAuthorization.@Nullable Result ask(
      Mesh mesh, Inbound.Port port, InboundRequest request, @Nullable String caller) {
    if (port.external().isEmpty()) {
      return null;
    }
    try {
      Identity own = mesh.identity();
      return port.external()
          .ask(request, caller, own == null ? null : own.spiffeId(), mesh.clock().millis());
    } catch (RuntimeException undecided) {
      // Fails closed, as authorization does.
      return new ExternalAuthorization.Result(undecided(undecided), null, HeaderChanges.NONE, null);
    }
  }

  static @Nullable Refusal refusal(ExternalAuthorization.@Nullable Result asked) {
    Reply reply = asked == null ? null : asked.refusal();
    return asked == null || reply == null
        ? null
        : new Refusal(Refusal.Stage.AUTHORIZATION, reply, asked.body());
  }

  /**
   * A caller that lies about how long it waits only cuts its own calls short. A gRPC library obeys
   * {@code grpc-timeout} in its own calls; here it holds for those of other libraries too.
   */
  private static long waitsNanos(InboundRequest request) {
    return request.protocol() == Protocol.GRPC
        ? GrpcTimeout.nanos(request.header("grpc-timeout"))
        : httpWaitsNanos(request);
  }

  private static long httpWaitsNanos(InboundRequest request) {
    String millis = request.header(OutboundPipeline.EXPECTED_TIMEOUT_HEADER);
    if (millis == null) {
      return Call.NO_TIMEOUT;
    }
    try {
      long waits = Long.parseLong(millis);
      return waits > 0 && waits <= MAX_WAITS_MILLIS
          ? TimeUnit.MILLISECONDS.toNanos(waits)
          : Call.NO_TIMEOUT;
    } catch (NumberFormatException notOurs) {
      return Call.NO_TIMEOUT;
    }
  }

  /** A year; more is no deadline. */
  private static final long MAX_WAITS_MILLIS = TimeUnit.DAYS.toMillis(365);

  private static @Nullable Refusal tokens(Inbound.Port port, InboundRequest request) {
    Refusal unknown = authenticate(port, request);
    if (unknown != null) {
      return unknown;
    }
    Reply shown = request instanceof AuthenticatedRequest asked ? asked.hideToken() : null;
    return shown == null ? null : new Refusal(Refusal.Stage.AUTHENTICATION, shown);
  }

  private static @Nullable Refusal refuse(
      Mesh mesh, Inbound.Port port, InboundRequest request, @Nullable String caller) {
    Refusal forbidden = authorize(mesh, port, request, caller);
    if (forbidden != null) {
      return forbidden;
    }
    RateLimits limits = port.rateLimits();
    String address = request.remoteAddress();
    Reply limited =
        limits.isEmpty() ? null : limits.check(request, caller, address, mesh.nanoClock());
    Overload overload = port.overload();
    if (limited != null) {
      return new Refusal(Refusal.Stage.RATE_LIMIT, limited);
    }
    if (overload == null) {
      return null;
    }
    Reply turnedAway = overload.begin(request, caller);
    if (turnedAway == null) {
      return null;
    }
    if (!limits.isEmpty()) {
      limits.giveBack(request, caller, address, mesh.nanoClock());
    }
    return new Refusal(Refusal.Stage.OVERLOAD, turnedAway);
  }

  /** Nothing depends on it, so that what cannot be decided is not told either. */
  static @Nullable Observation observe(
      Inbound.Port port,
      InboundRequest request,
      @Nullable String caller,
      @Nullable Refusal refusal) {
    if (refusal != null && refusal.stage() == Refusal.Stage.PREFLIGHT) {
      return null;
    }
    boolean permitted = refusal == null || refusal.stage() != Refusal.Stage.AUTHORIZATION;
    try {
      return port.authorization().observe(request, caller, request.remoteAddress(), permitted);
    } catch (RuntimeException undecided) {
      return null;
    }
  }

  static @Nullable Refusal authorize(
      Mesh mesh, Inbound.Port port, InboundRequest request, @Nullable String caller) {
    try {
      Reply reply = port.authorization().check(request, caller, request.remoteAddress());
      if (reply == null && caller != null && port.authorization().allow().isEmpty()) {
        reply = uninvited(mesh.identity(), request, caller);
      }
      return reply == null ? null : new Refusal(Refusal.Stage.AUTHORIZATION, reply);
    } catch (RuntimeException undecided) {
      // Fails closed: a request we cannot read is not one that a policy permits.
      return new Refusal(Refusal.Stage.AUTHORIZATION, undecided(undecided));
    }
  }

  private static Reply undecided(RuntimeException why) {
    return Reply.forbidden("refused, because its policies cannot be decided: " + why, UNDECIDED);
  }
}
