package io.endomesh.instrumentation.tomcat;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import net.bytebuddy.asm.Advice;
import net.bytebuddy.implementation.bytecode.assign.Assigner;
import org.apache.tomcat.util.net.SocketWrapperBase;
import org.jspecify.annotations.Nullable;

/**
 * {@code Stream.emitHeader}: HTTP/2 carries the scheme of the wire, and since 10.1 one that is not
 * the connector's is refused. The mesh's TLS is not the application's concern: over it the scheme
 * is the connector's, as without the mesh. Stateless.
 */
public final class StreamSchemeAdvice {

  private StreamSchemeAdvice() {}

  /** Null leaves the header as it came. */
  @Advice.OnMethodEnter(inline = false, suppress = Throwable.class)
  @Advice.AssignReturned.ToArguments(
      @Advice.AssignReturned.ToArguments.ToArgument(value = 1, typing = Assigner.Typing.DYNAMIC))
  public static @Nullable String enter(
      @Advice.Argument(0) String name,
      @Advice.Argument(1) @Nullable String value,
      @Advice.FieldValue("handler") Object connection)
      throws Throwable {
    return name.equals(":scheme") && "https".equals(value) && Connections.isOfMesh(connection)
        ? "http"
        : null;
  }

  /** What a connection of HTTP/2 is on. Loaded where there is one. */
  private static final class Connections {

    /** {@code Http2UpgradeHandler.socketWrapper}, which is for those below only. */
    private static final MethodHandle SOCKET = socket();

    private static MethodHandle socket() {
      try {
        Class<?> type =
            Class.forName(
                "org.apache.coyote.http2.Http2UpgradeHandler",
                /* initialize= */ false,
                SocketWrapperBase.class.getClassLoader());
        return MethodHandles.privateLookupIn(type, MethodHandles.lookup())
            .findGetter(type, "socketWrapper", SocketWrapperBase.class)
            .asType(MethodType.methodType(SocketWrapperBase.class, Object.class));
      } catch (ReflectiveOperationException e) {
        throw new LinkageError("Http2UpgradeHandler.socketWrapper", e);
      }
    }

    static boolean isOfMesh(Object connection) throws Throwable {
      SocketWrapperBase<?> socket = (SocketWrapperBase<?>) SOCKET.invokeExact(connection);
      return socket != null
          && socket.getSocket() instanceof MeshChannel channel
          && channel.isMeshTls();
    }
  }
}
