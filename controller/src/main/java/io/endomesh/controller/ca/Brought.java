package io.endomesh.controller.ca;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An issuer that was made elsewhere: its root's key need not be here. All of it is checked before
 * the controller serves. Immutable.
 */
final class Brought implements IssuerSource {

  private final Issuer issuer;
  private final List<X509Certificate> roots;
  private final List<X509Certificate> vouchers;

  private Brought(Issuer issuer, List<X509Certificate> roots, List<X509Certificate> vouchers) {
    this.issuer = issuer;
    this.roots = List.copyOf(roots);
    this.vouchers = List.copyOf(vouchers);
  }

  static Brought open(AuthoritySource.PemFiles files, Clock clock) throws IOException {
    List<X509Certificate> all = new ArrayList<>(pem("ca-cert", files.certificate()).certificates());
    if (all.isEmpty()) {
      throw wrong("ca-cert", files.certificate(), "no certificate in it", "a certificate in PEM");
    }
    List<PrivateKey> keys = pem("ca-key", files.key()).keys();
    if (keys.size() != 1) {
      throw wrong("ca-key", files.key(), keys.size() + " private keys", "one private key in PEM");
    }
    if (files.chain() != null) {
      all.addAll(pem("ca-chain", files.chain()).certificates());
    }
    return of(new BroughtChecks("ca-cert", files.certificate(), clock), keys.get(0), all, null);
  }

  static Brought open(AuthoritySource.KeyStoreFile file, Clock clock) throws IOException {
    char[] password = password(file.password());
    try (InputStream in = Files.newInputStream(file.store())) {
      KeyStore store = KeyStore.getInstance("PKCS12");
      store.load(in, password);
      PrivateKey key = null;
      List<X509Certificate> all = new ArrayList<>();
      List<X509Certificate> others = new ArrayList<>();
      for (String alias : Collections.list(store.aliases())) {
        if (store.isKeyEntry(alias)) {
          if (key != null) {
            throw wrong("ca-keystore", file.store(), "several private keys", "one private key");
          }
          key = (PrivateKey) store.getKey(alias, password);
          for (Certificate certificate : store.getCertificateChain(alias)) {
            all.add((X509Certificate) certificate);
          }
        } else if (store.getCertificate(alias) instanceof X509Certificate certificate) {
          others.add(certificate);
        }
      }
      if (key == null) {
        throw wrong("ca-keystore", file.store(), "no private key in it", "one private key");
      }
      all.addAll(others);
      return of(new BroughtChecks("ca-keystore", file.store(), clock), key, all, null);
    } catch (NoSuchFileException e) {
      throw wrong("ca-keystore", file.store(), "no such file", "a PKCS #12 file");
    } catch (IOException e) {
      if (e instanceof WrongAuthority) {
        throw e;
      }
      // The JDK's word for a wrong password, too, is an IOException.
      throw wrong(
          "ca-keystore",
          file.store(),
          "cannot be read: " + e.getMessage(),
          "a PKCS #12 file, and its password in " + file.password());
    } catch (GeneralSecurityException e) {
      throw wrong("ca-keystore", file.store(), String.valueOf(e.getMessage()), "one private key");
    } finally {
      Arrays.fill(password, ' ');
    }
  }

  /**
   * @param token that has the key; null if the key is here
   */
  static Brought of(
      BroughtChecks checks, PrivateKey key, List<X509Certificate> all, @Nullable Token token)
      throws IOException {
    Issuer issuer = checks.issuer(key, all, token);
    List<X509Certificate> roots = checks.roots(all);
    return new Brought(issuer, roots, checks.vouchers(issuer.root(), all));
  }

  static PemFile pem(String option, Path file) throws IOException {
    try {
      return PemFile.read(file);
    } catch (PemFile.Unreadable e) {
      throw wrong(
          option, file, String.valueOf(e.getMessage()), "PEM, and a key without a password");
    } catch (NoSuchFileException e) {
      throw wrong(option, file, "no such file", "a PEM file");
    }
  }

  private static char[] password(Path file) throws IOException {
    try {
      return Files.readString(file).strip().toCharArray();
    } catch (NoSuchFileException e) {
      throw wrong("ca-password-file", file, "no such file", "a file with the password");
    }
  }

  static IOException wrong(String option, @Nullable Path file, String what, String expected) {
    return new WrongAuthority(
        option + ": " + (file == null ? "" : file + ": ") + what + " (expected: " + expected + ")");
  }

  private static final class WrongAuthority extends IOException {
    WrongAuthority(String message) {
      super(message);
    }
  }

  @Override
  public Issuer issuer() {
    return issuer;
  }

  @Override
  public String kind() {
    return issuer.token() == null ? "brought" : "token";
  }

  @Override
  public List<X509Certificate> roots() {
    return roots;
  }

  @Override
  public List<X509Certificate> vouchers() {
    return vouchers;
  }
}
