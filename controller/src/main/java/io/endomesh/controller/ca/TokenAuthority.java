package io.endomesh.controller.ca;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.InvalidParameterException;
import java.security.KeyStore;
import java.security.KeyStoreException;
import java.security.PrivateKey;
import java.security.Provider;
import java.security.ProviderException;
import java.security.Security;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Finds in a token the key that signs, and its certificates. One start of a controller. */
final class TokenAuthority {

  private static final String OPTION = "ca-pkcs11";

  private final AuthoritySource.TokenKey from;

  private TokenAuthority(AuthoritySource.TokenKey from) {
    this.from = from;
  }

  static Brought open(AuthoritySource.TokenKey from, Clock clock) throws IOException {
    return new TokenAuthority(from).open(clock);
  }

  private Brought open(Clock clock) throws IOException {
    Provider provider = provider();
    KeyStore store = store(provider);
    try {
      String alias = alias(store);
      // Its PIN was said already: a handle has no password of its own.
      PrivateKey key = (PrivateKey) store.getKey(alias, null);
      List<X509Certificate> all = new ArrayList<>();
      for (Certificate certificate : store.getCertificateChain(alias)) {
        all.add((X509Certificate) certificate);
      }
      for (String other : Collections.list(store.aliases())) {
        if (!store.isKeyEntry(other)
            && store.getCertificate(other) instanceof X509Certificate certificate) {
          all.add(certificate);
        }
      }
      if (from.chain() != null) {
        all.addAll(Brought.pem("ca-chain", from.chain()).certificates());
      }
      return Brought.of(
          new BroughtChecks(OPTION, from.configuration(), clock), key, all, new Token(provider));
    } catch (GeneralSecurityException | ProviderException e) {
      throw wrong("the token cannot be read: " + Token.reason(e), "a token that can be read");
    }
  }

  private Provider provider() throws IOException {
    Path file = from.configuration();
    Provider installed = Security.getProvider("SunPKCS11");
    if (installed == null) {
      throw wrong(
          "this JDK has no provider SunPKCS11", "a JDK with the module jdk.crypto.cryptoki");
    }
    if (!Files.isReadable(file)) {
      throw wrong(
          "no such file, or none that can be read", "a configuration of the provider SunPKCS11");
    }
    try {
      return installed.configure(file.toString());
    } catch (InvalidParameterException | ProviderException | UnsupportedOperationException e) {
      throw wrong(
          Token.reason(e),
          "a configuration of the provider SunPKCS11: name, and library of a PKCS #11 module");
    }
  }

  private KeyStore store(Provider provider) throws IOException {
    KeyStore store;
    try {
      store = KeyStore.getInstance("PKCS11", provider);
    } catch (KeyStoreException e) {
      throw wrong("there is no token in its slot", "slot or slotListIndex of a token");
    }
    char[] pin = SecretFile.brought("ca-pin-file", from.pin()).strip().toCharArray();
    try {
      store.load(null, pin);
      return store;
    } catch (IOException | GeneralSecurityException | ProviderException e) {
      throw Brought.wrong(
          "ca-pin-file",
          from.pin(),
          "the token does not take it: " + Token.reason(e),
          "the user PIN of the token that --ca-pkcs11 names");
    } finally {
      Arrays.fill(pin, ' ');
    }
  }

  private String alias(KeyStore store) throws IOException, GeneralSecurityException {
    // A key without a certificate of the same CKA_ID has no alias.
    TreeSet<String> keys = new TreeSet<>();
    for (String alias : Collections.list(store.aliases())) {
      if (store.entryInstanceOf(alias, KeyStore.PrivateKeyEntry.class)) {
        keys.add(alias);
      }
    }
    if (keys.isEmpty()) {
      throw wrong(
          "no private key with a certificate in the token",
          "both, under the same CKA_ID and one label");
    }
    @Nullable String wanted = from.alias();
    if (wanted == null && keys.size() > 1) {
      throw wrong("several private keys, " + keys, "--ca-alias, one of them");
    }
    if (wanted != null && !keys.contains(wanted)) {
      throw new IOException(
          "ca-alias: '"
              + wanted
              + "': no private key with a certificate (expected: one of "
              + keys
              + ")");
    }
    return wanted == null ? keys.first() : wanted;
  }

  private IOException wrong(String what, String expected) {
    return Brought.wrong(OPTION, from.configuration(), what, expected);
  }
}
