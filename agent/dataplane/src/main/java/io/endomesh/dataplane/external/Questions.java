package io.endomesh.dataplane.external;

import io.endomesh.dataplane.InboundRequest;
import io.endomesh.dataplane.Protocol;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Requests as providers are told of them. Stateless. */
final class Questions {

  private Questions() {}

  static CheckServer.Question of(
      Provider provider,
      InboundRequest request,
      @Nullable String caller,
      @Nullable String own,
      long epochMillis) {
    String path = target(request);
    Map<String, String> headers = new HashMap<>();
    // As Envoy, which keeps what HTTP/2 has for them among the headers.
    put(headers, provider, ":authority", request.authority());
    put(headers, provider, ":method", request.method());
    put(headers, provider, ":path", path);
    put(headers, provider, ":scheme", request.scheme());
    for (String written : request.headerNames()) {
      String name = written.toLowerCase(Locale.ROOT);
      if (!name.startsWith(":") && !name.equals("host")) {
        put(headers, provider, name, request.header(name));
      }
    }
    String id = request.header("x-request-id");
    return new CheckServer.Question(
        request.remoteAddress(),
        caller,
        own,
        request.localPort(),
        epochMillis,
        id == null ? "" : id,
        request.method(),
        path,
        request.authority(),
        request.scheme(),
        request.protocol() == Protocol.GRPC ? "HTTP/2" : "",
        headers);
  }

  private static void put(
      Map<String, String> headers, Provider provider, String name, @Nullable String value) {
    if (value != null && provider.isSent(name)) {
      headers.put(name, value);
    }
  }

  /**
   * The path by which the server routes, in one spelling that means nothing else: a question mark
   * in it must not look like the begin of the query.
   */
  static String target(InboundRequest request) {
    String path = escaped(request.path());
    String query = request.query();
    return query == null ? path : path + "?" + query;
  }

  private static String escaped(String path) {
    for (int i = 0; i < path.length(); i++) {
      if (!isPlain(path.charAt(i))) {
        return escapedFrom(i, path);
      }
    }
    return path;
  }

  private static String escapedFrom(int first, String path) {
    StringBuilder escaped = new StringBuilder(path.length() + 16).append(path, 0, first);
    for (byte each : path.substring(first).getBytes(StandardCharsets.UTF_8)) {
      char c = (char) (each & 0xff);
      if (c < 0x80 && isPlain(c)) {
        escaped.append(c);
      } else {
        escaped
            .append('%')
            .append(Character.toUpperCase(Character.forDigit(c >> 4, 16)))
            .append(Character.toUpperCase(Character.forDigit(c & 15, 16)));
      }
    }
    return escaped.toString();
  }

  /** What stands in a path as it is (RFC 3986, 3.3). */
  private static boolean isPlain(char c) {
    return (c >= 'a' && c <= 'z')
        || (c >= 'A' && c <= 'Z')
        || (c >= '0' && c <= '9')
        || "/-._~!$&'()*+,;=:@".indexOf(c) >= 0;
  }
}
