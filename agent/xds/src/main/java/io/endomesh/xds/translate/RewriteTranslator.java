package io.endomesh.xds.translate;

import com.google.re2j.Pattern;
import io.endomesh.dataplane.route.PathRewrite;
import io.envoyproxy.envoy.config.route.v3.RouteMatch;
import io.envoyproxy.envoy.type.matcher.v3.RegexMatchAndSubstitute;

/** Envoy's path rewrites to {@link PathRewrite}. Stateless. */
final class RewriteTranslator {

  private RewriteTranslator() {}

  /**
   * Envoy swaps what the route matched: of a path or an expression all of it, of a prefix as many
   * characters as it has. Where the prefix ends with a segment the data plane does so too, and
   * leaves no two slashes behind.
   */
  static PathRewrite prefix(String field, RouteMatch match, String replacement)
      throws InvalidResource {
    boolean ignoreCase = match.hasCaseSensitive() && !match.getCaseSensitive().getValue();
    return switch (match.getPathSpecifierCase()) {
      case PATH_SEPARATED_PREFIX ->
          ignoreCase
              ? literal(field, match.getPathSeparatedPrefix(), replacement, ignoreCase)
              : new PathRewrite.Prefix(match.getPathSeparatedPrefix(), replacement);
      case PREFIX ->
          !ignoreCase && match.getPrefix().endsWith("/")
              ? new PathRewrite.Prefix(match.getPrefix(), replacement)
              : literal(field, match.getPrefix(), replacement, ignoreCase);
      default -> new PathRewrite.Full(replacement);
    };
  }

  private static PathRewrite literal(
      String field, String prefix, String replacement, boolean ignoreCase) throws InvalidResource {
    return new PathRewrite.Regex(
        Strings.pattern(field, "^" + Pattern.quote(prefix), ignoreCase),
        replacement.replace("\\", "\\\\").replace("$", "\\$"));
  }

  static PathRewrite regex(String field, RegexMatchAndSubstitute message) throws InvalidResource {
    Pattern pattern =
        Strings.pattern(
            field + ".pattern", message.getPattern().getRegex(), /* ignoreCase= */ false);
    return new PathRewrite.Regex(
        pattern,
        substitution(field + ".substitution", message.getSubstitution(), pattern.groupCount()));
  }

  /** RE2 writes {@code \1} where RE2/J writes {@code $1}, and knows groups 0 to 9 only. */
  private static String substitution(String field, String re2, int groups) throws InvalidResource {
    StringBuilder re2j = new StringBuilder();
    boolean afterGroup = false;
    for (int i = 0; i < re2.length(); i++) {
      char c = re2.charAt(i);
      if (c != '\\') {
        // A digit after a group is text, not a part of its number.
        if (c == '$' || afterGroup && isDigit(c)) {
          re2j.append('\\');
        }
        re2j.append(c);
        afterGroup = false;
        continue;
      }
      char escaped = ++i < re2.length() ? re2.charAt(i) : ' ';
      if (escaped == '\\') {
        re2j.append("\\\\");
      } else if (isDigit(escaped) && escaped - '0' <= groups) {
        re2j.append('$').append(escaped);
      } else {
        throw new InvalidResource(
            field
                + ": '"
                + re2
                + "' (expected: \\\\ or a group from \\0 to \\"
                + Math.min(groups, 9)
                + " after each backslash)");
      }
      afterGroup = escaped != '\\';
    }
    return re2j.toString();
  }

  private static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }
}
