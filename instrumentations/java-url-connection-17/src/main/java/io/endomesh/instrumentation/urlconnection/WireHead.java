package io.endomesh.instrumentation.urlconnection;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the mesh makes of the head of a request as the JDK is about to write it, below Host, path
 * and cookies. Immutable.
 *
 * @param method null for that of the connection
 * @param target path and query, null for those of the URL
 * @param authority null for that of the URL
 * @param headers by name, all values of each; none removes it
 */
record WireHead(
    @Nullable String method,
    @Nullable String target,
    @Nullable String authority,
    Map<String, List<String>> headers) {

  /**
   * @param head a {@code sun.net.www.MessageHeader}, whose first line is the request line
   */
  void applyTo(Object head) {
    try {
      String line = (String) Jdk.GET_KEY.invoke(head, 0);
      String[] parts = line.split(" ", -1);
      if (parts.length == 3 && (method != null || target != null)) {
        String changed =
            (method == null ? parts[0] : method)
                + " "
                + (target == null ? parts[1] : target)
                + " "
                + parts[2];
        Jdk.SET_LINE.invoke(head, 0, changed, (String) null);
      }
      if (authority != null) {
        Jdk.SET.invoke(head, "Host", authority);
      }
      for (Map.Entry<String, List<String>> header : headers.entrySet()) {
        Jdk.REMOVE.invoke(head, header.getKey());
        for (String value : header.getValue()) {
          Jdk.ADD.invoke(head, header.getKey(), value);
        }
      }
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException("head of a request: not changed", e);
    }
  }

  /** The JDK's class is opened to us at run time only. */
  private static final class Jdk {
    static final MethodHandle GET_KEY;
    static final MethodHandle SET_LINE;
    static final MethodHandle SET;
    static final MethodHandle ADD;
    static final MethodHandle REMOVE;

    static {
      try {
        Class<?> type = Class.forName("sun.net.www.MessageHeader");
        MethodHandles.Lookup lookup = MethodHandles.lookup();
        MethodType pair = MethodType.methodType(void.class, String.class, String.class);
        GET_KEY =
            lookup.findVirtual(type, "getKey", MethodType.methodType(String.class, int.class));
        SET_LINE =
            lookup.findVirtual(
                type,
                "set",
                MethodType.methodType(void.class, int.class, String.class, String.class));
        SET = lookup.findVirtual(type, "set", pair);
        ADD = lookup.findVirtual(type, "add", pair);
        REMOVE =
            lookup.findVirtual(type, "remove", MethodType.methodType(void.class, String.class));
      } catch (ReflectiveOperationException e) {
        throw new ExceptionInInitializerError(e);
      }
    }
  }
}
