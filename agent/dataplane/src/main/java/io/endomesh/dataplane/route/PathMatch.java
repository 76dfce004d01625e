package io.endomesh.dataplane.route;

import com.google.re2j.Pattern;

/** A test of a request path. Immutable. */
public sealed interface PathMatch {

  boolean matches(String path);

  record Exact(String expected) implements PathMatch {
    @Override
    public boolean matches(String path) {
      return expected.equals(path);
    }
  }

  /** Characters, not segments: {@code /a} matches {@code /ab} (Envoy {@code prefix}). */
  record Prefix(String prefix) implements PathMatch {
    @Override
    public boolean matches(String path) {
      return path.startsWith(prefix);
    }
  }

  /**
   * Whole segments: {@code /a} matches {@code /a} and {@code /a/b}, not {@code /ab} (Envoy {@code
   * path_separated_prefix}, Gateway API {@code PathPrefix}).
   *
   * @param prefix without a trailing slash
   */
  record SegmentPrefix(String prefix) implements PathMatch {
    @Override
    public boolean matches(String path) {
      return path.startsWith(prefix)
          && (path.length() == prefix.length() || path.charAt(prefix.length()) == '/');
    }
  }

  /** The whole path. RE2/J runs in linear time. */
  record Regex(Pattern pattern) implements PathMatch {
    @Override
    public boolean matches(String path) {
      return pattern.matches(path);
    }
  }
}
