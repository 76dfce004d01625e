package io.endomesh.xds.translate;

import io.endomesh.dataplane.authorize.Condition;
import io.endomesh.dataplane.route.PathMatch;
import io.envoyproxy.envoy.config.route.v3.HeaderMatcher;
import io.envoyproxy.envoy.type.matcher.v3.StringMatcher;
import org.jspecify.annotations.Nullable;

/**
 * A test of the header {@code :path}, which in Envoy holds the query as well. A control plane that
 * means the path alone says so by an expression of one of two forms: a quoted path and then nothing
 * but a query, or nothing but further segments and a query. They are recognized, because comparing
 * text costs a hundredth of matching an expression and allocates nothing. Stateless.
 */
final class PathOfHeader {

  private static final String QUOTE = "\\Q";
  private static final String EXACT_END = "\\E(\\?.*)?";
  private static final String PREFIX_END = "\\E([/?].*)?";

  private PathOfHeader() {}

  static Condition translate(String field, HeaderMatcher header) throws InvalidResource {
    PathMatch path = header.hasStringMatch() ? path(header.getStringMatch()) : null;
    if (path == null) {
      throw new InvalidResource(
          field
              + ": "
              + header.getHeaderMatchSpecifierCase()
              + " (expected: a prefix without '?', or an expression \\QPATH"
              + EXACT_END
              + " or \\QPATH"
              + PREFIX_END
              + ")");
    }
    Condition condition = new Condition.Path(path);
    return header.getInvertMatch() ? new Condition.Not(condition) : condition;
  }

  private static @Nullable PathMatch path(StringMatcher matcher) {
    if (matcher.getIgnoreCase()) {
      return null;
    }
    return switch (matcher.getMatchPatternCase()) {
      case PREFIX ->
          matcher.getPrefix().indexOf('?') < 0 ? new PathMatch.Prefix(matcher.getPrefix()) : null;
      case SAFE_REGEX -> {
        String regex = matcher.getSafeRegex().getRegex();
        String exact = between(regex, EXACT_END);
        String prefix = between(regex, PREFIX_END);
        yield exact != null
            ? new PathMatch.Exact(exact)
            : prefix != null ? new PathMatch.SegmentPrefix(prefix) : null;
      }
      default -> null;
    };
  }

  /** What is quoted before {@code end}; null if the expression is of another form. */
  private static @Nullable String between(String regex, String end) {
    int last = regex.length() - end.length();
    if (!regex.startsWith(QUOTE) || !regex.endsWith(end) || regex.indexOf("\\E") != last) {
      return null;
    }
    return regex.substring(QUOTE.length(), last);
  }
}
