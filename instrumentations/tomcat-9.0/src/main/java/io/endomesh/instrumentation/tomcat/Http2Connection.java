package io.endomesh.instrumentation.tomcat;

import io.endomesh.dataplane.http.LastStreams;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodHandles.Lookup;
import java.lang.invoke.MethodType;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.coyote.ActionHook;
import org.apache.coyote.Response;
import org.apache.tomcat.util.net.SocketWrapperBase;
import org.jspecify.annotations.Nullable;

/**
 * A connection of HTTP/2 that is to end: as Tomcat ends those that were idle too long. Thread-safe.
 *
 * @param handler Tomcat's {@code Http2UpgradeHandler}, which is for those below only
 */
record Http2Connection(Object handler) implements LastStreams.Connection {

  /** Null if the request is no stream of HTTP/2. */
  static @Nullable Http2Connection of(Response response) {
    try {
      ActionHook processor = (ActionHook) Internals.HOOK.invokeExact(response);
      return Internals.STREAM.isInstance(processor)
          ? new Http2Connection((Object) Internals.HANDLER.invokeExact((Object) processor))
          : null;
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new LinkageError("StreamProcessor.handler", e);
    }
  }

  @Override
  public boolean isQuiet() {
    try {
      AtomicInteger running = (AtomicInteger) Internals.RUNNING.invokeExact(handler);
      SocketWrapperBase<?> socket = (SocketWrapperBase<?>) Internals.SOCKET.invokeExact(handler);
      return running.get() <= 0 || socket == null || socket.isClosed();
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new LinkageError("Http2UpgradeHandler.activeRemoteStreamCount", e);
    }
  }

  @Override
  public void end() {
    try {
      Internals.CLOSE.invokeExact(handler);
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new LinkageError("Http2UpgradeHandler.closeConnection", e);
    }
  }

  /** Loaded where there is HTTP/2. */
  private static final class Internals {

    static final Class<?> STREAM;
    static final MethodHandle HOOK;
    static final MethodHandle HANDLER;
    static final MethodHandle RUNNING;
    static final MethodHandle SOCKET;
    static final MethodHandle CLOSE;

    static {
      try {
        STREAM = type("StreamProcessor");
        Class<?> handler = type("Http2UpgradeHandler");
        Class<?> failure = type("Http2Exception");
        HOOK = in(Response.class).findGetter(Response.class, "hook", ActionHook.class);
        HANDLER = generic(in(STREAM).findGetter(STREAM, "handler", handler), Object.class);
        RUNNING =
            generic(
                in(handler).findGetter(handler, "activeRemoteStreamCount", AtomicInteger.class),
                AtomicInteger.class);
        SOCKET =
            generic(
                in(handler).findGetter(handler, "socketWrapper", SocketWrapperBase.class),
                SocketWrapperBase.class);
        MethodHandle close =
            in(handler)
                .findVirtual(
                    handler, "closeConnection", MethodType.methodType(void.class, failure));
        CLOSE = generic(MethodHandles.insertArguments(close, 1, new Object[] {null}), void.class);
      } catch (ReflectiveOperationException e) {
        throw new LinkageError("Http2UpgradeHandler", e);
      }
    }

    private static Class<?> type(String name) throws ClassNotFoundException {
      return Class.forName(
          "org.apache.coyote.http2." + name,
          /* initialize= */ false,
          SocketWrapperBase.class.getClassLoader());
    }

    private static Lookup in(Class<?> type) throws IllegalAccessException {
      return MethodHandles.privateLookupIn(type, MethodHandles.lookup());
    }

    private static MethodHandle generic(MethodHandle handle, Class<?> gives) {
      return handle.asType(MethodType.methodType(gives, Object.class));
    }
  }
}
