package io.endomesh.controller.explain;

import io.endomesh.dataplane.Protocol;
import io.endomesh.dataplane.explain.ExplainedRequest;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A call that is asked about. Immutable.
 *
 * @param method HTTP method; not looked at for gRPC
 * @param url {@code http://orders/api/1}, or {@code grpc://inventory/shop.Inventory/Reserve}
 * @param from {@code shop/storefront}, or the name alone where only one namespace has it
 * @param headers values by name
 */
public record Question(String method, String url, String from, Map<String, List<String>> headers) {

  private static final Pattern URL =
      Pattern.compile("(?i)(https?|grpc)://([^/?#\\s]+)((?:/[^?#\\s]*)?(?:\\?[^#\\s]*)?)");

  /** RFC 9110, 5.6.2: what methods and names of headers are made of. */
  private static final Pattern TOKEN = Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]+");

  public Question {
    headers = Map.copyOf(headers);
    if (!TOKEN.matcher(method).matches()) {
      throw new InvalidQuestionException("method", "'" + method + "' (expected: as GET)");
    }
    for (String name : headers.keySet()) {
      if (!TOKEN.matcher(name).matches()) {
        throw new InvalidQuestionException("headers", "'" + name + "' (expected: as x-user)");
      }
    }
    if (!URL.matcher(url).matches()) {
      throw new InvalidQuestionException(
          "url",
          "'"
              + url
              + "' (expected: http://SERVICE/PATH, https://… or"
              + " grpc://SERVICE/package.Service/Method)");
    }
  }

  /** Host and port as an application would write them. */
  String authority() {
    return parts().group(2);
  }

  ExplainedRequest request() {
    Matcher parts = parts();
    String scheme = parts.group(1).toLowerCase(Locale.ROOT);
    String target = parts.group(3);
    boolean grpc = scheme.equals("grpc");
    return new ExplainedRequest(
        grpc ? Protocol.GRPC : Protocol.HTTP,
        grpc ? "POST" : method,
        grpc ? "http" : scheme,
        parts.group(2),
        target.startsWith("/") ? target : "/" + target,
        headers);
  }

  private Matcher parts() {
    Matcher parts = URL.matcher(url);
    if (!parts.matches()) {
      throw new IllegalStateException(url + " was checked");
    }
    return parts;
  }
}
