package io.endomesh.instrumentation.helidon;

import io.helidon.common.socket.PeerInfo;
import net.bytebuddy.asm.Advice;
import net.bytebuddy.implementation.bytecode.assign.Assigner;
import org.jspecify.annotations.Nullable;

/**
 * {@code remotePeer} of Helidon's plaintext sockets: by it the mesh finds what a request came over.
 * Stateless.
 */
public final class PeerAdvice {

  private PeerAdvice() {}

  /** Null leaves the answer of Helidon. */
  @Advice.OnMethodExit(inline = false, suppress = Throwable.class)
  @Advice.AssignReturned.ToReturned(typing = Assigner.Typing.DYNAMIC)
  public static @Nullable PeerInfo exit(
      @Advice.FieldValue("delegate") Object connection, @Advice.Return PeerInfo peer) {
    return connection instanceof Wired wired ? new MeshPeer(peer, wired.wire()) : null;
  }
}
