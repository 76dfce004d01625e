package io.endomesh.testkit;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One version of gRPC, made in a class loader of its own and used through this interface. Its
 * service answers each message with {@code name|caller|authority|x-test header}; the message {@code
 * hold} it never answers. Thread-safe.
 */
public interface GrpcUnderTest {

  /** A server on a free port of the loopback interface. */
  Server serve(String name) throws Exception;

  /** A plaintext channel, as an application makes it. */
  Client connect(String target);

  /** A running server. */
  interface Server extends AutoCloseable {
    int port();

    /** gRPC status of all further answers; 0 answers the message. */
    void answering(int grpcStatus);

    @Override
    void close();
  }

  /** A channel with one method for each kind of call. */
  interface Client extends AutoCloseable {
    Answer unary(String message, @Nullable Duration deadline, boolean waitForReady);

    default Answer unary(String message) {
      return unary(message, null, false);
    }

    Answer serverStreaming(String message);

    Answer clientStreaming(List<String> messages);

    Answer bidirectional(List<String> messages);

    @Override
    void close();
  }

  /**
   * How a call ended.
   *
   * @param status gRPC status code number
   * @param text messages received, joined by commas; the status description if it failed
   * @param decidedBy the mesh's trailer, null if there was none
   */
  record Answer(int status, String text, @Nullable String decidedBy) {}
}
