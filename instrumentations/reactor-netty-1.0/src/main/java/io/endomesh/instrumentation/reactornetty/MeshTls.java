package io.endomesh.instrumentation.reactornetty;

import io.endomesh.dataplane.identity.ClientTls;
import io.endomesh.weaving.WeakIdentityMap;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolConfig.Protocol;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectedListenerFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectorFailureBehavior;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.IdentityCipherSuiteFilter;
import io.netty.handler.ssl.JdkSslContext;
import org.jspecify.annotations.Nullable;
import reactor.netty.tcp.SslProvider;

/**
 * The mesh's TLS in this library's shape. Always the JDK's engine, also where Netty would use its
 * native one: keys and trust of the mesh live in the JDK's. Thread-safe.
 */
final class MeshTls {

  private static final WeakIdentityMap<ClientTls, SslProvider> PLAIN = new WeakIdentityMap<>();
  private static final WeakIdentityMap<ClientTls, SslProvider> HTTP2 = new WeakIdentityMap<>();

  private static final ApplicationProtocolConfig ALPN =
      new ApplicationProtocolConfig(
          Protocol.ALPN,
          SelectorFailureBehavior.NO_ADVERTISE,
          SelectedListenerFailureBehavior.ACCEPT,
          "h2",
          "http/1.1");

  private MeshTls() {}

  /**
   * The same object for the same TLS, as the library pools connections by it.
   *
   * @param http2 true to offer it to the server (ALPN)
   */
  static SslProvider of(ClientTls tls, boolean http2) {
    WeakIdentityMap<ClientTls, SslProvider> known = http2 ? HTTP2 : PLAIN;
    SslProvider provider = known.get(tls);
    if (provider != null) {
      return provider;
    }
    SslProvider made = made(tls, http2 ? ALPN : null);
    SslProvider first = known.putIfAbsent(tls, made);
    return first == null ? made : first;
  }

  private static SslProvider made(ClientTls tls, @Nullable ApplicationProtocolConfig protocols) {
    return SslProvider.builder()
        .sslContext(
            new JdkSslContext(
                tls.context(),
                /* isClient= */ true,
                /* ciphers= */ null,
                IdentityCipherSuiteFilter.INSTANCE,
                protocols,
                ClientAuth.NONE,
                /* protocols= */ null,
                /* startTls= */ false))
        .build();
  }
}
