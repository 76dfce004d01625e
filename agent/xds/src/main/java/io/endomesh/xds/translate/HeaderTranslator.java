package io.endomesh.xds.translate;

import io.endomesh.dataplane.route.HeaderChanges;
import io.envoyproxy.envoy.config.core.v3.HeaderValueOption;
import io.envoyproxy.envoy.config.core.v3.HeaderValueOption.HeaderAppendAction;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What Envoy adds and removes of headers to {@link HeaderChanges}. Stateless. */
final class HeaderTranslator {

  /** Characters of a name besides letters and digits (RFC 9110, 5.6.2, token). */
  private static final String TOKEN_CHARACTERS = "!#$%&'*+-.^_`|~";

  private HeaderTranslator() {}

  /**
   * One level of them: removed first, then added in their order, as Envoy does.
   *
   * @param field {@code request_headers} or {@code response_headers}, with what it is a part of
   */
  static HeaderChanges changes(String field, List<HeaderValueOption> add, List<String> remove)
      throws InvalidResource {
    List<String> removed = new ArrayList<>();
    for (String name : remove) {
      removed.add(name(field + "_to_remove", name));
    }
    HeaderChanges changes = new HeaderChanges(List.of(), List.of(), removed);
    for (HeaderValueOption option : add) {
      changes = changes.then(change(field + "_to_add", option));
    }
    return changes;
  }

  private static HeaderChanges change(String field, HeaderValueOption option)
      throws InvalidResource {
    String name = name(field, option.getHeader().getKey());
    String of = field + "[" + name + "]";
    Messages.unsupported(of + ".raw_value", !option.getHeader().getRawValue().isEmpty());
    String value = value(of, option.getHeader().getValue());
    boolean append = appends(of, option);
    if (value.isEmpty() && !option.getKeepEmptyValue()) {
      // Envoy leaves such a header out.
      return HeaderChanges.NONE;
    }
    List<HeaderChanges.Header> header = List.of(new HeaderChanges.Header(name, value));
    return append
        ? new HeaderChanges(List.of(), header, List.of())
        : new HeaderChanges(header, List.of(), List.of());
  }

  @SuppressWarnings("deprecation") // Istio still sends append.
  private static boolean appends(String field, HeaderValueOption option) throws InvalidResource {
    if (option.hasAppend()) {
      return option.getAppend().getValue();
    }
    HeaderAppendAction action = option.getAppendAction();
    return switch (action) {
      case APPEND_IF_EXISTS_OR_ADD -> true;
      case OVERWRITE_IF_EXISTS_OR_ADD -> false;
      default ->
          throw new InvalidResource(
              field
                  + ".append_action: "
                  + action
                  + " (expected: APPEND_IF_EXISTS_OR_ADD or OVERWRITE_IF_EXISTS_OR_ADD)");
    };
  }

  /** Envoy changes neither pseudo-headers nor {@code host} here; that has a field of its own. */
  private static String name(String field, String name) throws InvalidResource {
    String lower = name.toLowerCase(Locale.ROOT);
    if (!isToken(lower) || lower.equals("host")) {
      throw new InvalidResource(
          field + ": '" + name + "' (expected: the name of a header, and not host)");
    }
    return lower;
  }

  static boolean isToken(String name) {
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      boolean alphanumeric = c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z';
      if (!alphanumeric && TOKEN_CHARACTERS.indexOf(c) < 0) {
        return false;
      }
    }
    return !name.isEmpty();
  }

  private static String value(String field, String value) throws InvalidResource {
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if (c < ' ' && c != '\t' || c == 0x7f) {
        throw new InvalidResource(
            field + ": a control character at " + i + " (expected: none in the value of a header)");
      }
    }
    return literal(field, value);
  }

  /** Envoy fills in {@code %COMMANDS%}, which we do not; {@code %%} is a percent sign. */
  static String literal(String field, String value) throws InvalidResource {
    if (value.replace("%%", "").indexOf('%') >= 0) {
      throw new InvalidResource(
          field + ": '" + value + "' (expected: no command; %% stands for a percent sign)");
    }
    return value.replace("%%", "%");
  }
}
