import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * Writes the version of Java 17 into all class files below a directory that are of a later one, for
 * a compiler that reads none of those. The result is compiled against, and run by nobody.
 */
public final class ReadableByJava17 {

  private static final int JAVA_17 = 61;

  /** u4 magic, u2 minor, u2 major: JVMS 4.1. */
  private static final int MAJOR = 6;

  private ReadableByJava17() {}

  public static void main(String[] directory) throws IOException {
    List<Path> classes;
    try (Stream<Path> files = Files.walk(Path.of(directory[0]))) {
      classes = files.filter(file -> file.toString().endsWith(".class")).toList();
    }
    classes.forEach(ReadableByJava17::rewrite);
    if (classes.isEmpty()) {
      throw new IllegalStateException(directory[0] + ": no classes (expected: those of a library)");
    }
  }

  private static void rewrite(Path file) {
    try {
      byte[] bytes = Files.readAllBytes(file);
      int major = (bytes[MAJOR] & 0xff) << 8 | bytes[MAJOR + 1] & 0xff;
      if (major > JAVA_17) {
        bytes[MAJOR] = 0;
        bytes[MAJOR + 1] = JAVA_17;
        Files.write(file, bytes);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(file.toString(), e);
    }
  }
}
