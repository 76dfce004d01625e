package io.endomesh.instrumentation.netty;

import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * Ways in which what stands on Netty reads the path of a request, which Netty itself does not read.
 * A request must be allowed by each of those that apply. Stateless.
 */
public enum PathReading {
  /** As Reactor Netty's routes compare it. */
  AS_WRITTEN,

  /** Escapes decoded, no fragment: {@code java.net.URI.getPath}, Reactor Netty's own path. */
  DECODED {
    @Override
    String of(String path) {
      return decoded(withoutFragment(path));
    }
  },

  /** Each segment without its parameters, and decoded then: Spring's {@code PathContainer}. */
  WITHOUT_PARAMETERS {
    @Override
    String of(String path) {
      String written = withoutFragment(path);
      if (written.indexOf(';') < 0) {
        return decoded(written);
      }
      StringBuilder segments = new StringBuilder(written.length());
      boolean inParameters = false;
      for (int i = 0; i < written.length(); i++) {
        char next = written.charAt(i);
        inParameters = next == ';' || inParameters && next != '/';
        if (!inParameters) {
          segments.append(next);
        }
      }
      return decoded(segments.toString());
    }
  },

  /** That, with empty and dot segments resolved (RFC 3986, 5.2.4). */
  NORMALIZED {
    @Override
    String of(String path) {
      String decoded = WITHOUT_PARAMETERS.of(path);
      Deque<String> segments = new ArrayDeque<>();
      for (String segment : decoded.split("/")) {
        if (segment.equals("..")) {
          segments.pollLast();
        } else if (!segment.isEmpty() && !segment.equals(".")) {
          segments.addLast(segment);
        }
      }
      String end = decoded.endsWith("/") && !segments.isEmpty() ? "/" : "";
      return "/" + String.join("/", segments) + end;
    }
  },

  /** As a Vert.x request says it. */
  OF_VERTX {
    @Override
    public String read(String target) {
      return VertxPath.of(target);
    }
  },

  /** As Vert.x Web's routes compare it. */
  OF_VERTX_ROUTER {
    @Override
    public String read(String target) {
      return VertxPath.normalized(VertxPath.of(target));
    }
  },

  /** That decoded, as its routes give what they found in it to handlers. */
  OF_VERTX_PARAMETERS {
    @Override
    public String read(String target) {
      return decoded(OF_VERTX_ROUTER.read(target));
    }
  };

  /** The path in this reading. */
  String of(String path) {
    return path;
  }

  /** The path that a request's target has in this reading. */
  public String read(String target) {
    return of(path(target));
  }

  /**
   * True if all readings of it are the same: it says so little that there is nothing to read. Most
   * paths do.
   */
  public static boolean isPlain(String target) {
    if (target.isEmpty() || target.charAt(0) != '/') {
      return false;
    }
    char last = 0;
    for (int i = 0; i < target.length(); i++) {
      char next = target.charAt(i);
      if (next == '?') {
        return true;
      }
      boolean asBefore = next != '%' && next != ';' && next != '#' && next != '\\';
      if (!asBefore || last == '/' && (next == '/' || next == '.')) {
        return false;
      }
      last = next;
    }
    return true;
  }

  /**
   * Without scheme, authority and query. What does not begin with a slash begins with an authority,
   * for Reactor Netty.
   */
  static String path(String target) {
    int start = pathStart(target);
    int query = target.indexOf('?', start);
    String path = query < 0 ? target.substring(start) : target.substring(start, query);
    return path.isEmpty() ? "/" : path;
  }

  private static int pathStart(String target) {
    int slash = target.indexOf('/');
    if (slash <= 0) {
      return slash < 0 ? pathlessEnd(target) : 0;
    }
    boolean scheme =
        target.charAt(slash - 1) == ':'
            && slash + 1 < target.length()
            && target.charAt(slash + 1) == '/';
    int authority = scheme ? slash + 2 : 0;
    for (int i = authority; i < target.length(); i++) {
      if (target.charAt(i) == '/' || target.charAt(i) == '?') {
        return i;
      }
    }
    return target.length();
  }

  /** {@code *}, or an authority alone. */
  private static int pathlessEnd(String target) {
    return target.equals("*") ? 0 : target.length();
  }

  /**
   * @return null if the target has none
   */
  public static @Nullable String authority(String target) {
    int end = pathStart(target);
    int start = target.indexOf("://");
    return start > 0 && start + 3 <= end ? target.substring(start + 3, end) : null;
  }

  /** Raw, without its mark; null if the target has none. */
  public static @Nullable String query(String target) {
    int mark = target.indexOf('?', pathStart(target));
    return mark < 0 ? null : target.substring(mark + 1);
  }

  private static String withoutFragment(String path) {
    int mark = path.indexOf('#');
    return mark < 0 ? path : path.substring(0, mark);
  }

  /** Once. An escape that is none stays as it is: whoever routes refuses it. */
  static String decoded(String path) {
    if (path.indexOf('%') < 0) {
      return path;
    }
    byte[] written = path.getBytes(StandardCharsets.UTF_8);
    byte[] decoded = new byte[written.length];
    int length = 0;
    for (int i = 0; i < written.length; i++) {
      int octet = written[i] == '%' ? escaped(written, i) : -1;
      decoded[length++] = octet < 0 ? written[i] : (byte) octet;
      i += octet < 0 ? 0 : 2;
    }
    return new String(decoded, 0, length, StandardCharsets.UTF_8);
  }

  private static int escaped(byte[] written, int mark) {
    if (mark + 2 >= written.length) {
      return -1;
    }
    int high = Character.digit(written[mark + 1], 16);
    int low = Character.digit(written[mark + 2], 16);
    return high < 0 || low < 0 ? -1 : high << 4 | low;
  }
}
