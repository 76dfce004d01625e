package io.endomesh.instrumentation.jettyclient.since12;

import java.lang.reflect.Field;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.eclipse.jetty.client.HttpClient;
import org.eclipse.jetty.client.Origin;
import org.eclipse.jetty.client.Request;
import org.eclipse.jetty.client.Response;
import org.eclipse.jetty.client.internal.NotifyingRequestListeners;
import org.eclipse.jetty.client.transport.HttpDestination;
import org.eclipse.jetty.client.transport.HttpRequest;
import org.eclipse.jetty.client.transport.HttpResponse;
import org.eclipse.jetty.http.HttpCookie;
import org.eclipse.jetty.http.HttpCookieStore;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.io.ssl.SslConnection;
import org.eclipse.jetty.util.Promise;
import org.jspecify.annotations.Nullable;

/** What Jetty 12 calls otherwise than those before: the same methods as there. Stateless. */
public final class Library {

  /** The library tells them together with those of the client. */
  private static final Field LISTENERS;

  private static final Method SENT;

  static {
    try {
      LISTENERS = HttpRequest.class.getDeclaredField("requestListeners");
      LISTENERS.setAccessible(true);
      SENT = HttpRequest.class.getDeclaredMethod("sent");
      SENT.setAccessible(true);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
  }

  private Library() {}

  /** What attempts speak; a transport that knows several says so by the request's version. */
  public static boolean speaksHttp1(HttpDestination destination) {
    Origin.Protocol protocol = destination.getOrigin().getProtocol();
    return protocol != null && protocol.getProtocols().contains("http/1.1");
  }

  /** As the application wrote it. */
  public static List<String> headers(HttpRequest request, String name) {
    return request.getHeaders().getValuesList(name);
  }

  /** Tells the application's listeners of the request; those of the client hear of attempts. */
  public static void begins(HttpRequest request) {
    NotifyingRequestListeners own = listeners(request);
    if (own != null) {
      own.notifyQueued(request);
      own.notifyBegin(request);
    }
    try {
      // From now on its time runs, also for a redirect.
      SENT.invoke(request);
    } catch (IllegalAccessException | InvocationTargetException e) {
      throw new IllegalStateException(e);
    }
  }

  /** As {@link #begins}, when an attempt has been answered. */
  public static void sent(HttpRequest request) {
    NotifyingRequestListeners own = listeners(request);
    if (own != null) {
      own.notifyHeaders(request);
      own.notifyCommit(request);
      own.notifySuccess(request);
    }
  }

  private static @Nullable NotifyingRequestListeners listeners(HttpRequest request) {
    try {
      return (NotifyingRequestListeners) LISTENERS.get(request);
    } catch (IllegalAccessException e) {
      throw new IllegalStateException(e);
    }
  }

  public static boolean isCookie(HttpField field) {
    return field.getHeader() == HttpHeader.SET_COOKIE
        || field.getHeader() == HttpHeader.SET_COOKIE2;
  }

  /**
   * Headers, trailers and cookies of the application's request.
   *
   * @param changes what is sent in place of them
   * @param host of the Host header, null for what there is
   */
  public static void copy(
      HttpRequest from, Request to, Map<String, List<String>> changes, @Nullable String host) {
    to.headers(
        headers -> {
          headers.clear().add(from.getHeaders());
          changes.forEach(
              (name, values) -> {
                headers.remove(name);
                values.forEach(value -> headers.add(name, value));
              });
          if (host != null) {
            headers.put(HttpHeader.HOST, host);
          }
        });
    from.getCookies().forEach(to::cookie);
    to.version(from.getVersion());
    to.trailersSupplier(from.getTrailersSupplier());
  }

  /** Of the request and of the client's store. */
  public static List<String> cookies(HttpClient client, HttpRequest request) {
    List<HttpCookie> all = new ArrayList<>(request.getCookies());
    HttpCookieStore store = client.getHttpCookieStore();
    URI uri = request.getURI();
    if (store != null && uri != null) {
      all.addAll(store.match(uri));
    }
    return all.stream().map(each -> each.getName() + "=" + each.getValue()).toList();
  }

  /** As the library keeps those of an answer that it has read. */
  public static void keepCookie(HttpClient client, HttpRequest request, HttpField field) {
    URI uri = request.getURI();
    if (uri != null) {
      client.putCookie(uri, field);
    }
  }

  public static void forgetCookies(HttpClient client) {
    client.setHttpCookieStore(new HttpCookieStore.Empty());
  }

  public static List<HttpField> fields(Response response) {
    List<HttpField> fields = new ArrayList<>();
    response.getHeaders().forEach(fields::add);
    return fields;
  }

  public static void add(HttpResponse response, HttpField field) {
    response.addHeader(field);
  }

  /** What an attempt was told behind the body. */
  public static void trailers(Response from, HttpResponse to) {
    HttpFields trailers = from.getTrailers();
    if (trailers != null) {
      trailers.forEach(to::trailer);
    }
  }

  public static void abort(Request request, Throwable cause) {
    request.abort(cause);
  }

  /** What decrypts what the network brings. */
  public static EndPoint inner(SslConnection connection) {
    return connection.getSslEndPoint();
  }

  /** Who waits for a connection; until 12.0 by another name. */
  public static @Nullable Promise<?> connection(Map<String, Object> context) {
    Object promise = context.get("org.eclipse.jetty.client.Connection.promise");
    return (Promise<?>)
        (promise == null ? context.get("org.eclipse.jetty.client.connection.promise") : promise);
  }
}
