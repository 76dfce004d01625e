package io.endomesh.testkit;

import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.platform.engine.FilterResult;
import org.junit.platform.engine.TestDescriptor;
import org.junit.platform.engine.support.descriptor.ClassSource;
import org.junit.platform.engine.support.descriptor.MethodSource;
import org.junit.platform.launcher.PostDiscoveryFilter;

/**
 * Which versions a run holds to their contracts, by the system property {@code contracts.versions}:
 * {@code oldest}, {@code most-used} (the newest of those, and what the oldest JDK cannot run), both
 * with a comma between them, or {@code all}. What belongs to the JDK is always held. The contracts
 * name this filter to JUnit as a service. Immutable.
 */
public final class Selection implements PostDiscoveryFilter {

  /** The oldest JDK that the agent runs on; with it the oldest libraries are used. */
  private static final int OLDEST_JDK = 17;

  /** The newest JDK with long-term support; with it the newest libraries are used. */
  private static final int NEWEST_JDK = 25;

  private static final String ALL = "all";
  private static final String OLDEST = "oldest";
  private static final String MOST_USED = "most-used";

  private final Set<String> selected;

  public Selection() {
    this(System.getProperty("contracts.versions", ALL));
  }

  /**
   * @throws IllegalArgumentException if a word is none of those
   */
  Selection(String words) {
    selected = new HashSet<>(Arrays.asList(words.split(",")));
    if (!Set.of(ALL, OLDEST, MOST_USED).containsAll(selected)) {
      throw new IllegalArgumentException(
          "contracts.versions: " + words + " (expected: all, oldest, most-used)");
    }
  }

  /**
   * True if CI runs the class on this JDK: the oldest with the oldest, the newest with the newest,
   * and with the oldest of what needs a newer one.
   */
  static boolean isOfEveryChange(Library library, int jdk) {
    return (jdk == OLDEST_JDK && new Selection(OLDEST).includes(library))
        || (jdk == NEWEST_JDK && new Selection(MOST_USED).includes(library));
  }

  boolean includes(Library library) {
    if (library.staged().isEmpty() || selected.contains(ALL)) {
      return true;
    }
    return switch (library.release()) {
      case OLDEST ->
          selected.contains(OLDEST) || (selected.contains(MOST_USED) && library.jdk() > OLDEST_JDK);
      case NEWEST -> selected.contains(MOST_USED) && MostUsed.includes(library);
      case BETWEEN -> false;
    };
  }

  @Override
  public FilterResult apply(TestDescriptor test) {
    Class<?> type = type(test);
    Library library = type == null ? null : type.getAnnotation(Library.class);
    return FilterResult.includedIf(
        library == null || includes(library),
        () -> "selected by contracts.versions",
        () -> "held by ./endomesh test --matrix");
  }

  private static @Nullable Class<?> type(TestDescriptor test) {
    return test.getSource()
        .map(
            source ->
                source instanceof MethodSource method
                    ? method.getJavaClass()
                    : source instanceof ClassSource of ? of.getJavaClass() : null)
        .orElse(null);
  }
}
