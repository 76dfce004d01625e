package io.endomesh.instrumentation.asynchttpclient;

import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.HttpResponse;
import java.lang.reflect.Constructor;
import java.lang.reflect.Field;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.time.Duration;
import org.asynchttpclient.AsyncHttpClientConfig;
import org.asynchttpclient.Realm;
import org.asynchttpclient.Request;
import org.asynchttpclient.RequestBuilder;
import org.asynchttpclient.netty.NettyResponseFuture;
import org.asynchttpclient.netty.channel.ChannelManager;
import org.asynchttpclient.netty.handler.intercept.Redirect30xInterceptor;
import org.asynchttpclient.netty.request.NettyRequestSender;
import org.jspecify.annotations.Nullable;

/**
 * What the library has and hides, or has under another type in another version. Stateless. All
 * methods throw {@link IllegalStateException} if it is not there.
 */
final class Internals {

  private static final Field CONFIG = field("config");
  private static final Field CHANNELS = field("channelManager");
  private static final Constructor<Redirect30xInterceptor> REDIRECTS = redirects();

  private static final Method SET_TIMEOUT = setTimeout();

  /** In newer versions a request makes its builder; before, a builder is made of a request. */
  private static final @Nullable Method TO_BUILDER = toBuilder();

  private Internals() {}

  private static Field field(String name) {
    try {
      Field field = NettyRequestSender.class.getDeclaredField(name);
      field.setAccessible(true);
      return field;
    } catch (NoSuchFieldException e) {
      throw new IllegalStateException(e);
    }
  }

  private static Constructor<Redirect30xInterceptor> redirects() {
    try {
      Constructor<Redirect30xInterceptor> constructor =
          Redirect30xInterceptor.class.getDeclaredConstructor(
              ChannelManager.class, AsyncHttpClientConfig.class, NettyRequestSender.class);
      constructor.setAccessible(true);
      return constructor;
    } catch (NoSuchMethodException e) {
      throw new IllegalStateException(e);
    }
  }

  private static @Nullable Method toBuilder() {
    try {
      return Request.class.getMethod("toBuilder");
    } catch (NoSuchMethodException older) {
      return null;
    }
  }

  static AsyncHttpClientConfig config(NettyRequestSender sender) {
    try {
      return (AsyncHttpClientConfig) CONFIG.get(sender);
    } catch (IllegalAccessException e) {
      throw new IllegalStateException(e);
    }
  }

  /**
   * Has the library follow a redirect by its own rules: it sends the next request, on this thread.
   *
   * @return false if it is an answer like others
   * @throws Exception of the library, such as for too many of them
   */
  static boolean redirects(
      NettyRequestSender sender,
      NettyResponseFuture<?> future,
      Request request,
      HttpResponse answer)
      throws Exception {
    AsyncHttpClientConfig config = config(sender);
    Realm realm = request.getRealm() == null ? config.getRealm() : request.getRealm();
    Redirect30xInterceptor interceptor =
        REDIRECTS.newInstance(CHANNELS.get(sender), config, sender);
    // It closes the connection of the answer; that of an attempt is none of its business.
    future.setKeepAlive(false);
    return interceptor.exitAfterHandlingRedirect(
        new EmbeddedChannel(), future, answer, request, answer.status().code(), realm);
  }

  /** A builder of the same request. */
  static RequestBuilder builder(Request request) {
    try {
      return TO_BUILDER == null
          ? RequestBuilder.class.getConstructor(Request.class).newInstance(request)
          : (RequestBuilder) TO_BUILDER.invoke(request);
    } catch (IllegalAccessException
        | InvocationTargetException
        | InstantiationException
        | NoSuchMethodException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Lets a request take so long, in milliseconds. */
  static void timeout(RequestBuilder builder, long millis) {
    try {
      SET_TIMEOUT.invoke(
          builder,
          SET_TIMEOUT.getParameterTypes()[0] == int.class
              ? (Object) (int) millis
              : Duration.ofMillis(millis));
    } catch (IllegalAccessException | InvocationTargetException e) {
      throw new IllegalStateException(e);
    }
  }

  private static Method setTimeout() {
    for (Method method : RequestBuilder.class.getMethods()) {
      if (method.getName().equals("setRequestTimeout")) {
        return method;
      }
    }
    throw new IllegalStateException("RequestBuilder has no setRequestTimeout");
  }

  /** Milliseconds that a request may take; 0 or less for no end. */
  static long timeoutMillis(Request request, AsyncHttpClientConfig config) {
    long own = millis(Request.class, request);
    return own == 0 ? millis(AsyncHttpClientConfig.class, config) : own;
  }

  /** A number of milliseconds, since 3.0 a duration. */
  private static long millis(Class<?> type, Object source) {
    try {
      Object timeout = type.getMethod("getRequestTimeout").invoke(source);
      return timeout instanceof Duration duration
          ? duration.toMillis()
          : timeout instanceof Number number ? number.longValue() : 0;
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
  }
}
