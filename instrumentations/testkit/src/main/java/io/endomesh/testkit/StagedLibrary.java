package io.endomesh.testkit;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * One version of a library as the build put it there: a directory {@code NAME-VERSION} with all its
 * jars, below the directory that the system property {@code contracts.libraries} names. Immutable.
 *
 * @param version empty for a library of the JDK, which has none of its own
 */
public record StagedLibrary(String version, List<Path> jars) {

  private static final Pattern VERSION = Pattern.compile("-(\\d.*)$");

  /** Those that the {@link Library} of the test class asks for. */
  public static StagedLibrary of(Class<?> test) {
    Library library = library(test);
    if (library.staged().isEmpty()) {
      return new StagedLibrary("", List.of());
    }
    StagedLibrary all = named(library.staged());
    List<String> others = List.of(library.without());
    Stream<Path> jars =
        Stream.concat(
            all.jars().stream(),
            Stream.of(library.upon()).flatMap(name -> named(name).jars().stream()));
    return new StagedLibrary(
        all.version(), jars.filter(jar -> !others.contains(jar.getFileName().toString())).toList());
  }

  /**
   * @param start beginning of the directory's name, as {@link Library#staged}
   */
  public static StagedLibrary named(String start) {
    Path directory = directory(Path.of(setting("contracts.libraries")), start);
    Matcher version = VERSION.matcher(directory.getFileName().toString());
    if (!version.find()) {
      throw new IllegalStateException("library: " + directory + " (expected: NAME-VERSION)");
    }
    return new StagedLibrary(version.group(1), list(directory));
  }

  static Library library(Class<?> test) {
    Library library = test.getAnnotation(Library.class);
    if (library == null) {
      throw new IllegalStateException(test.getName() + ": no @Library (expected: one)");
    }
    return library;
  }

  static String setting(String name) {
    @Nullable String value = System.getProperty(name);
    if (value == null) {
      throw new IllegalStateException(name + ": not set (expected: a directory of the build)");
    }
    return value;
  }

  private static Path directory(Path libraries, String start) {
    List<Path> found =
        list(libraries).stream()
            .filter(path -> path.getFileName().toString().matches(Pattern.quote(start) + "[.-].*"))
            .toList();
    if (found.size() != 1) {
      throw new IllegalStateException(
          "libraries named " + start + ": " + found + " (expected: one in " + libraries + ")");
    }
    return found.get(0);
  }

  private static List<Path> list(Path directory) {
    try (Stream<Path> entries = Files.list(directory)) {
      return entries.sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** As {@link LibraryLoader} takes it. */
  public String classPath() {
    return jars.stream().map(Path::toString).collect(Collectors.joining(File.pathSeparator));
  }
}
