package io.endomesh.xds.identity;

import io.endomesh.dataplane.identity.PeerTrust;
import io.endomesh.dataplane.identity.Roots;
import io.endomesh.dataplane.identity.SpiffeId;
import io.endomesh.dataplane.identity.WorkloadKey;
import java.security.GeneralSecurityException;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import org.jspecify.annotations.Nullable;

/**
 * Trusts the controller: a chain with the root in it whose fingerprint came with the join string,
 * or that ends in a root which the mesh has told us of since. The controller may be reached by any
 * name or address, so names are not compared; but the same root signs the certificates of others,
 * and none of those may pose as the controller: it proves an id of its own. Immutable.
 */
public final class ControllerTrust extends PeerTrust {

  /** Namespace of the mesh's own parts; no workload gets a certificate for it. */
  private static final String PATH = "/ns/endomesh-system/sa/controller";

  /** subjectAltName of type uniformResourceIdentifier (RFC 5280, section 4.2.1.6). */
  private static final int URI_NAME = 6;

  private final String rootFingerprint;
  private final List<X509Certificate> known;

  ControllerTrust(String rootFingerprint, List<X509Certificate> known) {
    this.rootFingerprint = rootFingerprint;
    this.known = List.copyOf(known);
  }

  /**
   * TLS to the controller.
   *
   * @param known roots that the mesh told us of; empty before it did
   * @param credentials proves who we are; null before there is a certificate
   */
  public static SSLContext context(
      String rootFingerprint, List<X509Certificate> known, @Nullable Credentials credentials)
      throws GeneralSecurityException {
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(
        credentials == null
            ? null
            : new KeyManager[] {new WorkloadKey(credentials.key(), credentials.chain())},
        new TrustManager[] {new ControllerTrust(rootFingerprint, known)},
        null);
    return context;
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType)
      throws CertificateException {
    try {
      List<X509Certificate> anchors = new ArrayList<>(known);
      X509Certificate pinned = Fingerprint.find(rootFingerprint, List.of(chain));
      if (pinned != null) {
        anchors.add(pinned);
      }
      if (anchors.isEmpty() || pinned == null && Roots.nearest(List.of(chain), known) == null) {
        throw new CertificateException(
            "the controller's root certificate is "
                + Fingerprint.of(chain[chain.length - 1])
                + " (expected: "
                + rootFingerprint
                + " from the join string; if this controller is the right one, make a new join"
                + " string with `endomesh token create`)");
      }
      Roots.trust(anchors).checkServerTrusted(chain, authType);
    } catch (CertificateException e) {
      throw e;
    } catch (GeneralSecurityException e) {
      throw new CertificateException("the controller's certificate cannot be checked", e);
    }
    requireController(chain[0]);
  }

  /** Roots may vouch for others as well: workloads, and whatever else who brought them signs. */
  private static void requireController(X509Certificate leaf) throws CertificateException {
    List<String> names = new ArrayList<>();
    Collection<List<?>> all = leaf.getSubjectAlternativeNames();
    for (List<?> name : all == null ? List.<List<?>>of() : all) {
      if (name.get(0).equals(URI_NAME) && name.get(1) instanceof String uri) {
        names.add(uri);
      }
    }
    String id = SpiffeId.of(names);
    if (id == null || !id.substring(SpiffeId.domain(id).length()).equals(PATH)) {
      throw new CertificateException(
          "the controller's address is answered by "
              + (id == null ? "somebody who proves to be nobody of a mesh" : "the workload " + id)
              + " (expected: spiffe://TRUST-DOMAIN"
              + PATH
              + ")");
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
