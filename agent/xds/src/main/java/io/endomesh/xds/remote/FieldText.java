package io.endomesh.xds.remote;

import io.endomesh.dataplane.Reply;
import io.envoyproxy.envoy.config.core.v3.HeaderValue;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/** Headers that others want to be added to a message, as far as they can be. Stateless. */
final class FieldText {

  /** A field name (RFC 9110, 5.1); that of a pseudo-header is none. */
  private static final Pattern NAME = Pattern.compile("[!#$%&'*+.^_`|~0-9a-z-]{1,256}");

  /** What a field value may hold (RFC 9110, 5.5), so that it ends no line. */
  private static final Pattern VALUE = Pattern.compile("[\\t\\x20-\\x7e]{0,4096}");

  /** They belong to whoever writes the message: how long it is, and to the connection. */
  private static final Set<String> OF_THE_CONNECTION =
      Set.of(
          "connection",
          "content-length",
          "expect",
          "host",
          "keep-alive",
          "proxy-connection",
          "te",
          "trailer",
          "transfer-encoding",
          "upgrade");

  private FieldText() {}

  static String name(HeaderValue header) {
    return header.getKey().toLowerCase(Locale.ROOT);
  }

  static String value(HeaderValue header) {
    return header.getRawValue().isEmpty() ? header.getValue() : header.getRawValue().toStringUtf8();
  }

  static boolean isValue(String value) {
    return VALUE.matcher(value).matches();
  }

  /**
   * @param name in lower case
   */
  static boolean isOthersToChange(String name) {
    return NAME.matcher(name).matches()
        && !OF_THE_CONNECTION.contains(name)
        && !name.startsWith("grpc-")
        && !name.equals(Reply.DECIDED_BY_HEADER);
  }
}
