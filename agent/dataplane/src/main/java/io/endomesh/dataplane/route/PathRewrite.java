package io.endomesh.dataplane.route;

import com.google.re2j.Pattern;

/** Another path in place of the application's (Gateway API {@code HTTPPathModifier}). Immutable. */
public sealed interface PathRewrite {

  /**
   * @param path without query
   * @return always starts with {@code /}
   */
  String apply(String path);

  /** The whole path. */
  record Full(String replacement) implements PathRewrite {
    @Override
    public String apply(String path) {
      return replacement.startsWith("/") ? replacement : "/" + replacement;
    }
  }

  /**
   * The part that the route matched. Whole segments: with {@code /foo} replaced by {@code /xyz},
   * {@code /foo/bar} becomes {@code /xyz/bar}; replaced by {@code /} it becomes {@code /bar}
   * (Gateway API's table at {@code replacePrefixMatch}).
   *
   * @param prefix as matched
   */
  record Prefix(String prefix, String replacement) implements PathRewrite {
    @Override
    public String apply(String path) {
      String matched = withoutTrailingSlash(prefix);
      String rest = path.startsWith(matched) ? path.substring(matched.length()) : path;
      String head = withoutTrailingSlash(replacement);
      if (rest.isEmpty()) {
        return head.isEmpty() ? "/" : replacement;
      }
      return rest.startsWith("/") ? head + rest : head + "/" + rest;
    }
  }

  /**
   * Each match of an expression (Envoy {@code RegexMatchAndSubstitute}).
   *
   * @param substitution with {@code $1} for the first group
   */
  record Regex(Pattern pattern, String substitution) implements PathRewrite {
    @Override
    public String apply(String path) {
      String replaced = pattern.matcher(path).replaceAll(substitution);
      return replaced.startsWith("/") ? replaced : "/" + replaced;
    }
  }

  private static String withoutTrailingSlash(String path) {
    return path.endsWith("/") ? path.substring(0, path.length() - 1) : path;
  }
}
