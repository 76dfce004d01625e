package io.endomesh.instrumentation.httpclient4;

import io.endomesh.dataplane.http.ChangedHeaders;
import io.endomesh.dataplane.http.HeaderReader;
import io.endomesh.dataplane.http.HttpAttempt;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.http.Header;
import org.apache.http.HttpEntity;
import org.apache.http.HttpEntityEnclosingRequest;
import org.apache.http.HttpMessage;
import org.apache.http.HttpRequest;
import org.apache.http.HttpResponse;
import org.apache.http.RequestLine;
import org.apache.http.client.methods.HttpRequestWrapper;
import org.apache.http.message.BasicHttpEntityEnclosingRequest;
import org.apache.http.message.BasicHttpRequest;
import org.apache.http.message.BasicRequestLine;
import org.jspecify.annotations.Nullable;

/** Messages of the library, read, copied and changed. Stateless. */
final class Messages {

  private Messages() {}

  static List<String> values(HttpMessage message, String name) {
    Header[] headers = message.getHeaders(name);
    if (headers.length == 0) {
      return List.of();
    }
    List<String> values = new ArrayList<>(headers.length);
    for (Header header : headers) {
      // A header without a colon has no value.
      values.add(header.getValue() == null ? "" : header.getValue());
    }
    return values;
  }

  static @Nullable HttpEntity entity(HttpRequest request) {
    return request instanceof HttpEntityEnclosingRequest enclosing ? enclosing.getEntity() : null;
  }

  /** Path and query; what is written for a proxy has scheme and host in front. */
  static String requestTarget(HttpRequest request) {
    String uri = request.getRequestLine().getUri();
    int scheme = uri.startsWith("/") ? -1 : uri.indexOf("://");
    if (scheme < 0) {
      return uri;
    }
    int path = uri.indexOf('/', scheme + "://".length());
    return path < 0 ? "/" : uri.substring(path);
  }

  /** What goes out: the request as its view says now, with the application's body. */
  static HttpRequestWrapper wire(HttpRequestWrapper request, RequestView view) {
    String target = view.sentTarget();
    HttpRequestWrapper wire = copy(request, target == null ? view.requestTarget() : target);
    change(wire, view.changedHeaders());
    String authority = view.sentAuthority();
    if (authority != null) {
      wire.setHeader("Host", authority);
    }
    return wire;
  }

  /** The same request as another object, with another target; the body is shared. */
  static HttpRequestWrapper copy(HttpRequestWrapper request, String target) {
    RequestLine line =
        new BasicRequestLine(request.getMethod(), target, request.getProtocolVersion());
    if (!(request instanceof HttpEntityEnclosingRequest enclosing)) {
      return wrap(new BasicHttpRequest(line), request);
    }
    BasicHttpEntityEnclosingRequest copy = new BasicHttpEntityEnclosingRequest(line);
    copy.setEntity(enclosing.getEntity());
    return wrap(copy, request);
  }

  private static HttpRequestWrapper wrap(HttpRequest copy, HttpRequestWrapper request) {
    copy.setHeaders(request.getAllHeaders());
    return HttpRequestWrapper.wrap(copy);
  }

  /**
   * @param changes as {@link io.endomesh.dataplane.http.ChangedHeaders#changes} has them
   */
  static void change(HttpMessage message, Map<String, List<String>> changes) {
    changes.forEach(
        (name, values) -> {
          message.removeHeaders(name);
          values.forEach(value -> message.addHeader(name, value));
        });
  }

  /**
   * The head of an answer has come; what the mesh changes of it is changed.
   *
   * @return true if it is the application's
   */
  static boolean answered(HttpAttempt attempt, HttpResponse response) {
    HeaderReader headers = name -> values(response, name);
    boolean delivers = attempt.answered(response.getStatusLine().getStatusCode(), headers);
    if (delivers && attempt.attempt().changesResponse()) {
      ChangedHeaders changed = new ChangedHeaders(headers);
      attempt.attempt().changeResponse(changed);
      change(response, changed.changes());
    }
    return delivers;
  }
}
