package io.endomesh.xds.translate;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import io.endomesh.dataplane.route.Expressions;
import io.endomesh.dataplane.route.StringMatch;
import io.envoyproxy.envoy.config.route.v3.HeaderMatcher;
import io.envoyproxy.envoy.type.matcher.v3.StringMatcher;

/** Envoy's string and header matchers to {@link StringMatch}. Stateless. */
final class Strings {

  private Strings() {}

  static StringMatch match(String field, StringMatcher matcher) throws InvalidResource {
    boolean ignoreCase = matcher.getIgnoreCase();
    return switch (matcher.getMatchPatternCase()) {
      case EXACT ->
          ignoreCase
              ? regex(field, Pattern.quote(matcher.getExact()), true)
              : new StringMatch.Exact(matcher.getExact());
      case PREFIX ->
          ignoreCase
              ? regex(field, Pattern.quote(matcher.getPrefix()) + ANYTHING, true)
              : new StringMatch.Prefix(matcher.getPrefix());
      case SUFFIX ->
          ignoreCase
              ? regex(field, ANYTHING + Pattern.quote(matcher.getSuffix()), true)
              : new StringMatch.Suffix(matcher.getSuffix());
      case CONTAINS ->
          ignoreCase
              ? regex(field, ANYTHING + Pattern.quote(matcher.getContains()) + ANYTHING, true)
              : new StringMatch.Contains(matcher.getContains());
      case SAFE_REGEX -> regex(field, matcher.getSafeRegex().getRegex(), false);
      case CUSTOM, MATCHPATTERN_NOT_SET ->
          throw new InvalidResource(
              field
                  + ": "
                  + matcher.getMatchPatternCase()
                  + " (expected: exact, prefix, suffix, contains or safe_regex)");
    };
  }

  /** A test of one header; an inverted one also matches where the header is missing. */
  @SuppressWarnings(
      "deprecation") // What the deprecated fields say is still sent by control planes.
  static StringMatch match(String field, HeaderMatcher matcher) throws InvalidResource {
    String name = field + "[" + matcher.getName() + "]";
    StringMatch match =
        switch (matcher.getHeaderMatchSpecifierCase()) {
          case STRING_MATCH -> match(name + ".string_match", matcher.getStringMatch());
          case EXACT_MATCH -> new StringMatch.Exact(matcher.getExactMatch());
          case PREFIX_MATCH -> new StringMatch.Prefix(matcher.getPrefixMatch());
          case SUFFIX_MATCH -> new StringMatch.Suffix(matcher.getSuffixMatch());
          case CONTAINS_MATCH -> new StringMatch.Contains(matcher.getContainsMatch());
          case SAFE_REGEX_MATCH -> regex(name, matcher.getSafeRegexMatch().getRegex(), false);
          case PRESENT_MATCH ->
              matcher.getPresentMatch()
                  ? new StringMatch.Present()
                  : new StringMatch.Not(new StringMatch.Present());
          case HEADERMATCHSPECIFIER_NOT_SET -> new StringMatch.Present();
          case RANGE_MATCH -> throw new InvalidResource(name + ": range_match is not supported");
        };
    return matcher.getInvertMatch() ? new StringMatch.Not(match) : match;
  }

  static StringMatch.Regex regex(String field, String expression, boolean ignoreCase)
      throws InvalidResource {
    return new StringMatch.Regex(pattern(field, expression, ignoreCase));
  }

  static Pattern pattern(String field, String expression, boolean ignoreCase)
      throws InvalidResource {
    try {
      int flags = Pattern.DOTALL | (ignoreCase ? Pattern.CASE_INSENSITIVE : 0);
      return Expressions.compile(expression, flags);
    } catch (PatternSyntaxException e) {
      throw new InvalidResource(
          field + ": '" + expression + "' (expected: an RE2 expression; " + e.getMessage() + ")");
    }
  }

  static final String ANYTHING = ".*";
}
