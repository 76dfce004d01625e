package io.endomesh.controller.forward;

/**
 * What became of a request.
 *
 * @param problem in a few words; empty if it was accepted
 */
record Delivery(Kind kind, String problem) {

  enum Kind {
    ACCEPTED,
    /** Worth another try: no answer, or one that OTLP calls retryable. */
    LATER,
    /** It will never be taken. */
    REJECTED
  }

  static final Delivery ACCEPTED = new Delivery(Kind.ACCEPTED, "");

  static Delivery later(String problem) {
    return new Delivery(Kind.LATER, problem);
  }

  /** Retryable statuses are those of the OTLP specification (1.9, failures); Zipkin has none. */
  static Delivery of(int status) {
    if (status >= 200 && status < 300) {
      return ACCEPTED;
    }
    Kind kind =
        switch (status) {
          case 429, 502, 503, 504 -> Kind.LATER;
          default -> Kind.REJECTED;
        };
    return new Delivery(kind, "it answered " + status);
  }
}
