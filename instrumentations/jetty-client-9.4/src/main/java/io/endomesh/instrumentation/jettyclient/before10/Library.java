package io.endomesh.instrumentation.jettyclient.before10;

import java.io.IOException;
import java.net.CookieManager;
import java.net.CookiePolicy;
import java.net.CookieStore;
import java.net.HttpCookie;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import org.eclipse.jetty.client.HttpClient;
import org.eclipse.jetty.client.HttpDestination;
import org.eclipse.jetty.client.HttpRequest;
import org.eclipse.jetty.client.HttpResponse;
import org.eclipse.jetty.client.api.Request;
import org.eclipse.jetty.client.api.Response;
import org.eclipse.jetty.client.http.HttpClientTransportOverHTTP;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.io.ssl.SslConnection;
import org.eclipse.jetty.util.HttpCookieStore;
import org.eclipse.jetty.util.Promise;
import org.jspecify.annotations.Nullable;

/** What Jetty 9.4 calls otherwise than those behind it. Stateless. */
public final class Library {

  private Library() {}

  /** What attempts speak. */
  public static boolean speaksHttp1(HttpDestination destination) {
    return destination.getHttpClient().getTransport() instanceof HttpClientTransportOverHTTP;
  }

  /** As the application wrote it. */
  public static List<String> headers(HttpRequest request, String name) {
    return request.getHeaders().getValuesList(name);
  }

  /** Tells the application's listeners of the request; those of the client hear of attempts. */
  public static void begins(HttpRequest request) {
    tell(request, Request.QueuedListener.class, Request.QueuedListener::onQueued);
    tell(request, Request.BeginListener.class, Request.BeginListener::onBegin);
  }

  /** As {@link #begins}, when an attempt has been answered. */
  public static void sent(HttpRequest request) {
    tell(request, Request.HeadersListener.class, Request.HeadersListener::onHeaders);
    tell(request, Request.CommitListener.class, Request.CommitListener::onCommit);
    tell(request, Request.SuccessListener.class, Request.SuccessListener::onSuccess);
  }

  private static <L extends Request.RequestListener> void tell(
      HttpRequest request, Class<L> type, BiConsumer<L, Request> step) {
    for (L each : request.getRequestListeners(type)) {
      try {
        step.accept(each, request);
      } catch (RuntimeException | LinkageError e) {
        // As in the library: what one does is nothing to the others.
        continue;
      }
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
    HttpFields headers = to.getHeaders();
    headers.clear();
    from.getHeaders().forEach(headers::add);
    changes.forEach(
        (name, values) -> {
          headers.remove(name);
          values.forEach(value -> headers.add(name, value));
        });
    if (host != null) {
      headers.put(HttpHeader.HOST, host);
    }
    from.getCookies().forEach(to::cookie);
    to.version(from.getVersion());
    ((HttpRequest) to).trailers(from.getTrailers());
  }

  /** Of the request and of the client's store. */
  public static List<String> cookies(HttpClient client, HttpRequest request) {
    List<HttpCookie> all = new ArrayList<>(request.getCookies());
    CookieStore store = client.getCookieStore();
    URI uri = request.getURI();
    if (store != null && uri != null) {
      all.addAll(HttpCookieStore.matchPath(uri, store.get(uri)));
    }
    return all.stream().map(each -> each.getName() + "=" + each.getValue()).toList();
  }

  /** As the library keeps those of an answer that it has read. */
  public static void keepCookie(HttpClient client, HttpRequest request, HttpField field) {
    URI uri = request.getURI();
    if (uri != null && field.getValue() != null) {
      try {
        new CookieManager(client.getCookieStore(), CookiePolicy.ACCEPT_ALL)
            .put(uri, Map.of(field.getName(), List.of(field.getValue())));
      } catch (IOException e) {
        // One that is not to be understood is not kept.
        return;
      }
    }
  }

  public static void forgetCookies(HttpClient client) {
    client.setCookieStore(new HttpCookieStore.Empty());
  }

  public static List<HttpField> fields(Response response) {
    List<HttpField> fields = new ArrayList<>();
    response.getHeaders().forEach(fields::add);
    return fields;
  }

  public static void add(HttpResponse response, HttpField field) {
    response.getHeaders().add(field);
  }

  /** What an attempt was told behind the body. */
  public static void trailers(Response from, HttpResponse to) {
    if (from instanceof HttpResponse response && response.getTrailers() != null) {
      response.getTrailers().forEach(to::trailer);
    }
  }

  public static void abort(Request request, Throwable cause) {
    request.abort(cause);
  }

  /** What decrypts what the network brings. */
  public static EndPoint inner(SslConnection connection) {
    return connection.getDecryptedEndPoint();
  }

  /** Who waits for a connection. */
  public static @Nullable Promise<?> connection(Map<String, Object> context) {
    return (Promise<?>) context.get("http.connection.promise");
  }
}
