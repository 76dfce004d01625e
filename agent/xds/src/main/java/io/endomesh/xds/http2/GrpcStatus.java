package io.endomesh.xds.http2;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * How a gRPC stream ended. Immutable.
 *
 * @param code number of {@code google.rpc.Code}
 * @param message of the other side; empty if it gave none
 */
public record GrpcStatus(int code, String message) {

  public static final int OK = 0;
  public static final int UNKNOWN = 2;
  public static final int DEADLINE_EXCEEDED = 4;
  public static final int PERMISSION_DENIED = 7;
  public static final int UNIMPLEMENTED = 12;
  public static final int INTERNAL = 13;
  public static final int UNAVAILABLE = 14;
  public static final int UNAUTHENTICATED = 16;

  public boolean isOk() {
    return code == OK;
  }

  /** True if who we are was not believed or not enough. */
  public boolean isRefusal() {
    return code == UNAUTHENTICATED || code == PERMISSION_DENIED;
  }

  /** As it stands in sentences for the user. */
  @Override
  public String toString() {
    return message.isEmpty() ? "gRPC status " + code : message + " (gRPC status " + code + ")";
  }

  static GrpcStatus unavailable(String message) {
    return new GrpcStatus(UNAVAILABLE, message);
  }

  /** From trailers; an HTTP status alone is mapped as gRPC's http-grpc-status-mapping has it. */
  static GrpcStatus of(
      @Nullable CharSequence grpcStatus, @Nullable CharSequence message, int httpStatus) {
    if (grpcStatus == null) {
      int code =
          switch (httpStatus) {
            case 400 -> INTERNAL;
            case 401 -> UNAUTHENTICATED;
            case 403 -> PERMISSION_DENIED;
            case 404 -> UNIMPLEMENTED;
            case 429, 502, 503, 504 -> UNAVAILABLE;
            default -> UNKNOWN;
          };
      return new GrpcStatus(code, "HTTP status " + httpStatus);
    }
    try {
      return new GrpcStatus(Integer.parseInt(grpcStatus.toString()), decode(message));
    } catch (NumberFormatException e) {
      return new GrpcStatus(UNKNOWN, "grpc-status: " + grpcStatus + " (expected: a number)");
    }
  }

  /** gRPC percent-encodes messages, and unlike a form it does not write a space as plus. */
  private static String decode(@Nullable CharSequence encoded) {
    if (encoded == null) {
      return "";
    }
    String text = encoded.toString();
    try {
      return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException notEncoded) {
      return text;
    }
  }
}
