package io.endomesh.xds.identity;

import io.endomesh.dataplane.identity.PeerTrust;
import io.endomesh.dataplane.identity.Roots;
import io.endomesh.dataplane.identity.WorkloadKey;
import java.security.GeneralSecurityException;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.List;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import org.jspecify.annotations.Nullable;

/**
 * Trusts the controller: a chain that ends in the root whose fingerprint came with the join string.
 * The controller may be reached by any name or address, so names are not compared; but the same
 * root signs the certificates of workloads, and none of those may pose as the controller.
 * Immutable.
 */
public final class ControllerTrust extends PeerTrust {

  /** Namespace of the mesh's own parts; no workload gets a certificate for it. */
  private static final String SYSTEM_NAMESPACE = "/ns/endomesh-system/";

  /** subjectAltName of type uniformResourceIdentifier (RFC 5280, section 4.2.1.6). */
  private static final int URI_NAME = 6;

  private final String rootFingerprint;

  ControllerTrust(String rootFingerprint) {
    this.rootFingerprint = rootFingerprint;
  }

  /**
   * TLS to the controller.
   *
   * @param credentials proves who we are; null before there is a certificate
   */
  public static SSLContext context(String rootFingerprint, @Nullable Credentials credentials)
      throws GeneralSecurityException {
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(
        credentials == null
            ? null
            : new KeyManager[] {new WorkloadKey(credentials.key(), credentials.chain())},
        new TrustManager[] {new ControllerTrust(rootFingerprint)},
        null);
    return context;
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType)
      throws CertificateException {
    try {
      X509Certificate root = chain[chain.length - 1];
      String fingerprint = Fingerprint.of(root);
      if (!fingerprint.equals(rootFingerprint)) {
        throw new CertificateException(
            "the controller's root certificate is "
                + fingerprint
                + " (expected: "
                + rootFingerprint
                + " from the join string; if this controller is the right one, make a new join"
                + " string with `endomesh token create`)");
      }
      Roots.trust(List.of(root)).checkServerTrusted(chain, authType);
    } catch (CertificateException e) {
      throw e;
    } catch (GeneralSecurityException e) {
      throw new CertificateException("the controller's certificate cannot be checked", e);
    }
    refuseWorkload(chain[0]);
  }

  private static void refuseWorkload(X509Certificate leaf) throws CertificateException {
    Collection<List<?>> names = leaf.getSubjectAlternativeNames();
    if (names == null) {
      return;
    }
    for (List<?> name : names) {
      if (name.get(0).equals(URI_NAME)
          && name.get(1) instanceof String uri
          && uri.startsWith("spiffe://")
          && !uri.contains(SYSTEM_NAMESPACE)) {
        throw new CertificateException(
            "the controller's address is answered by the workload " + uri);
      }
    }
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType)
      throws CertificateException {
    throw new CertificateException("nobody connects to us with this");
  }

  @Override
  public X509Certificate[] getAcceptedIssuers() {
    return new X509Certificate[0];
  }
}
