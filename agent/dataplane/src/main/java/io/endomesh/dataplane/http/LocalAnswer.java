package io.endomesh.dataplane.http;

import io.endomesh.dataplane.Reply;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * An answer of the mesh itself as an HTTP message, for a library to put into its own shape.
 * Immutable; nobody writes into the body.
 *
 * @param headers names compared without regard to case
 * @param body empty if the message has none, whatever its Content-Length says
 */
public record LocalAnswer(int status, Map<String, List<String>> headers, byte[] body) {

  /** No Content and Not Modified (RFC 9110, 15.3.5 and 15.4.5). */
  private static final Set<Integer> BODILESS = Set.of(204, 304);

  private static final byte[] NONE = {};

  /**
   * @param method of the request: the answer to HEAD has no body
   */
  public static LocalAnswer of(Reply reply, String method) {
    byte[] text = reply.message().getBytes(StandardCharsets.UTF_8);
    boolean bodiless = method.equals("HEAD") || BODILESS.contains(reply.status());
    return new LocalAnswer(reply.status(), headers(reply, text.length), bodiless ? NONE : text);
  }

  private static Map<String, List<String>> headers(Reply reply, int length) {
    Map<String, List<String>> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    for (Reply.Header header : reply.headers()) {
      headers.computeIfAbsent(header.name(), name -> new ArrayList<>()).add(header.value());
    }
    if (length > 0) {
      headers.putIfAbsent("content-type", List.of("text/plain; charset=utf-8"));
    }
    headers.put("content-length", List.of(Integer.toString(length)));
    headers.put(Reply.DECIDED_BY_HEADER, List.of(reply.decidedBy()));
    return headers;
  }
}
