package io.endomesh.dataplane;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** A header that is there several times, as the one that it means. */
public final class HeaderValues {

  private HeaderValues() {}

  /**
   * Joined by commas without spaces (RFC 9110, 5.3; the form that Envoy's {@code HeaderMatcher} and
   * gRFC A41 match), cookies by semicolons (RFC 9113, 8.2.3). Allocates nothing for one value.
   *
   * @param name in lower case
   * @return null if there are no values
   */
  public static @Nullable String joined(String name, List<String> values) {
    return switch (values.size()) {
      case 0 -> null;
      case 1 -> values.get(0);
      default -> String.join(name.equals("cookie") ? "; " : ",", values);
    };
  }
}
