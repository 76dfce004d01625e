package io.endomesh.controller.ca;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.google.protobuf.Value;
import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.server.ServiceRequestContext;
import io.endomesh.controller.CallerIdentity;
import io.endomesh.controller.audit.AuditLog;
import io.endomesh.controller.store.Actor;
import io.endomesh.controller.store.AuditEntry;
import io.endomesh.controller.store.StoreException;
import io.endomesh.controller.tokens.JoinToken;
import io.endomesh.controller.tokens.JoinTokens;
import io.endomesh.proto.istio.v1.auth.IstioCertificateRequest;
import io.endomesh.proto.istio.v1.auth.IstioCertificateResponse;
import io.endomesh.proto.istio.v1.auth.IstioCertificateServiceGrpc;
import io.grpc.Status;
import io.grpc.StatusException;
import io.grpc.stub.StreamObserver;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The gRPC service that signs certificates. Whom a certificate names follows from what the caller
 * proved, its join token or its current certificate; what the request claims is only compared with
 * it. Thread-safe.
 */
final class CertificateService extends IstioCertificateServiceGrpc.IstioCertificateServiceImplBase {

  private static final Logger log = LoggerFactory.getLogger(CertificateService.class);

  private static final String BEARER = "Bearer ";

  private final CertificateAuthority authority;
  private final Revocations revocations;
  private final JoinTokens tokens;
  private final AuditLog audit;

  private final TokenAttestor others;

  CertificateService(
      CertificateAuthority authority,
      Revocations revocations,
      JoinTokens tokens,
      TokenAttestor others,
      AuditLog audit) {
    this.authority = authority;
    this.revocations = revocations;
    this.tokens = tokens;
    this.audit = audit;
    this.others = others;
  }

  @Override
  public void createCertificate(
      IstioCertificateRequest request, StreamObserver<IstioCertificateResponse> answer) {
    try {
      answer.onNext(create(request, ServiceRequestContext.current()));
      answer.onCompleted();
    } catch (StatusException e) {
      log.info("No certificate issued: {}", e.getStatus().getDescription());
      answer.onError(e);
    }
  }

  private IstioCertificateResponse create(
      IstioCertificateRequest request, ServiceRequestContext context) throws StatusException {
    Proof proof = proof(request, context);
    requireWorkload(proof.identity());
    SigningRequest csr;
    try {
      csr = SigningRequest.parse(request.getCsr());
    } catch (InvalidCsrException e) {
      throw Status.INVALID_ARGUMENT.withDescription(e.getMessage()).asException();
    }
    List<X509Certificate> chain = issue(csr, proof, request.getValidityDuration());
    if (proof.token() != null) {
      use(proof.token());
    }
    note(chain.get(0), proof.attestation());
    audit.note(issued(proof, chain.get(0), context));
    IstioCertificateResponse.Builder response = IstioCertificateResponse.newBuilder();
    for (X509Certificate certificate : chain) {
      response.addCertChain(PemFile.text(certificate));
    }
    return response.build();
  }

  private List<X509Certificate> issue(SigningRequest csr, Proof proof, long seconds)
      throws StatusException {
    try {
      return authority.issue(
          csr, proof.identity(), proof.attestation(), Duration.ofSeconds(seconds));
    } catch (InvalidCsrException e) {
      throw Status.INVALID_ARGUMENT.withDescription(e.getMessage()).asException();
    } catch (NotIssued e) {
      // What it says may be of the authority's machine: it is in our log.
      throw Status.UNAVAILABLE
          .withDescription(
              "the mesh's certificate authority made no certificate (expected: one, from"
                  + " --ca-command or the token; the controller's log says why)")
          .asException();
    }
  }

  /** Whoever lets it in: to agents it would be the controller, and so to partners. */
  private static void requireWorkload(WorkloadIdentity identity) throws StatusException {
    if (identity.namespace().equals(CertificateAuthority.SYSTEM_NAMESPACE)) {
      throw Status.PERMISSION_DENIED
          .withDescription(
              "namespace: "
                  + CertificateAuthority.SYSTEM_NAMESPACE
                  + " is of the mesh's own parts (expected: another)")
          .asException();
    }
  }

  private AuditEntry issued(
      Proof proof, X509Certificate certificate, ServiceRequestContext context) {
    String identity = proof.identity().spiffeId(authority.trustDomain());
    JoinToken token = proof.token();
    return AuditEntry.done(
        new Actor(
            token == null ? identity : "join-token/" + token.id(),
            context.remoteAddress().getAddress().getHostAddress()),
        "certificate.issue",
        identity,
        null,
        JsonNodeFactory.instance
            .objectNode()
            .put("serial", certificate.getSerialNumber().toString(16))
            .put("notAfter", certificate.getNotAfter().toInstant().toString())
            .toString());
  }

  /**
   * What a caller has proved.
   *
   * @param token by which; null if by its certificate
   */
  private record Proof(
      WorkloadIdentity identity, Attestation attestation, @Nullable JoinToken token) {}

  /**
   * Before the certificate is given out, and after it is made: an authority elsewhere that fails
   * costs no use.
   */
  private void use(JoinToken token) throws StatusException {
    try {
      tokens.use(token);
    } catch (JoinTokens.Refused e) {
      throw unauthenticated(String.valueOf(e.getMessage()));
    } catch (StoreException e) {
      throw Status.UNAVAILABLE
          .withDescription(
              "join token "
                  + token.id()
                  + ": its use cannot be written down, so nothing is issued; "
                  + e.getMessage())
          .asException();
    }
  }

  private void note(X509Certificate certificate, Attestation attestation) throws StatusException {
    try {
      if (authority.isElsewhere()) {
        revocations.vouch(certificate, attestation);
      }
      revocations.issued(revocations.lineOf(certificate), certificate);
    } catch (StoreException e) {
      throw Status.UNAVAILABLE
          .withDescription(
              "the certificate cannot be written down, so it is not given out; " + e.getMessage())
          .asException();
    }
  }

  private Proof proof(IstioCertificateRequest request, ServiceRequestContext context)
      throws StatusException {
    if (context.sslSession() == null) {
      throw unauthenticated("certificates are issued over TLS only (expected: a TLS connection)");
    }
    Map<String, Value> metadata = request.getMetadata().getFieldsMap();
    @Nullable String namespace = text(metadata, "NAMESPACE");
    @Nullable String service = text(metadata, "SERVICE");
    @Nullable String authorization = context.request().headers().get(HttpHeaderNames.AUTHORIZATION);
    if (authorization != null) {
      return byToken(authorization, namespace, service);
    }
    WorkloadIdentity peer = CallerIdentity.of(context, authority.trustDomain());
    if (peer == null) {
      throw unauthenticated(
          "no join token was sent; "
              + CallerIdentity.absence(context)
              + "; make a join string with `endomesh token create`");
    }
    requireSame("the certificate of this connection", peer.namespace(), namespace);
    requireSame("the certificate of this connection", peer.service(), service);
    if (authority.isOfOthers(CallerIdentity.chain(context))) {
      throw Status.PERMISSION_DENIED
          .withDescription(
              "the certificate of this connection is of another authority (expected: to be renewed"
                  + " there; by SPIRE, that is the agent's setting identity=spiffe-workload-api)")
          .asException();
    }
    // The next certificate vouches for what the present one does.
    X509Certificate shown = Objects.requireNonNull(CallerIdentity.certificate(context));
    return new Proof(peer, revocations.attestation(shown).inLine(revocations.lineOf(shown)), null);
  }

  private Proof byToken(String authorization, @Nullable String namespace, @Nullable String service)
      throws StatusException {
    if (!authorization.startsWith(BEARER)) {
      throw unauthenticated("authorization: unknown scheme (expected: Bearer and a join token)");
    }
    String secret = authorization.substring(BEARER.length()).trim();
    if (isOfOthers(secret)) {
      return byOthers(secret, namespace, service);
    }
    JoinToken token;
    try {
      token = tokens.authenticate(secret);
    } catch (JoinTokens.Refused e) {
      throw unauthenticated(String.valueOf(e.getMessage()));
    }
    String of = "join token " + token.id();
    WorkloadIdentity identity =
        identity(
            inScope(of, "namespace", token.namespace(), namespace),
            inScope(of, "service", token.service(), service));
    return new Proof(identity, token.attestation(), token);
  }

  /** Three parts with dots between them (RFC 7515, 7.1); our own have none. */
  private static boolean isOfOthers(String token) {
    return token.indexOf('.') >= 0;
  }

  /** One service, and nothing that it says of itself beyond. */
  private Proof byOthers(String token, @Nullable String namespace, @Nullable String service)
      throws StatusException {
    try {
      TokenAttestor.Attested attested = others.attest(token);
      String of = "the token that " + attested.by() + " accepts";
      requireSame(of, attested.identity().namespace(), namespace);
      requireSame(of, attested.identity().service(), service);
      return new Proof(attested.identity(), Attestation.SERVICE_ALONE, null);
    } catch (TokenAttestor.Refused e) {
      throw unauthenticated(String.valueOf(e.getMessage()));
    }
  }

  private static WorkloadIdentity identity(String namespace, String service)
      throws StatusException {
    try {
      return new WorkloadIdentity(namespace, service);
    } catch (IllegalArgumentException e) {
      throw Status.INVALID_ARGUMENT.withDescription(e.getMessage()).asException();
    }
  }

  private static String inScope(
      String token, String what, String allowed, @Nullable String requested)
      throws StatusException {
    if (!allowed.equals(JoinToken.ANY)) {
      requireSame(token, allowed, requested);
      return allowed;
    }
    if (requested == null) {
      throw Status.INVALID_ARGUMENT
          .withDescription(
              "metadata: no "
                  + what
                  + " in the request (expected: field "
                  + what.toUpperCase(Locale.ROOT)
                  + ", because "
                  + token
                  + " is for any)")
          .asException();
    }
    return requested;
  }

  private static void requireSame(String proof, String allowed, @Nullable String requested)
      throws StatusException {
    if (requested != null && !requested.equals(allowed)) {
      throw Status.PERMISSION_DENIED
          .withDescription(
              proof + " is for '" + allowed + "', not for '" + requested + "' as the request says")
          .asException();
    }
  }

  private static @Nullable String text(Map<String, Value> metadata, String name) {
    Value value = metadata.get(name);
    return value == null || value.getStringValue().isEmpty() ? null : value.getStringValue();
  }

  private static StatusException unauthenticated(String message) {
    return Status.UNAUTHENTICATED.withDescription(message).asException();
  }
}
