package io.endomesh.controller.oidc;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.net.URI;
import java.net.URLEncoder;
import java.util.Map;
import java.util.stream.Collectors;

/** {@code application/x-www-form-urlencoded}. Stateless. */
final class Forms {

  private Forms() {}

  static String of(Map<String, String> fields) {
    return fields.entrySet().stream()
        .map(field -> encoded(field.getKey()) + "=" + encoded(field.getValue()))
        .collect(Collectors.joining("&"));
  }

  static String encoded(String text) {
    return URLEncoder.encode(text, UTF_8);
  }

  /** An address that may have a query already. */
  static URI append(URI address, Map<String, String> fields) {
    return URI.create(address + (address.getRawQuery() == null ? "?" : "&") + of(fields));
  }
}
