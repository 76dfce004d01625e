package io.endomesh.testkit;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One version of gRPC, made in a class loader of its own and used through this interface. Its
 * service answers each message with {@code name|caller|authority|x-test header}; the message {@code
 * hold} it never answers. It has the unary method a second time, as {@code test.Echo/Renamed}.
 * Thread-safe.
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

    /** Gives a trailer to all further answers that are no messages. */
    void returning(String trailer, String value);

    /** Keeps all further calls without an answer. */
    void holding();

    /** Calls that arrived, in their order. */
    List<Call> calls();

    /** Messages that arrived and were to be answered, in their order. */
    List<String> messages();

    @Override
    void close();
  }

  /**
   * A call as it arrived.
   *
   * @param method {@code test.Echo/Unary}
   * @param headers the first value of each
   */
  record Call(String method, String authority, Map<String, String> headers) {}

  /** A call under way. */
  interface Running {
    void cancel();

    /** Waits for the end. */
    Answer answer();

    boolean ended();
  }

  /** A channel with one method for each kind of call. */
  interface Client extends AutoCloseable {
    Answer unary(String message, @Nullable Duration deadline, boolean waitForReady);

    default Answer unary(String message) {
      return unary(message, null, false);
    }

    /** Begins a unary call. */
    Running start(String message);

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
   * @param headers the first value of each header and trailer of the answer
   */
  record Answer(int status, String text, @Nullable String decidedBy, Map<String, String> headers) {}
}
