package io.endomesh.weaving;

import org.jspecify.annotations.Nullable;

/** The name of a service that nobody named: from its jar or its main class. Stateless. */
final class ServiceName {

  /** Said openly: nothing of the command line could be used. */
  private static final String UNNAMED = "unnamed";

  private ServiceName() {}

  /**
   * {@code /opt/order-service-1.2.jar --x} → {@code order-service}; {@code shop/com.acme.Orders} →
   * {@code orders}.
   */
  static String ofCommand(@Nullable String command) {
    if (command == null || command.isBlank()) {
      return UNNAMED;
    }
    int jarEnd = command.indexOf(".jar");
    String name;
    if (jarEnd > 0 && (jarEnd + 4 == command.length() || command.charAt(jarEnd + 4) == ' ')) {
      String path = command.substring(0, jarEnd).replace('\\', '/');
      name = withoutVersion(path.substring(path.lastIndexOf('/') + 1));
    } else {
      int space = command.indexOf(' ');
      name = space < 0 ? command : command.substring(0, space);
      name = name.substring(name.lastIndexOf('/') + 1);
      name = name.endsWith(".java") ? name.substring(0, name.length() - 5) : name;
      name = name.substring(name.lastIndexOf('.') + 1);
    }
    name = kebabCase(name);
    return name.isEmpty() ? UNNAMED : name;
  }

  /** {@code OrderService2} → {@code order-service2}; empty if nothing is left. */
  static String kebabCase(String text) {
    StringBuilder result = new StringBuilder();
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c >= 'A' && c <= 'Z') {
        boolean afterLower = i > 0 && isLowerOrDigit(text.charAt(i - 1));
        boolean beforeLower =
            i > 0
                && i + 1 < text.length()
                && text.charAt(i + 1) >= 'a'
                && text.charAt(i + 1) <= 'z';
        if (afterLower || beforeLower) {
          hyphen(result);
        }
        result.append((char) (c + 32));
      } else if (isLowerOrDigit(c)) {
        result.append(c);
      } else {
        hyphen(result);
      }
    }
    // Cut before trimming: the cut may fall behind a hyphen. 63: a DNS label.
    result.setLength(Math.min(result.length(), 63));
    while (!result.isEmpty() && result.charAt(result.length() - 1) == '-') {
      result.setLength(result.length() - 1);
    }
    return result.toString();
  }

  private static void hyphen(StringBuilder result) {
    if (!result.isEmpty() && result.charAt(result.length() - 1) != '-') {
      result.append('-');
    }
  }

  private static String withoutVersion(String jarName) {
    for (int i = 1; i + 1 < jarName.length(); i++) {
      char next = jarName.charAt(i + 1);
      if (jarName.charAt(i) == '-' && next >= '0' && next <= '9') {
        return jarName.substring(0, i);
      }
    }
    return jarName;
  }

  private static boolean isLowerOrDigit(char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
  }
}
