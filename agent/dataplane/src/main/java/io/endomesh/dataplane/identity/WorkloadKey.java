package io.endomesh.dataplane.identity;

import java.net.Socket;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedKeyManager;
import org.jspecify.annotations.Nullable;

/**
 * The one key of this workload with its chain, as JSSE asks for it. Immutable.
 *
 * <p>Not made by a key store: the JDK's only way to put a key into one encrypts it, 10,000 rounds
 * of PBKDF2 to write and again to read, which is half a second of CPU in a JVM that has just
 * started, for a key that never leaves memory. The issuers that a peer asks for are not compared,
 * because there is no second certificate to choose: a peer that does not trust it says so.
 */
public final class WorkloadKey extends X509ExtendedKeyManager {

  private static final String ALIAS = "workload";
  private static final String[] ALIASES = {ALIAS};

  private final PrivateKey key;
  private final List<X509Certificate> chain;

  /**
   * @param chain leaf first
   */
  public WorkloadKey(PrivateKey key, List<X509Certificate> chain) {
    this.key = key;
    this.chain = List.copyOf(chain);
  }

  @Override
  public @Nullable String chooseEngineClientAlias(
      String @Nullable [] keyTypes, Principal @Nullable [] issuers, @Nullable SSLEngine engine) {
    return choose(keyTypes);
  }

  @Override
  public @Nullable String chooseEngineServerAlias(
      @Nullable String keyType, Principal @Nullable [] issuers, @Nullable SSLEngine engine) {
    return isOf(keyType) ? ALIAS : null;
  }

  @Override
  public @Nullable String chooseClientAlias(
      String @Nullable [] keyTypes, Principal @Nullable [] issuers, @Nullable Socket socket) {
    return choose(keyTypes);
  }

  @Override
  public @Nullable String chooseServerAlias(
      @Nullable String keyType, Principal @Nullable [] issuers, @Nullable Socket socket) {
    return isOf(keyType) ? ALIAS : null;
  }

  @Override
  public String @Nullable [] getClientAliases(
      @Nullable String keyType, Principal @Nullable [] issuers) {
    return isOf(keyType) ? ALIASES.clone() : null;
  }

  @Override
  public String @Nullable [] getServerAliases(
      @Nullable String keyType, Principal @Nullable [] issuers) {
    return isOf(keyType) ? ALIASES.clone() : null;
  }

  @Override
  public X509Certificate @Nullable [] getCertificateChain(@Nullable String alias) {
    return ALIAS.equals(alias) ? certificates() : null;
  }

  @Override
  public @Nullable PrivateKey getPrivateKey(@Nullable String alias) {
    return ALIAS.equals(alias) ? key : null;
  }

  X509Certificate[] certificates() {
    return chain.toArray(X509Certificate[]::new);
  }

  PrivateKey key() {
    return key;
  }

  private @Nullable String choose(String @Nullable [] keyTypes) {
    if (keyTypes != null) {
      for (String keyType : keyTypes) {
        if (isOf(keyType)) {
          return ALIAS;
        }
      }
    }
    return null;
  }

  /** Names as JSSE's standard names have them, "EC_RSA" being a key of EC signed with RSA. */
  private boolean isOf(@Nullable String keyType) {
    String algorithm = key.getAlgorithm();
    return keyType != null && (keyType.equals(algorithm) || keyType.startsWith(algorithm + "_"));
  }
}
