package io.endomesh.instrumentation.httpclient4;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.http.Header;
import org.apache.http.HttpEntity;
import org.apache.http.HttpEntityEnclosingRequest;
import org.apache.http.HttpMessage;
import org.apache.http.HttpRequest;
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
}
