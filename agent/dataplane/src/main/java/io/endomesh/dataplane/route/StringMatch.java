package io.endomesh.dataplane.route;

import com.google.re2j.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A test of a string (Envoy {@code StringMatcher}). Immutable; {@link #matches} allocates nothing,
 * save {@link Regex}, for which RE2/J allocates a matcher.
 */
public sealed interface StringMatch {

  boolean matches(@Nullable String value);

  record Exact(String expected) implements StringMatch {
    @Override
    public boolean matches(@Nullable String value) {
      return expected.equals(value);
    }
  }

  record Prefix(String prefix) implements StringMatch {
    @Override
    public boolean matches(@Nullable String value) {
      return value != null && value.startsWith(prefix);
    }
  }

  record Suffix(String suffix) implements StringMatch {
    @Override
    public boolean matches(@Nullable String value) {
      return value != null && value.endsWith(suffix);
    }
  }

  record Contains(String part) implements StringMatch {
    @Override
    public boolean matches(@Nullable String value) {
      return value != null && value.contains(part);
    }
  }

  /** The whole string, as Envoy's {@code safe_regex} does. RE2/J runs in linear time. */
  record Regex(Pattern pattern) implements StringMatch {
    @Override
    public boolean matches(@Nullable String value) {
      return value != null && pattern.matches(value);
    }
  }

  record Present() implements StringMatch {
    @Override
    public boolean matches(@Nullable String value) {
      return value != null;
    }
  }

  record Not(StringMatch match) implements StringMatch {
    @Override
    public boolean matches(@Nullable String value) {
      return !match.matches(value);
    }
  }
}
