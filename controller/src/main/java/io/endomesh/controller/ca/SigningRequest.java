package io.endomesh.controller.ca;

import java.io.IOException;
import java.io.StringReader;
import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.EdECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.NamedParameterSpec;
import java.util.List;
import java.util.Objects;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.Extensions;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentVerifierProviderBuilder;
import org.bouncycastle.pkcs.PKCS10CertificationRequest;
import org.bouncycastle.pkcs.PKCSException;
import org.bouncycastle.pkcs.jcajce.JcaPKCS10CertificationRequest;
import org.jspecify.annotations.Nullable;

/**
 * A PKCS #10 request whose sender has proved that it holds the private key. Only the key is taken
 * from it: names in a request are claims. Immutable.
 *
 * @param asked all of it, for an authority that is elsewhere; null if there is none to hand on
 */
record SigningRequest(PublicKey publicKey, @Nullable PKCS10CertificationRequest asked) {

  /** A request with an RSA key of 4096 bits has under 2 kB; no one needs more than this. */
  private static final int MAX_CHARACTERS = 16 * 1024;

  /** NIST SP 800-131A: smaller RSA keys are disallowed. */
  private static final int MIN_RSA_BITS = 2048;

  /**
   * Verifying a signature of a huge RSA key costs seconds: an unknown sender must not order that.
   */
  private static final int MAX_RSA_BITS = 4096;

  private static final int MIN_EC_BITS = 256;

  static SigningRequest parse(String pem) throws InvalidCsrException {
    if (pem.length() > MAX_CHARACTERS) {
      throw new InvalidCsrException(
          "csr: " + pem.length() + " characters (expected: at most " + MAX_CHARACTERS + ")");
    }
    PKCS10CertificationRequest request;
    PublicKey key;
    try (PEMParser parser = new PEMParser(new StringReader(pem))) {
      if (!(parser.readObject() instanceof PKCS10CertificationRequest parsed)) {
        throw new InvalidCsrException(
            "csr: no request found (expected: PEM, '-----BEGIN CERTIFICATE REQUEST-----')");
      }
      request = parsed;
      key = new JcaPKCS10CertificationRequest(request).getPublicKey();
    } catch (IOException | GeneralSecurityException | RuntimeException e) {
      throw new InvalidCsrException("csr: not readable as PKCS #10 in PEM: " + e.getMessage());
    }
    requireStrength(key);
    try {
      if (!request.isSignatureValid(new JcaContentVerifierProviderBuilder().build(key))) {
        throw new InvalidCsrException("csr: its signature does not fit its public key");
      }
    } catch (PKCSException | OperatorCreationException e) {
      throw new InvalidCsrException("csr: its signature cannot be checked: " + e.getMessage());
    }
    return new SigningRequest(key, request);
  }

  /** For a key alone. */
  SigningRequest(PublicKey publicKey) {
    this(publicKey, null);
  }

  /**
   * The request in PEM, for an authority that may copy what it asks for: it must ask for nothing
   * but the id.
   */
  String modestly(String spiffeId) throws InvalidCsrException {
    PKCS10CertificationRequest request = Objects.requireNonNull(asked);
    if (request.getSubject().getRDNs().length > 0) {
      throw new InvalidCsrException(
          "csr: a subject (expected: none: an authority elsewhere might copy it)");
    }
    Extensions extensions = request.getRequestedExtensions();
    if (extensions != null) {
      GeneralNames only =
          new GeneralNames(new GeneralName(GeneralName.uniformResourceIdentifier, spiffeId));
      if (!List.of(extensions.getExtensionOIDs()).equals(List.of(Extension.subjectAlternativeName))
          || !only.equals(
              GeneralNames.fromExtensions(extensions, Extension.subjectAlternativeName))) {
        throw new InvalidCsrException(
            "csr: it asks for extensions (expected: none but "
                + spiffeId
                + ": an authority elsewhere might copy them)");
      }
    }
    return PemFile.text(request);
  }

  private static void requireStrength(PublicKey key) throws InvalidCsrException {
    if (key instanceof ECPublicKey ec) {
      int bits = ec.getParams().getOrder().bitLength();
      if (bits < MIN_EC_BITS) {
        throw new InvalidCsrException("csr: EC key of " + bits + " bits (expected: 256 or more)");
      }
    } else if (key instanceof RSAPublicKey rsa) {
      int bits = rsa.getModulus().bitLength();
      if (bits < MIN_RSA_BITS || bits > MAX_RSA_BITS) {
        throw new InvalidCsrException("csr: RSA key of " + bits + " bits (expected: 2048 to 4096)");
      }
    } else if (!(key instanceof EdECPublicKey edwards)
        || !edwards.getParams().getName().equals(NamedParameterSpec.ED25519.getName())) {
      throw new InvalidCsrException(
          "csr: key of algorithm " + key.getAlgorithm() + " (expected: EC, RSA or Ed25519)");
    }
  }
}
