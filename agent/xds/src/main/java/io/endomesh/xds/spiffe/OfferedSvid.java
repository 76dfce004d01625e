package io.endomesh.xds.spiffe;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.WireFormat;
import io.endomesh.dataplane.identity.Identity;
import io.endomesh.xds.identity.Credentials;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.List;

/**
 * One of the identities that the Workload API offers ({@code X509SVID}), unchecked. The message is
 * read by hand: six fields are not worth generated classes.
 */
final class OfferedSvid {

  private static final int SVIDS = 1;

  private static final int SPIFFE_ID = 1;
  private static final int CHAIN = 2;
  private static final int KEY = 3;
  private static final int BUNDLE = 4;

  private String spiffeId = "";
  private byte[] chain = {};
  private byte[] key = {};
  private byte[] bundle = {};

  /** Those of an {@code X509SVIDResponse}; lists of others in it are not for a mesh to take. */
  static List<OfferedSvid> parse(byte[] response) throws InvalidProtocolBufferException {
    List<OfferedSvid> offered = new ArrayList<>();
    try {
      CodedInputStream in = CodedInputStream.newInstance(response);
      for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
        if (tag == lengthDelimited(SVIDS)) {
          offered.add(read(CodedInputStream.newInstance(in.readByteArray())));
        } else {
          in.skipField(tag);
        }
      }
      return offered;
    } catch (InvalidProtocolBufferException e) {
      throw e;
    } catch (IOException e) {
      throw new InvalidProtocolBufferException(e);
    }
  }

  private static OfferedSvid read(CodedInputStream in) throws IOException {
    OfferedSvid svid = new OfferedSvid();
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      if (tag == lengthDelimited(SPIFFE_ID)) {
        svid.spiffeId = in.readStringRequireUtf8();
      } else if (tag == lengthDelimited(CHAIN)) {
        svid.chain = in.readByteArray();
      } else if (tag == lengthDelimited(KEY)) {
        svid.key = in.readByteArray();
      } else if (tag == lengthDelimited(BUNDLE)) {
        svid.bundle = in.readByteArray();
      } else {
        in.skipField(tag);
      }
    }
    return svid;
  }

  private static int lengthDelimited(int field) {
    return field << 3 | WireFormat.WIRETYPE_LENGTH_DELIMITED;
  }

  /**
   * The first of this id.
   *
   * @throws GeneralSecurityException if there is none, or it proves nothing; the message says why
   */
  static Credentials choose(List<OfferedSvid> offered, String expected)
      throws GeneralSecurityException {
    for (OfferedSvid svid : offered) {
      if (svid.spiffeId.equals(expected)) {
        return svid.credentials();
      }
    }
    throw new GeneralSecurityException(
        "SPIFFE ids: "
            + offered.stream().map(svid -> svid.spiffeId).toList()
            + " (expected: "
            + expected
            + ", as the join string's trust domain and the settings namespace and service say)");
  }

  private Credentials credentials() throws GeneralSecurityException {
    List<X509Certificate> certificates = certificates("x509_svid", chain);
    List<X509Certificate> roots = certificates("bundle", bundle);
    X509Certificate leaf = certificates.get(0);
    PrivateKey own = key(leaf.getPublicKey());
    String named = new Identity(certificates, own, roots).spiffeId();
    if (!named.equals(spiffeId)) {
      throw new GeneralSecurityException(
          "x509_svid: a certificate of " + named + " (expected: of " + spiffeId + ")");
    }
    if (leaf.getBasicConstraints() >= 0) {
      throw new GeneralSecurityException("x509_svid: CA:TRUE (expected: a workload's, CA:FALSE)");
    }
    Credentials credentials = new Credentials(certificates, own, roots);
    if (!credentials.isVouchedForBy(roots)) {
      throw new GeneralSecurityException("x509_svid: no root of its bundle vouches for it");
    }
    return credentials;
  }

  /** Concatenated, without anything between them. */
  private static List<X509Certificate> certificates(String field, byte[] der)
      throws GeneralSecurityException {
    List<X509Certificate> all = new ArrayList<>();
    ByteArrayInputStream in = new ByteArrayInputStream(der);
    CertificateFactory factory = CertificateFactory.getInstance("X.509");
    while (in.available() > 0) {
      all.add((X509Certificate) factory.generateCertificate(in));
    }
    if (all.isEmpty()) {
      throw new GeneralSecurityException(field + ": empty (expected: certificates in DER)");
    }
    return all;
  }

  /** SPIRE makes keys of RSA, too, which nobody makes here. */
  private PrivateKey key(PublicKey certified) throws GeneralSecurityException {
    String algorithm = certified.getAlgorithm();
    String signature =
        switch (algorithm) {
          case "EC" -> "SHA256withECDSA";
          case "RSA" -> "SHA256withRSA";
          case "EdDSA", "Ed25519" -> "Ed25519";
          default ->
              throw new GeneralSecurityException(
                  "x509_svid: a key of " + algorithm + " (expected: EC, RSA or Ed25519)");
        };
    PrivateKey own;
    boolean fits;
    try {
      own = KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(key));
      byte[] probe = {1, 2, 3};
      Signature sign = Signature.getInstance(signature);
      sign.initSign(own);
      sign.update(probe);
      byte[] signed = sign.sign();
      sign.initVerify(certified);
      sign.update(probe);
      fits = sign.verify(signed);
    } catch (GeneralSecurityException e) {
      // Of the cause nothing is logged: it may quote what it was given.
      throw new GeneralSecurityException(
          "x509_svid_key: no key of " + algorithm + " in PKCS #8, or not the certificate's", e);
    }
    if (!fits) {
      throw new GeneralSecurityException("x509_svid_key: not the certificate's");
    }
    return own;
  }

  /** Without the key. */
  @Override
  public String toString() {
    return spiffeId;
  }
}
