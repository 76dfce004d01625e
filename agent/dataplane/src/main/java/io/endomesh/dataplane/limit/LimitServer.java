package io.endomesh.dataplane.limit;

import io.endomesh.dataplane.Reply;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Counts calls of all instances of a service (Envoy {@code
 * envoy.service.ratelimit.v3.RateLimitService}). Implemented by connections to the controller and
 * to others; thread-safe.
 */
@FunctionalInterface
public interface LimitServer {

  /** Lets everything through: where nothing is to be counted, as when calls are explained. */
  LimitServer OPEN = (question, timeoutNanos) -> new Answer(/* over= */ false, List.of());

  /**
   * Asks whether one more call is let through, and waits for the answer on the thread of the call.
   *
   * @param timeoutNanos how long at most
   * @return null if there was no answer in time, or none that can be understood
   */
  @Nullable Answer ask(Question question, long timeoutNanos);

  /**
   * One call (Envoy {@code RateLimitRequest}, {@code hits_addend} 1). Immutable.
   *
   * @param domain whose limits
   * @param descriptors one for each limit that counts the call
   */
  record Question(String domain, List<Descriptor> descriptors) {
    public Question {
      descriptors = List.copyOf(descriptors);
    }
  }

  /**
   * (Envoy {@code RateLimitResponse}.) Immutable.
   *
   * @param over if the call is not to be let through
   * @param statuses one for each descriptor, in their order; empty if the server gives none
   * @param headers that the server wants a refusal to have ({@code response_headers_to_add}), names
   *     in lower case
   */
  record Answer(boolean over, List<Status> statuses, List<Reply.Header> headers) {
    public Answer {
      statuses = List.copyOf(statuses);
      headers = List.copyOf(headers);
    }

    public Answer(boolean over, List<Status> statuses) {
      this(over, statuses, List.of());
    }
  }

  /**
   * How one limit stands (Envoy {@code DescriptorStatus}). Immutable.
   *
   * @param requests of the limit in its unit of time; 0 if the server does not say
   * @param resetNanos until a call is let through again; 0 if the server does not say
   */
  record Status(boolean over, int requests, long resetNanos) {}
}
