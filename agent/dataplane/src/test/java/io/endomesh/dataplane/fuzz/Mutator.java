package io.endomesh.dataplane.fuzz;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;

/** Makes another input of one. */
@FunctionalInterface
public interface Mutator {

  /**
   * @param corpus to take parts of
   */
  byte[] mutate(byte[] input, List<byte[]> corpus, Random random);

  /** No input grows beyond this. */
  int MAX_BYTES = 1 << 15;

  /** Numbers at which something ends: of bytes, of ints, of what a double holds exactly. */
  List<String> EDGES =
      List.of(
          "0",
          "-1",
          "1",
          "127",
          "128",
          "255",
          "256",
          "65535",
          "65536",
          "2147483647",
          "-2147483648",
          "4294967295",
          "9007199254740993",
          "9223372036854775807",
          "-9223372036854775808",
          "18446744073709551616",
          "1e999",
          ".nan",
          "0x7fffffff");

  /**
   * Changes bytes, and puts in words of a language.
   *
   * @param words of the language
   */
  static Mutator of(String... words) {
    return (input, corpus, random) -> {
      int from = random.nextInt(input.length + 1);
      int to = Math.min(input.length, from + random.nextInt(1 + random.nextInt(40)));
      byte[] part = slice(input, from, to);
      return switch (random.nextInt(9)) {
        case 0 -> join(input, from, to, new byte[0]);
        case 1 -> join(input, from, from, part);
        case 2 -> join(input, from, to, word(random, words));
        case 3 -> join(input, from, from, word(random, words));
        case 4 -> join(input, from, to, EDGES.get(random.nextInt(EDGES.size())).getBytes(UTF_8));
        case 5 -> join(input, from, Math.min(input.length, from + 1), bytes(random));
        case 6 -> {
          byte[] other = corpus.get(random.nextInt(corpus.size()));
          int begin = random.nextInt(other.length + 1);
          int end = Math.min(other.length, begin + random.nextInt(200));
          yield join(input, from, to, slice(other, begin, end));
        }
        case 7 -> {
          int times = 1 << random.nextInt(12);
          byte[] repeated = repeat(random.nextBoolean() ? part : word(random, words), times);
          yield join(input, from, to, repeated);
        }
        default -> {
          byte[] flipped = input.clone();
          if (flipped.length > 0) {
            flipped[random.nextInt(flipped.length)] ^= (byte) (1 << random.nextInt(8));
          }
          yield flipped;
        }
      };
    };
  }

  java.nio.charset.Charset UTF_8 = StandardCharsets.UTF_8;

  private static byte[] word(Random random, String[] words) {
    return words.length == 0
        ? bytes(random)
        : words[random.nextInt(words.length)].getBytes(StandardCharsets.UTF_8);
  }

  private static byte[] bytes(Random random) {
    byte[] bytes = new byte[1 + random.nextInt(4)];
    random.nextBytes(bytes);
    return bytes;
  }

  private static byte[] slice(byte[] input, int from, int to) {
    return java.util.Arrays.copyOfRange(input, from, to);
  }

  private static byte[] repeat(byte[] part, int times) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (int i = 0; i < times && out.size() + part.length < MAX_BYTES / 2; i++) {
      out.writeBytes(part);
    }
    return out.toByteArray();
  }

  /** The input with something else from one place to another. */
  private static byte[] join(byte[] input, int from, int to, byte[] between) {
    ByteArrayOutputStream out = new ByteArrayOutputStream(input.length + between.length);
    out.write(input, 0, from);
    out.writeBytes(between);
    out.write(input, to, input.length - to);
    byte[] joined = out.toByteArray();
    return joined.length <= MAX_BYTES ? joined : slice(joined, 0, MAX_BYTES);
  }
}
