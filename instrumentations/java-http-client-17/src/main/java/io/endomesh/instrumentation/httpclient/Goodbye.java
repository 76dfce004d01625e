package io.endomesh.instrumentation.httpclient;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodHandles.Lookup;
import java.lang.invoke.MethodType;
import java.util.Arrays;
import java.util.Map;

/**
 * What the JDK's client makes of a server's goodbye (GOAWAY, RFC 9113, 6.8). Before JDK 24 it broke
 * off each call of the connection, those too that the server said it would answer; since then it
 * does what stands here, and more. Stateless.
 */
final class Goodbye {

  private static final int NO_ERROR = 0;

  private Goodbye() {}

  /**
   * Sees to it that the connection gets no further calls, if the server answers all that run.
   *
   * @param streams of the connection, by number
   * @return true if that is all that is to be done
   */
  static boolean letsFinish(Object connection, Object frame, Map<?, ?> streams) {
    if (Internals.JDK_LETS_FINISH || Internals.error(frame) != NO_ERROR) {
      return false;
    }
    int last = Internals.last(frame);
    for (Object stream : streams.keySet()) {
      if (stream instanceof Integer number && number > last) {
        return false;
      }
    }
    Internals.takeNoMore(connection);
    return true;
  }

  /** Opened to the agent, and found by their names. */
  private static final class Internals {

    static final boolean JDK_LETS_FINISH;
    private static final MethodHandle LAST;
    private static final MethodHandle ERROR;
    private static final MethodHandle TAKE_NO_MORE;

    static {
      try {
        Class<?> connection = Class.forName("jdk.internal.net.http.Http2Connection");
        Class<?> frame = Class.forName("jdk.internal.net.http.frame.GoAwayFrame");
        JDK_LETS_FINISH =
            Arrays.stream(connection.getDeclaredMethods())
                .anyMatch(method -> method.getName().equals("handlePeerUnprocessedStreams"));
        LAST = of(frame, "getLastStream", int.class);
        ERROR = of(frame, "getErrorCode", int.class);
        TAKE_NO_MORE = of(connection, "setFinalStream", void.class);
      } catch (ReflectiveOperationException e) {
        throw new LinkageError("Http2Connection and GoAwayFrame", e);
      }
    }

    private static MethodHandle of(Class<?> type, String method, Class<?> gives)
        throws ReflectiveOperationException {
      Lookup lookup = MethodHandles.privateLookupIn(type, MethodHandles.lookup());
      return lookup
          .findVirtual(type, method, MethodType.methodType(gives))
          .asType(MethodType.methodType(gives, Object.class));
    }

    static int last(Object frame) {
      return number(LAST, frame);
    }

    static int error(Object frame) {
      return number(ERROR, frame);
    }

    private static int number(MethodHandle of, Object frame) {
      try {
        return (int) of.invokeExact(frame);
      } catch (Throwable e) {
        throw new LinkageError("GoAwayFrame", e);
      }
    }

    static void takeNoMore(Object connection) {
      try {
        TAKE_NO_MORE.invokeExact(connection);
      } catch (Throwable e) {
        throw new LinkageError("Http2Connection.setFinalStream", e);
      }
    }
  }
}
