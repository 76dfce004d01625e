package io.endomesh.dataplane.fuzz;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * Feeds a parser the texts of a corpus, each changed a little, again and again: the same ones in
 * each run, so that what fails once fails always. {@code ./endomesh test --fuzz MINUTES} looks for
 * others by what they reach; what it finds goes into the corpus. Targets have the form of Jazzer's.
 */
public final class Fuzzing {

  /** Takes an input as it comes from outside, and throws nothing that it does not say. */
  @FunctionalInterface
  public interface Target {
    void take(byte[] input) throws Exception;
  }

  /**
   * A thousand times what one takes, of the thread's own time, so that a busy machine fails no
   * test; the inputs of the corpus, with which classes are loaded, have as much for each.
   */
  private static final long MAX_CPU_NANOS = TimeUnit.SECONDS.toNanos(5);

  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

  /** Of each run. */
  private static final long SEED = 20_261_127;

  /** Of an input that is printed. */
  private static final int MAX_SHOWN = 6_000;

  private static final Path CORPORA = Path.of("src/test/resources/fuzz");

  private Fuzzing() {}

  /** Inputs that are kept for a target, those that once failed among them. */
  public static List<byte[]> corpus(String target) throws IOException {
    return files(CORPORA.resolve(target), "");
  }

  /** All files of a directory that end so. */
  public static List<byte[]> files(Path directory, String ending) throws IOException {
    List<byte[]> inputs = new ArrayList<>();
    try (Stream<Path> files = Files.list(directory)) {
      for (Path file : files.filter(one -> one.toString().endsWith(ending)).sorted().toList()) {
        inputs.add(Files.readAllBytes(file));
      }
    }
    return inputs;
  }

  /**
   * Takes all of the corpus as it is, then changed ones.
   *
   * @param mutations how many
   */
  public static void run(List<byte[]> corpus, Mutator mutator, int mutations, Target target) {
    if (corpus.isEmpty()) {
      throw new AssertionError("corpus: empty (expected: something to begin with)");
    }
    for (byte[] input : corpus) {
      take(target, input);
    }
    Random random = new Random(SEED);
    Set<Integer> seen = new HashSet<>();
    for (int i = 0; i < mutations; i++) {
      byte[] input = corpus.get(random.nextInt(corpus.size()));
      for (int change = random.nextInt(4); change >= 0; change--) {
        input = mutator.mutate(input, corpus, random);
      }
      seen.add(java.util.Arrays.hashCode(input));
      take(target, input);
    }
    if (seen.size() < mutations / 2) {
      throw new AssertionError(
          seen.size() + " different inputs of " + mutations + " (expected: most of them)");
    }
  }

  private static void take(Target target, byte[] input) {
    long start = THREADS.getCurrentThreadCpuTime();
    try {
      target.take(input);
    } catch (Throwable e) {
      // An AssertionError, an exception that nobody says, no stack or no memory left.
      throw new AssertionError(e + " for the input " + shown(input), e);
    }
    long nanos = THREADS.getCurrentThreadCpuTime() - start;
    if (nanos > MAX_CPU_NANOS) {
      throw new AssertionError(
          TimeUnit.NANOSECONDS.toMillis(nanos) + " ms for the input " + shown(input));
    }
  }

  private static String shown(byte[] input) {
    String base64 = Base64.getEncoder().encodeToString(input);
    return "(base64) "
        + (base64.length() <= MAX_SHOWN ? base64 : base64.substring(0, MAX_SHOWN) + "…");
  }
}
