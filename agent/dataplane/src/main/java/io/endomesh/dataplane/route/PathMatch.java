package io.endomesh.dataplane.route;

import com.google.re2j.Pattern;
import org.jspecify.annotations.Nullable;

/** A test of a request path. Immutable. */
public sealed interface PathMatch {

  boolean matches(String path);

  /** The first segment of every path that matches, without slashes; null if they differ. */
  @Nullable String firstSegment();

  record Exact(String expected) implements PathMatch {
    @Override
    public boolean matches(String path) {
      return expected.equals(path);
    }

    @Override
    public @Nullable String firstSegment() {
      return RouteIndex.firstSegment(expected, /* whole= */ true);
    }
  }

  /** Characters, not segments: {@code /a} matches {@code /ab} (Envoy {@code prefix}). */
  record Prefix(String prefix) implements PathMatch {
    @Override
    public boolean matches(String path) {
      return path.startsWith(prefix);
    }

    @Override
    public @Nullable String firstSegment() {
      return RouteIndex.firstSegment(prefix, /* whole= */ false);
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

    @Override
    public @Nullable String firstSegment() {
      return RouteIndex.firstSegment(prefix, /* whole= */ true);
    }
  }

  /** The whole path. RE2/J runs in linear time. */
  record Regex(Pattern pattern) implements PathMatch {
    @Override
    public boolean matches(String path) {
      return pattern.matches(path);
    }

    @Override
    public @Nullable String firstSegment() {
      return null;
    }
  }
}
