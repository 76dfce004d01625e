package io.endomesh.controller.kinds;

import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;

/** Points in time (RFC 3339). Stateless. */
final class Times {

  private Times() {}

  /**
   * @param path of the field in its resource
   */
  static Instant parse(String path, String text) {
    try {
      return OffsetDateTime.parse(text).toInstant();
    } catch (DateTimeParseException e) {
      throw new InvalidFieldException(
          path, "'" + text + "' (expected: a time such as 2026-12-01T18:00:00Z, RFC 3339)");
    }
  }
}
