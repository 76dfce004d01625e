package io.endomesh.dataplane.external;

import io.endomesh.dataplane.Reply;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Decides about requests (Envoy {@code envoy.service.auth.v3.Authorization}). Implemented by
 * connections to it; thread-safe.
 */
@FunctionalInterface
public interface CheckServer {

  /**
   * Asks, and waits for the answer on the thread of the request.
   *
   * @param timeoutNanos how long at most
   * @return null if there was no answer in time, or none that can be understood
   */
  @Nullable Verdict check(Question question, long timeoutNanos);

  /**
   * One request (Envoy {@code AttributeContext}). Immutable.
   *
   * @param sourceAddress of the connection; null if it is not known
   * @param caller SPIFFE id, null if none was proved
   * @param own SPIFFE id of this workload, null if it has none
   * @param localPort that it came to
   * @param epochMillis when it came
   * @param id {@code x-request-id}; empty if it has none
   * @param path with the query; what the path's own text could be taken for is escaped
   * @param protocol {@code HTTP/2} of gRPC; empty where servers do not tell
   * @param headers all values of one as {@code HeaderValues} joins them; names in lower case
   */
  record Question(
      @Nullable String sourceAddress,
      @Nullable String caller,
      @Nullable String own,
      int localPort,
      long epochMillis,
      String id,
      String method,
      String path,
      String host,
      String scheme,
      String protocol,
      Map<String, String> headers) {
    public Question {
      headers = Map.copyOf(headers);
    }
  }

  /** The answer (Envoy {@code CheckResponse}). Immutable. */
  sealed interface Verdict {

    /**
     * (Envoy {@code OkHttpResponse}.)
     *
     * @param remove names of headers that the application is not to see
     * @param set what it is to see, in order
     * @param response headers added to what it answers
     */
    record Allowed(List<String> remove, List<Change> set, List<Reply.Header> response)
        implements Verdict {
      public static final Allowed PLAINLY = new Allowed(List.of(), List.of(), List.of());

      public Allowed {
        remove = List.copyOf(remove);
        set = List.copyOf(set);
        response = List.copyOf(response);
      }
    }

    /**
     * (Envoy {@code DeniedHttpResponse}.)
     *
     * @param headers of the refusal
     * @param body for the caller; empty if the provider has none
     */
    record Denied(int status, List<Reply.Header> headers, String body) implements Verdict {
      public Denied {
        headers = List.copyOf(headers);
      }
    }

    /**
     * It asks for what would be a danger to carry out only in part: whether the request may run is
     * not known then.
     */
    record Unusable(String why) implements Verdict {}
  }

  /** What is done with a header of the request (Envoy {@code HeaderValueOption}). */
  record Change(How how, String name, String value) {
    public enum How {
      SET,
      APPEND,
      ADD_IF_ABSENT,
      SET_IF_THERE
    }
  }
}
