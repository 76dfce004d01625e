package io.endomesh.controller.federation;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.endomesh.controller.ca.CertificateAuthority;
import io.endomesh.controller.kinds.SpiffeBundle;
import io.endomesh.controller.store.ResourceStore;
import io.endomesh.controller.store.StoreException;
import java.math.BigInteger;
import java.security.PublicKey;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.time.Clock;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The roots of this mesh, for others to believe its workloads by (SPIFFE Trust Domain and Bundle,
 * section 4). Public: whoever has them can check who somebody is, and be nobody by them.
 * Thread-safe.
 */
final class OwnBundle {

  /**
   * Short beside the hour for which a root is announced before it signs, so that partners know it
   * by then.
   */
  private static final Duration REFRESH_HINT = Duration.ofMinutes(5);

  private static final String FACT = "federation-own";

  private static final int BITS = 8;

  private final CertificateAuthority authority;
  private final ResourceStore store;
  private final Clock clock;

  OwnBundle(CertificateAuthority authority, ResourceStore store, Clock clock) {
    this.authority = authority;
    this.store = store;
    this.clock = clock;
  }

  /**
   * @throws StoreException if its sequence cannot be written down: a number that is given out twice
   *     would keep partners from what is new
   */
  String json() throws StoreException {
    List<X509Certificate> roots = authority.believed();
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    var keys = json.putArray("keys");
    for (X509Certificate root : roots) {
      ObjectNode key = keys.addObject().put("use", SpiffeBundle.X509_SVID);
      describe(root.getPublicKey(), key);
      try {
        key.putArray("x5c").add(Base64.getEncoder().encodeToString(root.getEncoded()));
      } catch (CertificateEncodingException e) {
        throw new IllegalStateException("a certificate without an encoding", e);
      }
    }
    return json.put("spiffe_sequence", sequence(roots))
        .put("spiffe_refresh_hint", REFRESH_HINT.toSeconds())
        .toString();
  }

  /**
   * Another for other roots, and never less: the time of the change, so that it grows past what was
   * given out before a data directory was restored from a copy.
   */
  synchronized long sequence(List<X509Certificate> roots) throws StoreException {
    String now =
        roots.stream().map(CertificateAuthority::fingerprint).collect(Collectors.joining(","));
    String known = store.fact(FACT).orElse("0 ");
    int space = known.indexOf(' ');
    long sequence = Long.parseLong(known.substring(0, space));
    if (known.substring(space + 1).equals(now)) {
      return sequence;
    }
    long next = Math.max(sequence + 1, clock.instant().getEpochSecond());
    store.putFact(FACT, next + " " + now);
    return next;
  }

  /** RFC 7518, sections 6.2 and 6.3. */
  private static void describe(PublicKey key, ObjectNode json) {
    if (key instanceof ECPublicKey ec) {
      int bits = ec.getParams().getCurve().getField().getFieldSize();
      int bytes = (bits + BITS - 1) / BITS;
      json.put("kty", "EC")
          .put("crv", "P-" + bits)
          .put("x", base64(ec.getW().getAffineX(), bytes))
          .put("y", base64(ec.getW().getAffineY(), bytes));
    } else if (key instanceof RSAPublicKey rsa) {
      json.put("kty", "RSA")
          .put("n", base64(rsa.getModulus(), (rsa.getModulus().bitLength() + BITS - 1) / BITS))
          .put(
              "e",
              base64(
                  rsa.getPublicExponent(),
                  (rsa.getPublicExponent().bitLength() + BITS - 1) / BITS));
    } else {
      // Nobody reads more than x5c of a key for certificates; but each must have a type.
      json.put("kty", "OKP");
    }
  }

  private static String base64(BigInteger number, int bytes) {
    byte[] signed = number.toByteArray();
    byte[] fixed = new byte[bytes];
    int length = Math.min(bytes, signed.length);
    System.arraycopy(signed, signed.length - length, fixed, bytes - length, length);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(fixed);
  }
}
