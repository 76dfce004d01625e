package io.endomesh.instrumentation.grpc.netty;

import io.grpc.netty.GrpcHttp2ConnectionHandler;
import io.grpc.netty.InternalProtocolNegotiator;
import io.netty.channel.ChannelHandler;
import io.netty.util.AsciiString;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;

/**
 * The negotiator that the application configured. Its type is private to gRPC's package, so it is
 * called reflectively: once a connection. Immutable.
 */
final class AppNegotiator {

  private static final Method SCHEME = method("scheme");
  private static final Method CLOSE = method("close");
  private static final Method NEW_HANDLER = method("newHandler", GrpcHttp2ConnectionHandler.class);

  private final Object negotiator;

  AppNegotiator(Object negotiator) {
    this.negotiator = negotiator;
  }

  AsciiString scheme() {
    return (AsciiString) invoke(SCHEME);
  }

  ChannelHandler newHandler(GrpcHttp2ConnectionHandler handler) {
    return (ChannelHandler) invoke(NEW_HANDLER, handler);
  }

  void close() {
    invoke(CLOSE);
  }

  private Object invoke(Method method, Object... arguments) {
    try {
      return method.invoke(negotiator, arguments);
    } catch (InvocationTargetException e) {
      // What gRPC's own code throws goes to gRPC as it is.
      if (e.getCause() instanceof Error error) {
        throw error;
      }
      throw e.getCause() instanceof RuntimeException cause ? cause : new IllegalStateException(e);
    } catch (IllegalAccessException e) {
      throw new IllegalStateException(e);
    }
  }

  private static Method method(String name, Class<?>... parameters) {
    try {
      // Public methods, inherited from the private interface.
      Method method =
          InternalProtocolNegotiator.ProtocolNegotiator.class.getMethod(name, parameters);
      method.setAccessible(true);
      return method;
    } catch (NoSuchMethodException e) {
      throw new IllegalStateException(e);
    }
  }
}
