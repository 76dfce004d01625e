package io.endomesh.dataplane.identity;

import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.Locale;
import java.util.Map;
import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.SNIServerName;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLSession;
import javax.net.ssl.StandardConstants;
import javax.net.ssl.X509ExtendedKeyManager;
import org.jspecify.annotations.Nullable;

/**
 * The keys of a server that several workloads share. It proves the identity that the client asks
 * for (SNI, RFC 6066, section 3): which of them is to serve is known only when a request is read,
 * and then the handshake is long done. A client that is shown another than it expects goes away.
 * For engines of servers only. Immutable.
 */
final class SharedKeys extends X509ExtendedKeyManager {

  /** Stands for the first key among the aliases, which are server names. */
  private static final String FIRST = "";

  private final WorkloadKey first;
  private final Map<String, WorkloadKey> byName;

  /**
   * @param first shown to a client that asks for none of the others
   * @param byName in lower case
   */
  SharedKeys(WorkloadKey first, Map<String, WorkloadKey> byName) {
    this.first = first;
    this.byName = Map.copyOf(byName);
  }

  private WorkloadKey key(@Nullable String alias) {
    return alias == null ? first : byName.getOrDefault(alias, first);
  }

  private String asked(@Nullable SSLEngine engine) {
    SSLSession session = engine == null ? null : engine.getHandshakeSession();
    if (session instanceof ExtendedSSLSession extended) {
      for (SNIServerName name : extended.getRequestedServerNames()) {
        if (name.getType() == StandardConstants.SNI_HOST_NAME) {
          String host = new String(name.getEncoded(), StandardCharsets.US_ASCII);
          String known = host.toLowerCase(Locale.ROOT);
          return byName.containsKey(known) ? known : FIRST;
        }
      }
    }
    return FIRST;
  }

  @Override
  public @Nullable String chooseEngineServerAlias(
      @Nullable String keyType, Principal @Nullable [] issuers, @Nullable SSLEngine engine) {
    String alias = asked(engine);
    return key(alias).chooseEngineServerAlias(keyType, issuers, engine) == null ? null : alias;
  }

  @Override
  public X509Certificate @Nullable [] getCertificateChain(@Nullable String alias) {
    return key(alias).certificates();
  }

  @Override
  public @Nullable PrivateKey getPrivateKey(@Nullable String alias) {
    return key(alias).key();
  }

  @Override
  public @Nullable String chooseServerAlias(
      @Nullable String keyType, Principal @Nullable [] issuers, @Nullable Socket socket) {
    return null;
  }

  @Override
  public String @Nullable [] getServerAliases(
      @Nullable String keyType, Principal @Nullable [] issuers) {
    return null;
  }

  @Override
  public @Nullable String chooseClientAlias(
      String @Nullable [] keyTypes, Principal @Nullable [] issuers, @Nullable Socket socket) {
    return null;
  }

  @Override
  public String @Nullable [] getClientAliases(
      @Nullable String keyType, Principal @Nullable [] issuers) {
    return null;
  }
}
