package io.endomesh.instrumentation.helidon;

import io.helidon.common.socket.PeerInfo;
import net.bytebuddy.asm.Advice;
import net.bytebuddy.implementation.bytecode.assign.Assigner;
import org.jspecify.annotations.Nullable;

/**
 * {@code remotePeer} of a request: the application may ask who calls, as on a listener with TLS.
 * Stateless.
 */
public final class CallerAdvice {

  private CallerAdvice() {}

  /** Null leaves the answer of Helidon. */
  @Advice.OnMethodExit(inline = false, suppress = Throwable.class)
  @Advice.AssignReturned.ToReturned(typing = Assigner.Typing.DYNAMIC)
  public static @Nullable PeerInfo exit(@Advice.Return PeerInfo peer) {
    return peer instanceof MeshPeer mesh ? mesh.shown() : null;
  }
}
