package io.endomesh.controller.ca;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.Provider;
import java.security.PublicKey;
import java.security.Security;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.security.spec.X509EncodedKeySpec;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.operator.ContentSigner;
import org.jspecify.annotations.Nullable;

/**
 * A process that makes keys in the tokens of a {@link SoftHsm}, and tells by which of them it could
 * sign. In {@code mesh} there is an issuer below a root whose key is nowhere; in {@code several} a
 * root of RSA and a certificate that may not sign.
 */
public final class TokenFiller {

  private static final Duration YEAR = Duration.ofDays(365);

  private final SoftHsm tokens;
  private final Instant now = Instant.now();

  private TokenFiller(SoftHsm tokens) {
    this.tokens = tokens;
  }

  public static void main(String[] arguments) throws Exception {
    TokenFiller filler = new TokenFiller(new SoftHsm(Path.of(arguments[0])));
    filler.fill();
    filler.tryAll();
  }

  private void fill() throws Exception {
    Odd.Pair root =
        Odd.authority(
            "company root",
            Odd.keys("RSA", 2048),
            null,
            new BasicConstraints(2),
            KeyUsage.keyCertSign,
            now,
            YEAR);
    Odd.pem(tokens.directory().resolve("roots.pem"), root.certificate());
    Provider mesh = provider("mesh");
    keep(
        mesh,
        "issuing",
        keys(mesh, "EC", 384),
        "mesh",
        root.certificate(),
        Signing.signer(root.keys().getPrivate()),
        new BasicConstraints(0));
    Provider several = provider("several");
    KeyPair rsa = keys(several, "RSA", 2048);
    ContentSigner itself = Signing.signer(rsa.getPrivate(), plain(rsa.getPublic()), several);
    keep(several, "rsa", rsa, "root in a token", null, itself, new BasicConstraints(1));
    keep(
        several,
        "leaf",
        keys(several, "EC", 256),
        "leaf",
        root.certificate(),
        Signing.signer(root.keys().getPrivate()),
        new BasicConstraints(false));
  }

  private Provider provider(String token) {
    return Security.getProvider("SunPKCS11").configure(tokens.configuration(token).toString());
  }

  private static KeyStore store(Provider provider) throws Exception {
    KeyStore store = KeyStore.getInstance("PKCS11", provider);
    store.load(null, SoftHsm.PIN.toCharArray());
    return store;
  }

  private static KeyPair keys(Provider provider, String algorithm, int bits) throws Exception {
    store(provider);
    KeyPairGenerator generator = KeyPairGenerator.getInstance(algorithm, provider);
    generator.initialize(bits);
    KeyPair made = generator.generateKeyPair();
    if (made.getPrivate().getEncoded() != null) {
      throw new IllegalStateException("the token gives its key out");
    }
    return made;
  }

  /** As a certificate has it. */
  private static PublicKey plain(PublicKey key) throws Exception {
    return KeyFactory.getInstance(key.getAlgorithm())
        .generatePublic(new X509EncodedKeySpec(key.getEncoded()));
  }

  private void keep(
      Provider provider,
      String alias,
      KeyPair keys,
      String name,
      @Nullable X509Certificate by,
      ContentSigner signer,
      BasicConstraints constraints)
      throws Exception {
    X500Principal subject = new X500Principal("CN=" + name);
    X509v3CertificateBuilder builder =
        Signing.builder(
                by == null ? subject : by.getSubjectX500Principal(),
                subject,
                plain(keys.getPublic()),
                now,
                now.plus(YEAR).minusSeconds(60))
            .addExtension(Extension.basicConstraints, true, constraints)
            .addExtension(
                Extension.keyUsage, true, new KeyUsage(KeyUsage.keyCertSign | KeyUsage.cRLSign));
    PrivateKey handle = keys.getPrivate();
    store(provider)
        .setKeyEntry(alias, handle, null, new Certificate[] {Signing.certificate(builder, signer)});
  }

  private void tryAll() throws Exception {
    Path roots = tokens.directory().resolve("roots.pem");
    attempt("mesh", tokens.configuration("mesh"), null, tokens.pin(), roots);
    attempt("rsa", tokens.configuration("several"), "rsa", tokens.pin(), null);
    attempt("several", tokens.configuration("several"), null, tokens.pin(), roots);
    attempt("unknown", tokens.configuration("several"), "nobody", tokens.pin(), roots);
    attempt("leaf", tokens.configuration("several"), "leaf", tokens.pin(), roots);
    attempt("empty", tokens.configuration("empty"), null, tokens.pin(), roots);
    attempt("no root", tokens.configuration("mesh"), null, tokens.pin(), null);
    attempt("no token", tokens.configuration("away", "slot = 7"), null, tokens.pin(), roots);
    Path gone = tokens.directory().resolve("gone.cfg");
    Files.writeString(gone, "name = gone\nlibrary = /nowhere/libhsm.so\n");
    attempt("no library", gone, null, tokens.pin(), roots);
    attempt("no file", tokens.configuration("absent"), null, tokens.pin(), roots);
    attempt("no pin", tokens.configuration("mesh"), null, tokens.configuration("absent"), roots);
    attempt("open pin", tokens.configuration("mesh"), null, tokens.configuration("mesh"), roots);
  }

  private void attempt(
      String name, Path configuration, @Nullable String alias, Path pin, @Nullable Path chain)
      throws Exception {
    String said;
    try {
      CertificateAuthority authority =
          CertificateAuthority.open(
              tokens.directory(),
              new AuthoritySource.TokenKey(configuration, alias, pin, chain),
              Odd.revocations(Clock.systemUTC()),
              "company.example",
              Duration.ofHours(24),
              Clock.systemUTC());
      X509Certificate leaf =
          authority.serverCertificate(List.of("localhost"), Duration.ofHours(1)).chain().get(0);
      said = authority.kind() + ", " + leaf.getIssuerX500Principal() + ", " + leaf.getSigAlgName();
    } catch (IOException refused) {
      said = String.valueOf(refused.getMessage());
    }
    System.out.println(name + ": " + said.replace(tokens.directory() + "/", ""));
  }
}
