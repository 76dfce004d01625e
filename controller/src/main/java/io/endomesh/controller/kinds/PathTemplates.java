package io.endomesh.controller.kinds;

import com.google.re2j.Pattern;

/**
 * Templates of paths, {@code /orders/{*}/items/{**}}: {@code {*}} is one segment, {@code {**}} any
 * number of them, and the last of such. Stateless.
 *
 * @see <a
 *     href="https://istio.io/latest/docs/reference/config/security/authorization-policy/">Istio,
 *     AuthorizationPolicy, Operation.paths</a>, whose words a route has as well
 */
public final class PathTemplates {

  private static final String ONE = "{*}";
  private static final String ANY = "{**}";

  /** It becomes an expression, of which agents take no larger ones than they must. */
  private static final int MAX_CHARACTERS = 1_000;

  private PathTemplates() {}

  /** True of what is meant as one; it may not be {@link #isValid}. */
  public static boolean isTemplate(String path) {
    return path.indexOf('{') >= 0 || path.indexOf('}') >= 0;
  }

  /** True of what can mean nothing else, also where braces may be those of an expression. */
  static boolean hasVariable(String path) {
    return path.contains(ONE) || path.contains(ANY);
  }

  /**
   * @throws InvalidFieldException if it is not a template
   */
  static String checked(Fields fields, String name, String template) {
    if (!isValid(template)) {
      throw fields.invalid(
          name,
          "'"
              + template
              + "' (expected: segments, of which {*} is any one, and {**}, the last such, any"
              + " number)");
    }
    return template;
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
    return template.startsWith("/") && template.length() <= MAX_CHARACTERS;
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
