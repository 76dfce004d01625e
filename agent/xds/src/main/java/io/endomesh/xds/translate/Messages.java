package io.endomesh.xds.translate;

import com.google.protobuf.Any;
import com.google.protobuf.Duration;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.MessageLite;
import com.google.protobuf.Parser;

/** Reading of protobuf values that every translator meets. Stateless. */
final class Messages {

  private static final String TYPE_PREFIX = "type.googleapis.com/";

  private Messages() {}

  static boolean is(Any any, String type) {
    return any.getTypeUrl().equals(TYPE_PREFIX + type);
  }

  /** The lite runtime has no {@code Any.unpack}: types are told apart by their URL. */
  static <M extends MessageLite> M unpack(String field, Any any, String type, Parser<M> parser)
      throws InvalidResource {
    if (!is(any, type)) {
      throw new InvalidResource(
          field + ": " + any.getTypeUrl() + " (expected: " + TYPE_PREFIX + type + ")");
    }
    try {
      return parser.parseFrom(any.getValue());
    } catch (InvalidProtocolBufferException e) {
      throw new InvalidResource(
          field
              + ": "
              + any.getValue().size()
              + " bytes that are no "
              + type
              + " ("
              + e.getMessage()
              + ")");
    }
  }

  /**
   * @throws InvalidResource if it is negative or longer than a {@code long} of nanoseconds holds
   */
  static long nanos(String field, Duration duration) throws InvalidResource {
    if (duration.getSeconds() < 0 || duration.getNanos() < 0) {
      throw new InvalidResource(field + ": " + text(duration) + " (expected: >= 0)");
    }
    try {
      return Math.addExact(
          Math.multiplyExact(duration.getSeconds(), 1_000_000_000L), duration.getNanos());
    } catch (ArithmeticException e) {
      throw new InvalidResource(field + ": " + text(duration) + " (expected: at most 292 years)");
    }
  }

  /** As {@link #nanos}, but 0 is none either. */
  static long positiveNanos(String field, Duration duration) throws InvalidResource {
    long nanos = nanos(field, duration);
    if (nanos == 0) {
      throw new InvalidResource(field + ": 0 s (expected: > 0)");
    }
    return nanos;
  }

  /**
   * Refuses what would change traffic in a way that the data plane does not know.
   *
   * @param present false if the message says nothing about it
   */
  static void unsupported(String field, boolean present) throws InvalidResource {
    if (present) {
      throw new InvalidResource(field + " is not supported");
    }
  }

  private static String text(Duration duration) {
    return duration.getSeconds() + " s " + duration.getNanos() + " ns";
  }
}
