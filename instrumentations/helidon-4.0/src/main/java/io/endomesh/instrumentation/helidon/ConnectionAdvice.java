package io.endomesh.instrumentation.helidon;

import io.helidon.common.tls.Tls;
import io.helidon.webserver.spi.ServerConnectionSelector;
import java.io.IOException;
import java.util.List;
import net.bytebuddy.asm.Advice;
import net.bytebuddy.implementation.bytecode.assign.Assigner;
import org.jspecify.annotations.Nullable;

/**
 * The constructor of {@code ConnectionHandler}, which gets what was accepted: until 4.3 a socket,
 * then a channel. It gets one whose first byte decides. Nothing is read here, on the thread that
 * accepts. Stateless.
 */
public final class ConnectionAdvice {

  private ConnectionAdvice() {}

  /** Null leaves it as it is. */
  @Advice.OnMethodEnter(inline = false, suppress = Throwable.class)
  @Advice.AssignReturned.ToArguments(
      @Advice.AssignReturned.ToArguments.ToArgument(value = 5, typing = Assigner.Typing.DYNAMIC))
  public static @Nullable Object enter(
      @Advice.Argument(5) Object accepted, @Advice.Argument(8) Tls tls) throws IOException {
    return tls.enabled() ? null : Wire.between(accepted);
  }

  @Advice.OnMethodExit(inline = false, suppress = Throwable.class)
  public static void exit(
      @Advice.Enter @Nullable Object connection,
      @Advice.FieldValue("providerCandidates") List<ServerConnectionSelector> protocols) {
    if (connection instanceof Wired wired) {
      wired.wire().speaks(protocols);
    }
  }
}
