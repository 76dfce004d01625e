package io.endomesh.controller.kinds;

import com.google.re2j.Pattern;

/**
 * Templates of paths, {@code /orders/{*}/items/{**}}: {@code {*}} is one segment, {@code {**}} any
 * number of them, and the last of such. Stateless.
 *
 * @see <a
 *     href="https://istio.io/latest/docs/reference/config/security/authorization-policy/">Istio,
 *     AuthorizationPolicy, Operation.paths</a>
 */
public final class PathTemplates {

  private static final String ONE = "{*}";
  private static final String ANY = "{**}";

  private PathTemplates() {}

  /** True of what is meant as one; it may not be {@link #isValid}. */
  public static boolean isTemplate(String path) {
    return path.indexOf('{') >= 0 || path.indexOf('}') >= 0;
  }

  static boolean isValid(String template) {
    boolean ended = false;
    for (String segment : template.split("/", -1)) {
      boolean variable = segment.equals(ONE) || segment.equals(ANY);
      if (variable ? ended : isTemplate(segment) || segment.indexOf('*') >= 0) {
        return false;
      }
      ended |= segment.equals(ANY);
    }
    return template.startsWith("/");
  }

  /** As an expression for the whole path. */
  public static String regex(String template) {
    StringBuilder regex = new StringBuilder();
    for (String segment : template.substring(1).split("/", -1)) {
      regex.append('/');
      switch (segment) {
        case ONE -> regex.append("[^/]+");
        case ANY -> regex.append(".*");
        default -> regex.append(Pattern.quote(segment));
      }
    }
    return regex.toString();
  }
}
