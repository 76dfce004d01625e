package io.endomesh.telemetry;

import org.jspecify.annotations.Nullable;

/** When an HTTP status is an error, and its text without making a new string each time. */
final class HttpStatus {

  private static final int CLIENT_ERROR = 400;
  private static final int SERVER_ERROR = 500;

  /** Beyond the registered classes (RFC 9110, section 15) text is made when it is needed. */
  private static final int LIMIT = 600;

  private static final String[] TEXT = new String[LIMIT - CLIENT_ERROR];

  static {
    for (int i = 0; i < TEXT.length; i++) {
      TEXT[i] = Integer.toString(CLIENT_ERROR + i);
    }
  }

  private HttpStatus() {}

  /**
   * {@code error.type} of a status: from 400 on for who called, from 500 on for who answered, as
   * the HTTP conventions have it. No status at all is a call that nobody waited for any more.
   */
  static @Nullable String errorType(int status, boolean server) {
    if (status == 0) {
      return Observed.ABANDONED;
    }
    if (status < (server ? SERVER_ERROR : CLIENT_ERROR)) {
      return null;
    }
    return status < LIMIT ? TEXT[status - CLIENT_ERROR] : Integer.toString(status);
  }
}
