package io.endomesh.instrumentation.grpc.okhttp;

import io.endomesh.dataplane.identity.ClientTls;
import io.endomesh.instrumentation.grpc.Shared;
import io.grpc.Attributes;
import io.grpc.internal.GrpcAttributes;
import javax.net.ssl.HostnameVerifier;
import net.bytebuddy.asm.Advice;
import net.bytebuddy.asm.Advice.AssignReturned.ToFields.ToField;
import net.bytebuddy.implementation.bytecode.assign.Assigner;
import org.jspecify.annotations.Nullable;

/**
 * {@code OkHttpClientTransport.start}: a connection to an endpoint with an identity begins TLS of
 * the mesh, on all others what the application configured. Stateless.
 */
public final class StartAdvice {

  private static final Attributes.Key<ClientTls> TLS =
      Shared.object(
          Attributes.Key.class, Shared.CLIENT_TLS, () -> Attributes.Key.create(Shared.CLIENT_TLS));

  /**
   * The library would look for a host name, which a workload's certificate does not have. It asks
   * after the handshake, and only over {@link MeshSockets}, whose context has one trust manager: it
   * has checked chain and SPIFFE id (SpiffeTrust), or chain and name of a host outside (HostTrust),
   * and failed the handshake if either was wrong. {@code GrpcContract} holds the transport to both.
   */
  private static final HostnameVerifier CHECKED = (host, session) -> true;

  private StartAdvice() {}

  @Advice.OnMethodEnter(inline = false, suppress = Throwable.class)
  @Advice.AssignReturned.ToFields({
    @ToField(value = "sslSocketFactory", index = 0, typing = Assigner.Typing.DYNAMIC),
    @ToField(value = "hostnameVerifier", index = 1, typing = Assigner.Typing.DYNAMIC)
  })
  public static Object @Nullable [] enter(@Advice.FieldValue("attributes") Attributes attributes) {
    Attributes endpoint = attributes.get(GrpcAttributes.ATTR_CLIENT_EAG_ATTRS);
    ClientTls tls = endpoint == null ? null : endpoint.get(TLS);
    return tls == null ? null : new Object[] {new MeshSockets(tls), CHECKED};
  }
}
