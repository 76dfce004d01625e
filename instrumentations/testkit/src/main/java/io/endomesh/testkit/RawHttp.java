package io.endomesh.testkit;

import io.endomesh.dataplane.trail.Trail;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/** Requests as bytes, which no client has looked at. Stateless. */
public final class RawHttp {

  /** Longer than any answer takes; a server that keeps silent fails its test. */
  private static final int PATIENCE_MILLIS = 10_000;

  private static final String HEAD_END = "\r\n\r\n";

  private RawHttp() {}

  /**
   * @param status 0 if the connection was closed without an answer
   * @param application that answered, by {@code x-application}; empty if none did
   * @param path as that application sees it, by {@code x-path} as a form would encode it; empty if
   *     none did
   * @param decidedBy policy that refused, by the trail of the request; empty if none did
   */
  public record Answer(int status, String application, String path, String decidedBy) {}

  /**
   * @param target between method and version, each char a byte
   * @param token by which the trail is asked for
   */
  static Answer get(int port, String target, String token) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket.setSoTimeout(PATIENCE_MILLIS);
      String request =
          "GET "
              + target
              + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
              + Trail.HEADER
              + ": "
              + token
              + "\r\n\r\n";
      socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
      return parse(head(socket.getInputStream()));
    }
  }

  /** No further: some servers leave it to the caller to close. */
  private static String head(InputStream in) throws IOException {
    StringBuilder head = new StringBuilder();
    try {
      for (int next = 0; next >= 0 && !isWhole(head); ) {
        next = in.read();
        if (next >= 0) {
          head.append((char) next);
        }
      }
    } catch (SocketException closedWithoutReadingAll) {
      return head.toString();
    }
    return head.toString();
  }

  private static boolean isWhole(StringBuilder head) {
    return head.indexOf(HEAD_END, Math.max(0, head.length() - HEAD_END.length())) >= 0;
  }

  private static Answer parse(String answer) {
    String[] lines = answer.split(HEAD_END, 2)[0].split("\r\n");
    if (!lines[0].startsWith("HTTP/1.1 ")) {
      return new Answer(0, "", "", "");
    }
    Map<String, String> headers = new HashMap<>();
    for (String line : lines) {
      int colon = line.indexOf(": ");
      if (colon > 0) {
        headers.put(line.substring(0, colon).toLowerCase(Locale.ROOT), line.substring(colon + 2));
      }
    }
    return new Answer(
        Integer.parseInt(lines[0].split(" ")[1]),
        headers.getOrDefault("x-application", ""),
        URLDecoder.decode(headers.getOrDefault("x-path", ""), StandardCharsets.UTF_8),
        decidedBy(headers.getOrDefault(Trail.HEADER, "")));
  }

  /** A string among the parameters of a structured field (RFC 9651). */
  private static String decidedBy(String trail) {
    int begin = trail.indexOf(DECIDED_BY);
    return begin < 0 ? "" : trail.substring(begin + DECIDED_BY.length()).split("\"", 2)[0];
  }

  private static final String DECIDED_BY = ";decided-by=\"";
}
