package io.endomesh.controller;

import com.linecorp.armeria.server.ServiceRequestContext;
import io.endomesh.controller.ca.WorkloadIdentity;
import io.endomesh.dataplane.identity.SpiffeId;
import io.endomesh.dataplane.identity.Strength;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/**
 * Who calls the controller: the identity in the client certificate that the TLS handshake verified
 * against the mesh's root. Stateless.
 */
public final class CallerIdentity {

  private static final int URI_NAME = 6; // RFC 5280, GeneralName uniformResourceIdentifier

  private CallerIdentity() {}

  /**
   * Null for plaintext, for TLS without a client certificate, for one that names no workload, and
   * for one that is believed no longer.
   */
  public static @Nullable WorkloadIdentity of(ServiceRequestContext context, String trustDomain) {
    return ClientCertificates.doubt(context) == null ? of(context.sslSession(), trustDomain) : null;
  }

  /** Why {@link #of} names nobody, as a sentence for who has to do something about it. */
  public static String absence(ServiceRequestContext context) {
    String doubt = ClientCertificates.doubt(context);
    return "client certificate: "
        + (doubt == null ? "absent" : doubt)
        + " (expected: one of this mesh)";
  }

  /** That was shown, believed or not; null if none was. */
  public static @Nullable X509Certificate certificate(ServiceRequestContext context) {
    return certificate(context.sslSession());
  }

  /** That was shown, leaf first, believed or not; empty if none was. */
  public static X509Certificate[] chain(ServiceRequestContext context) {
    SSLSession session = context.sslSession();
    return session == null ? new X509Certificate[0] : ClientCertificates.chain(session);
  }

  /**
   * For services that are for the mesh alone. Who connects over TLS proves an identity; plaintext
   * is served on the machine itself only, to Envoy and gRPC's own clients, and has none.
   *
   * @throws StatusRuntimeException UNAUTHENTICATED if it is neither
   */
  public static @Nullable WorkloadIdentity provedOrLocal(
      ServiceRequestContext context, String trustDomain) throws StatusRuntimeException {
    WorkloadIdentity caller = of(context, trustDomain);
    boolean local =
        !context.sessionProtocol().isTls()
            && context.remoteAddress().getAddress().isLoopbackAddress();
    if (caller == null && !local) {
      throw Status.UNAUTHENTICATED.withDescription(absence(context)).asRuntimeException();
    }
    return caller;
  }

  static @Nullable WorkloadIdentity of(@Nullable SSLSession session, String trustDomain) {
    X509Certificate certificate = certificate(session);
    if (certificate == null) {
      return null;
    }
    try {
      return WorkloadIdentity.of(trustDomain, SpiffeId.of(uriNames(certificate)));
    } catch (CertificateParsingException e) {
      // It names nobody: the caller has no identity.
      return null;
    }
  }

  private static @Nullable X509Certificate certificate(@Nullable SSLSession session) {
    if (session == null) {
      return null;
    }
    try {
      Certificate[] chain = session.getPeerCertificates();
      X509Certificate[] verified = Arrays.copyOf(chain, chain.length, X509Certificate[].class);
      Strength.check(verified);
      return verified[0];
    } catch (SSLPeerUnverifiedException e) {
      // None was sent.
      return null;
    } catch (CertificateException weak) {
      // Anybody may have made it: it proves nothing.
      return null;
    }
  }

  private static List<String> uriNames(X509Certificate certificate)
      throws CertificateParsingException {
    Collection<List<?>> names = certificate.getSubjectAlternativeNames();
    List<String> uris = new ArrayList<>();
    if (names != null) {
      for (List<?> name : names) {
        if (name.get(0).equals(URI_NAME)) {
          uris.add((String) name.get(1));
        }
      }
    }
    return uris;
  }
}
