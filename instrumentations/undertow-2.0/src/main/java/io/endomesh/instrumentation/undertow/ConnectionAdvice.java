package io.endomesh.instrumentation.undertow;

import io.undertow.connector.PooledByteBuffer;
import io.undertow.server.protocol.http.HttpOpenListener;
import net.bytebuddy.asm.Advice;
import org.jspecify.annotations.Nullable;
import org.xnio.StreamConnection;

/**
 * {@code HttpOpenListener.handleEvent}: a connection is about to be read as HTTP. One that the mesh
 * looks into comes here again when it is known what it is. Stateless.
 */
public final class ConnectionAdvice {

  private ConnectionAdvice() {}

  /** True if the connection waits for its first byte, or was refused. */
  @Advice.OnMethodEnter(
      inline = false,
      suppress = Throwable.class,
      skipOn = Advice.OnNonDefaultValue.class)
  public static boolean enter(
      @Advice.This HttpOpenListener listener,
      @Advice.Argument(0) StreamConnection connection,
      @Advice.Argument(1) @Nullable PooledByteBuffer read) {
    return FirstByte.takes(listener, connection, read);
  }
}
