package io.endomesh.instrumentation.vertx;

import io.netty.channel.Channel;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.http.impl.HttpClientImpl;
import io.vertx.core.net.SocketAddress;
import io.vertx.core.net.impl.ConnectionBase;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** What of the library has no public name, or another one in some versions. Stateless. */
final class Internals {

  private static final Method SET_SERVER = method("setServer");
  private static final Method GET_SERVER = method("getServer");

  /** As long as Vert.x 5 lets a client live on that nobody holds. */
  private static final long GRACE_SECONDS = 30;

  private static final Method RESET = reset();

  /** Of the options until 5.0; by itself since. */
  private static final @Nullable Field OPTIONS = field("options");

  /** Since 5.0. */
  private static final @Nullable Field POOL = field("poolOptions");

  private static final @Nullable Field HOST = field("defaultHost");
  private static final @Nullable Field PORT = field("defaultPort");
  private static final @Nullable Field SSL = field("defaultSsl");

  private Internals() {}

  /** A {@code SocketAddress} until 4.x, any {@code Address} since. */
  private static Method method(String name) {
    for (Method each : RequestOptions.class.getMethods()) {
      if (each.getName().equals(name) && !each.isBridge()) {
        return each;
      }
    }
    throw new IllegalStateException("RequestOptions." + name + ": none (expected: one)");
  }

  private static @Nullable Field field(String name) {
    for (Class<?> type = HttpClientImpl.class; type != Object.class; type = type.getSuperclass()) {
      try {
        Field field = type.getDeclaredField(name);
        field.setAccessible(true);
        return field;
      } catch (NoSuchFieldException e) {
        // Of the next one, or none.
      }
    }
    return null;
  }

  private static @Nullable Object read(@Nullable Field field, HttpClientImpl client) {
    try {
      return field == null ? null : field.get(client);
    } catch (IllegalAccessException e) {
      throw new IllegalStateException(e);
    }
  }

  static @Nullable Object server(RequestOptions options) {
    try {
      return GET_SERVER.invoke(options);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
  }

  static void server(RequestOptions options, InetSocketAddress address) {
    try {
      SET_SERVER.invoke(
          options,
          SocketAddress.inetSocketAddress(
              address.getPort(), address.getAddress().getHostAddress()));
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
  }

  static @Nullable HttpClientOptions options(HttpClientImpl client) {
    return read(OPTIONS, client) instanceof HttpClientOptions options ? options : null;
  }

  static @Nullable String host(HttpClientImpl client) {
    HttpClientOptions options = options(client);
    return options == null ? (String) read(HOST, client) : options.getDefaultHost();
  }

  static int port(HttpClientImpl client) {
    HttpClientOptions options = options(client);
    return options != null
        ? options.getDefaultPort()
        : read(PORT, client) instanceof Integer port ? port : 80;
  }

  static boolean isSecure(HttpClientImpl client) {
    HttpClientOptions options = options(client);
    return options != null
        ? options.isSsl()
        : read(SSL, client) instanceof Boolean isSecure && isSecure;
  }

  /**
   * Pools have options of their own since 5.0, and what is made has another type.
   *
   * @param like whose pool it gets the limits of
   * @param most connections to one endpoint instead; 0 for those limits
   */
  static HttpClient create(Vertx vertx, HttpClientOptions options, HttpClientImpl like, int most) {
    Object pool = read(POOL, like);
    try {
      if (pool == null) {
        if (most > 0) {
          HttpClientOptions.class.getMethod("setMaxPoolSize", int.class).invoke(options, most);
        }
        return (HttpClient)
            Vertx.class
                .getMethod("createHttpClient", HttpClientOptions.class)
                .invoke(vertx, options);
      }
      Class<?> type = pool.getClass();
      if (most > 0) {
        pool = type.getConstructor().newInstance();
        type.getMethod("setHttp1MaxSize", int.class).invoke(pool, most);
      }
      return (HttpClient)
          Vertx.class
              .getMethod("createHttpClient", HttpClientOptions.class, type)
              .invoke(vertx, options, pool);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
  }

  /**
   * @param type the library's {@code HostAndPort}, which 4.0 has not
   */
  static Object authority(Class<?> type, Target target) throws ReflectiveOperationException {
    return type.getMethod("create", String.class, int.class)
        .invoke(null, target.host(), target.port());
  }

  /**
   * @param authority the library's {@code HostAndPort}
   */
  static Target at(Object authority, Target target) throws ReflectiveOperationException {
    Class<?> type =
        Class.forName(
            "io.vertx.core.net.HostAndPort", false, authority.getClass().getClassLoader());
    return target.at(
        (String) type.getMethod("host").invoke(authority),
        (Integer) type.getMethod("port").invoke(authority));
  }

  /** Lets what runs end, since 5.0. */
  static void close(HttpClient client) {
    try {
      HttpClient.class
          .getMethod("shutdown", long.class, TimeUnit.class)
          .invoke(client, GRACE_SECONDS, TimeUnit.SECONDS);
    } catch (NoSuchMethodException e) {
      client.close();
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Says whether it was in time until 4.x, and a future since. */
  static void reset(HttpClientRequest request) {
    try {
      RESET.invoke(request);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
  }

  private static Method reset() {
    try {
      return HttpClientRequest.class.getMethod("reset");
    } catch (NoSuchMethodException e) {
      throw new IllegalStateException(e);
    }
  }

  /** What a request of an attempt is to go out by. */
  static Channel channel(HttpClientRequest request) {
    return ((ConnectionBase) request.connection()).channel();
  }
}
