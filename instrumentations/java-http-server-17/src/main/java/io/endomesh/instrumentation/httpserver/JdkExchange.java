package io.endomesh.instrumentation.httpserver;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodHandles.Lookup;
import java.lang.invoke.MethodType;
import java.nio.channels.SocketChannel;
import org.jspecify.annotations.Nullable;

/** What stands behind an exchange of the JDK's server, in a package that it keeps to itself. */
final class JdkExchange {

  private static final String PACKAGE = "sun.net.httpserver.";

  /**
   * What the server makes; an application can wrap it. That of an {@code HttpsServer} is another.
   */
  private static final Class<?> OWN = type("HttpExchangeImpl");

  private static final MethodHandle BEHIND;
  private static final MethodHandle CONNECTION;
  private static final MethodHandle CHANNEL;

  static {
    Class<?> exchange = type("ExchangeImpl");
    Class<?> connection = type("HttpConnection");
    try {
      Lookup lookup = MethodHandles.privateLookupIn(exchange, MethodHandles.lookup());
      BEHIND =
          lookup
              .findStatic(exchange, "get", MethodType.methodType(exchange, HttpExchange.class))
              .asType(MethodType.methodType(Object.class, HttpExchange.class));
      CONNECTION =
          lookup
              .findVirtual(exchange, "getConnection", MethodType.methodType(connection))
              .asType(MethodType.methodType(Object.class, Object.class));
      CHANNEL =
          lookup
              .findVirtual(connection, "getChannel", MethodType.methodType(SocketChannel.class))
              .asType(MethodType.methodType(SocketChannel.class, Object.class));
    } catch (ReflectiveOperationException e) {
      throw new LinkageError("sun.net.httpserver", e);
    }
  }

  private JdkExchange() {}

  /** Looked up when the first header is taken out of a request. */
  private static final class RequestHeaders {

    /** Of the field that {@code getRequestHeaders} returns. */
    static final MethodHandle SET;

    /** Makes what an application reads and cannot change. */
    static final MethodHandle READ_ONLY;

    static {
      Class<?> exchange = type("ExchangeImpl");
      Class<?> readOnly = type("UnmodifiableHeaders");
      try {
        Lookup lookup = MethodHandles.privateLookupIn(exchange, MethodHandles.lookup());
        SET =
            lookup
                .findSetter(exchange, "reqHdrs", Headers.class)
                .asType(MethodType.methodType(void.class, Object.class, Headers.class));
        READ_ONLY =
            lookup
                .findConstructor(readOnly, MethodType.methodType(void.class, Headers.class))
                .asType(MethodType.methodType(Headers.class, Headers.class));
      } catch (ReflectiveOperationException e) {
        throw new LinkageError("sun.net.httpserver", e);
      }
    }
  }

  /**
   * @param exchange as {@link #behind} gave it
   * @param headers that the application reads from now on
   */
  static void replaceHeaders(Object exchange, Headers headers) {
    try {
      RequestHeaders.SET.invokeExact(
          exchange, (Headers) RequestHeaders.READ_ONLY.invokeExact(headers));
    } catch (Throwable e) {
      throw new LinkageError("ExchangeImpl.reqHdrs", e);
    }
  }

  private static Class<?> type(String name) {
    try {
      return Class.forName(PACKAGE + name, false, HttpExchange.class.getClassLoader());
    } catch (ClassNotFoundException e) {
      throw new LinkageError(PACKAGE + name, e);
    }
  }

  /** The one object of a request in the server, however it is wrapped; null for one of others. */
  static @Nullable Object behind(HttpExchange exchange) {
    try {
      return exchange.getClass() == OWN ? (Object) BEHIND.invokeExact(exchange) : null;
    } catch (Throwable e) {
      throw new LinkageError("ExchangeImpl.get", e);
    }
  }

  /**
   * @param exchange as {@link #behind} gave it
   */
  static Object connection(Object exchange) {
    try {
      return (Object) CONNECTION.invokeExact(exchange);
    } catch (Throwable e) {
      throw new LinkageError("ExchangeImpl.getConnection", e);
    }
  }

  /**
   * @param connection as {@link #connection} gave it
   */
  static SocketChannel channel(Object connection) {
    try {
      return (SocketChannel) CHANNEL.invokeExact(connection);
    } catch (Throwable e) {
      throw new LinkageError("HttpConnection.getChannel", e);
    }
  }
}
