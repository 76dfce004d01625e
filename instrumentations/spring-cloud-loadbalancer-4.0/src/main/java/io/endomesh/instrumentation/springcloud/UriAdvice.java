package io.endomesh.instrumentation.springcloud;

import java.net.URI;
import net.bytebuddy.asm.Advice;
import net.bytebuddy.implementation.bytecode.assign.Assigner;
import org.jspecify.annotations.Nullable;
import org.springframework.cloud.client.ServiceInstance;

/**
 * {@code LoadBalancerUriTools.reconstructURI}: where the mesh chooses, the name stays in the URL as
 * the application wrote it. The library would write a port behind it, which no service has.
 * Stateless.
 */
public final class UriAdvice {

  private UriAdvice() {}

  @Advice.OnMethodExit(inline = false, suppress = Throwable.class)
  @Advice.AssignReturned.ToReturned(typing = Assigner.Typing.DYNAMIC)
  public static @Nullable Object exit(
      @Advice.Argument(0) @Nullable ServiceInstance instance,
      @Advice.Argument(1) @Nullable URI written,
      @Advice.Return(typing = Assigner.Typing.DYNAMIC) @Nullable Object made) {
    if (instance == null || !(made instanceof URI uri) || !MeshBalancer.chose(instance)) {
      return made;
    }
    URI named = withoutPort(uri);
    return named.equals(written) ? written : named;
  }

  /** A port that stood in the URL is not kept either: a balancer takes the instance's. */
  private static URI withoutPort(URI uri) {
    String port = ":" + uri.getPort();
    String text = uri.toString();
    int end = text.indexOf("//") + 2 + uri.getRawAuthority().length();
    return uri.getPort() < 0
        ? uri
        : URI.create(text.substring(0, end - port.length()) + text.substring(end));
  }
}
