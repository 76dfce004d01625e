package io.endomesh.instrumentation.httpclient5;

import io.endomesh.dataplane.http.LocalAnswer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.EntityDetails;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpMessage;
import org.apache.hc.core5.http.HttpRequest;
import org.apache.hc.core5.http.HttpResponse;
import org.apache.hc.core5.http.HttpVersion;
import org.apache.hc.core5.http.MessageHeaders;
import org.apache.hc.core5.http.impl.BasicEntityDetails;
import org.apache.hc.core5.http.io.entity.ByteArrayEntity;
import org.apache.hc.core5.http.message.BasicClassicHttpRequest;
import org.apache.hc.core5.http.message.BasicClassicHttpResponse;
import org.apache.hc.core5.http.message.BasicHttpRequest;
import org.apache.hc.core5.http.message.BasicHttpResponse;
import org.jspecify.annotations.Nullable;

/** Messages of the library, read, copied and changed. Stateless. */
final class Messages {

  private Messages() {}

  static List<String> values(MessageHeaders message, String name) {
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

  /** The same request as another object; the body is shared. */
  static ClassicHttpRequest copy(ClassicHttpRequest request) {
    ClassicHttpRequest copy = new BasicClassicHttpRequest(request.getMethod(), request.getPath());
    copy(request, copy);
    return copy;
  }

  static void copy(ClassicHttpRequest from, ClassicHttpRequest to) {
    copy((HttpRequest) from, to);
    to.setEntity(from.getEntity());
  }

  /** The same head as another object. */
  static HttpRequest copy(HttpRequest request) {
    HttpRequest copy = new BasicHttpRequest(request.getMethod(), request.getPath());
    copy(request, copy);
    return copy;
  }

  static void copy(HttpRequest from, HttpRequest to) {
    to.setScheme(from.getScheme());
    to.setAuthority(from.getAuthority());
    to.setPath(from.getPath());
    to.setVersion(from.getVersion());
    to.setHeaders(from.getHeaders());
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

  static ClassicHttpResponse local(LocalAnswer answer) {
    ClassicHttpResponse response = new BasicClassicHttpResponse(answer.status());
    write(answer, response);
    if (answer.body().length > 0) {
      response.setEntity(new ByteArrayEntity(answer.body(), contentType(response)));
    }
    return response;
  }

  /** Of an answer whose body comes apart from it. */
  static HttpResponse head(LocalAnswer answer) {
    HttpResponse response = new BasicHttpResponse(answer.status());
    write(answer, response);
    return response;
  }

  /** Of the body that belongs to a head. */
  static EntityDetails details(HttpResponse head, int length) {
    return new BasicEntityDetails(length, contentType(head));
  }

  private static void write(LocalAnswer answer, HttpResponse response) {
    // As of any that came by HTTP/1.1: those above the client may ask for it.
    response.setVersion(HttpVersion.HTTP_1_1);
    answer
        .headers()
        .forEach((name, values) -> values.forEach(value -> response.addHeader(name, value)));
  }

  private static @Nullable ContentType contentType(HttpResponse response) {
    try {
      Header written = response.getFirstHeader("Content-Type");
      return written == null ? null : ContentType.parse(written.getValue());
    } catch (RuntimeException unknown) {
      return null; // The header says it all the same.
    }
  }
}
