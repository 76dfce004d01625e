package io.endomesh.instrumentation.grpc.netty;

import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolConfig.Protocol;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectedListenerFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectorFailureBehavior;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.IdentityCipherSuiteFilter;
import io.netty.handler.ssl.JdkSslContext;
import io.netty.handler.ssl.SslContext;
import javax.net.ssl.SSLContext;

/**
 * The mesh's TLS contexts in Netty's shape. Always the JDK's engine, also where Netty would use its
 * native one: keys and trust of the mesh live in the JDK's.
 */
final class MeshSslContexts {

  private static final ApplicationProtocolConfig HTTP2 =
      new ApplicationProtocolConfig(
          Protocol.ALPN,
          SelectorFailureBehavior.NO_ADVERTISE,
          SelectedListenerFailureBehavior.ACCEPT,
          "h2");

  private MeshSslContexts() {}

  static SslContext client(SSLContext context) {
    return of(context, /* client= */ true, ClientAuth.NONE);
  }

  /** Asks for a certificate: every workload of the mesh has one. */
  static SslContext server(SSLContext context) {
    return of(context, /* client= */ false, ClientAuth.REQUIRE);
  }

  private static SslContext of(SSLContext context, boolean client, ClientAuth auth) {
    return new JdkSslContext(
        context,
        client,
        /* ciphers= */ null,
        IdentityCipherSuiteFilter.INSTANCE,
        HTTP2,
        auth,
        /* protocols= */ null,
        /* startTls= */ false);
  }
}
