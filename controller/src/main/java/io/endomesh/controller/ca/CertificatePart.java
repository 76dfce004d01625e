package io.endomesh.controller.ca;

import com.linecorp.armeria.server.ServerBuilder;
import io.endomesh.controller.ControllerPart;
import io.endomesh.controller.audit.AuditLog;
import io.endomesh.controller.tokens.JoinTokens;

/** Serves {@link CertificateService} on the controller's port. */
public final class CertificatePart implements ControllerPart {

  /** Of callers who have proved nothing: a signing request has at most 16 kB. */
  private static final int MAX_REQUEST_BYTES = 64 << 10;

  private final CertificateService service;

  /**
   * @param others by whose tokens workloads may join as well
   */
  public CertificatePart(
      CertificateAuthority authority,
      Revocations revocations,
      JoinTokens tokens,
      TokenAttestor others,
      AuditLog audit) {
    this.service = new CertificateService(authority, revocations, tokens, others, audit);
  }

  @Override
  public void addTo(ServerBuilder server) {
    // Signing costs about a millisecond: too long for an event loop when many workloads start.
    server.service(
        ControllerPart.grpc()
            .addService(service)
            .useBlockingTaskExecutor(true)
            .maxRequestMessageLength(MAX_REQUEST_BYTES)
            .build());
  }
}
