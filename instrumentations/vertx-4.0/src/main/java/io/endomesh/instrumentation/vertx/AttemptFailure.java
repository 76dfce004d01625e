package io.endomesh.instrumentation.vertx;

import java.io.IOException;

/** What the library says of a connection, which is no such exception there. */
final class AttemptFailure extends IOException {

  private static final long serialVersionUID = 1;

  AttemptFailure(Throwable cause) {
    super(cause.getMessage(), cause);
  }

  /** The library's own. */
  static Throwable unwrap(Throwable error) {
    Throwable cause = error.getCause();
    return error instanceof AttemptFailure && cause != null ? cause : error;
  }
}
