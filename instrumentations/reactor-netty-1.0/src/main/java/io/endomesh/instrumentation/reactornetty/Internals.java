package io.endomesh.instrumentation.reactornetty;

import io.netty.handler.codec.http.HttpHeaders;
import java.lang.reflect.Constructor;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.netty.ConnectionObserver;
import reactor.netty.http.client.HttpClient;
import reactor.netty.http.client.HttpClientConfig;
import reactor.netty.http.client.HttpClientResponse;
import reactor.netty.transport.TransportConfig;

/**
 * What no interface of the library tells or does: where a hop goes before it asks DNS, and a client
 * from a configuration. The same in all versions. Stateless.
 */
final class Internals {

  private static final String CONNECT = "reactor.netty.http.client.HttpClientConnect";

  /** Functions that are no part of a call: where to connect, how metrics name a URI. */
  private static final Set<String> KEPT = Set.of("remoteAddress", "uriTagValue");

  private static final Field TARGET;
  private static final Field RETRIES;
  private static final Method ADDRESS;
  private static final Constructor<HttpClientConfig> COPY;
  private static final Constructor<? extends HttpClient> CLIENT;
  private static final Field OBSERVER;

  /** Null before 1.0.12, where trailers are a part of the body. */
  private static final @Nullable Method TRAILERS = trailers();

  private static final List<Field> OF_CALLS = new ArrayList<>();

  static {
    try {
      ClassLoader library = HttpClient.class.getClassLoader();
      Class<?> handler = Class.forName(CONNECT + "$HttpClientHandler", false, library);
      TARGET = opened(handler.getDeclaredField("toURI"));
      RETRIES = opened(handler.getDeclaredField("shouldRetry"));
      ADDRESS = TARGET.getType().getDeclaredMethod("getRemoteAddress");
      ADDRESS.setAccessible(true);
      COPY = HttpClientConfig.class.getDeclaredConstructor(HttpClientConfig.class);
      COPY.setAccessible(true);
      CLIENT =
          Class.forName(CONNECT, false, library)
              .asSubclass(HttpClient.class)
              .getDeclaredConstructor(HttpClientConfig.class);
      CLIENT.setAccessible(true);
      OBSERVER = opened(TransportConfig.class.getDeclaredField("observer"));
      for (String name : List.of("baseUrl", "responseTimeout")) {
        OF_CALLS.add(opened(HttpClientConfig.class.getDeclaredField(name)));
      }
      for (Class<?> type = HttpClientConfig.class;
          type != TransportConfig.class;
          type = type.getSuperclass()) {
        for (Field field : type.getDeclaredFields()) {
          if (isCallback(field)) {
            OF_CALLS.add(opened(field));
          }
        }
      }
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private Internals() {}

  private static @Nullable Method trailers() {
    try {
      return HttpClientResponse.class.getMethod("trailerHeaders");
    } catch (NoSuchMethodException older) {
      return null;
    }
  }

  private static boolean isCallback(Field field) {
    return !Modifier.isStatic(field.getModifiers())
        && field.getType().getPackageName().equals("java.util.function")
        && !KEPT.contains(field.getName());
  }

  private static Field opened(Field field) {
    field.setAccessible(true);
    return field;
  }

  /**
   * The address that the next hop of a call is for, as it was written.
   *
   * @param hop what the library takes the address to connect to from
   */
  static @Nullable Object asked(Supplier<?> hop) {
    try {
      return TARGET.getDeclaringClass().isInstance(hop) ? ADDRESS.invoke(TARGET.get(hop)) : null;
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
  }

  /** What comes of a call is final: the library does not make it once more. */
  static void retryNever(Supplier<?> hop) {
    try {
      RETRIES.setBoolean(hop, false);
    } catch (IllegalAccessException e) {
      throw new IllegalStateException(e); // It was made accessible.
    }
  }

  /**
   * A client that connects as the application's does, with its pool, and has nothing of what that
   * does around a call or is told of one.
   */
  static HttpClient connectingAs(HttpClientConfig application) {
    try {
      HttpClientConfig config = COPY.newInstance(application);
      OBSERVER.set(config, ConnectionObserver.emptyListener());
      for (Field field : OF_CALLS) {
        field.set(config, null);
      }
      return CLIENT.newInstance(config);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
  }

  /** What comes behind the body of a response; done with the body. */
  @SuppressWarnings("unchecked") // As it is declared.
  static Mono<HttpHeaders> trailers(HttpClientResponse response) {
    try {
      return TRAILERS == null ? Mono.empty() : (Mono<HttpHeaders>) TRAILERS.invoke(response);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
  }
}
