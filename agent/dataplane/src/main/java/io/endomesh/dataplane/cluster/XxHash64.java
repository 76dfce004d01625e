package io.endomesh.dataplane.cluster;

/**
 * XXH64 of the characters of a string, with seed 0, as Envoy and gRPC hash for ring hash and
 * Maglev; a mesh of both sends the same key to the same endpoint. From the specification
 * (xxhash_spec.md of Cyan4973/xxHash). Stateless; allocates nothing.
 */
public final class XxHash64 {

  // The five primes of the specification.
  private static final long P1 = 0x9E3779B185EBCA87L;
  private static final long P2 = 0xC2B2AE3D27D4EB4FL;
  private static final long P3 = 0x165667B19E3779F9L;
  private static final long P4 = 0x85EBCA77C2B2AE63L;
  private static final long P5 = 0x27D4EB2F165667C5L;

  private static final int STRIPE = 32;

  private XxHash64() {}

  /**
   * @param text of characters up to U+00FF, one byte each, as headers are; others lose their upper
   *     byte
   */
  public static long hash(String text) {
    return hash(text, 0);
  }

  /** As {@link #hash(String)}, with another seed. */
  public static long hash(String text, long seed) {
    int length = text.length();
    int at = 0;
    long hash;
    if (length >= STRIPE) {
      long a = seed + P1 + P2;
      long b = seed + P2;
      long c = seed;
      long d = seed - P1;
      for (; at <= length - STRIPE; at += STRIPE) {
        a = round(a, eight(text, at));
        b = round(b, eight(text, at + 8));
        c = round(c, eight(text, at + 16));
        d = round(d, eight(text, at + 24));
      }
      hash =
          Long.rotateLeft(a, 1)
              + Long.rotateLeft(b, 7)
              + Long.rotateLeft(c, 12)
              + Long.rotateLeft(d, 18);
      hash = merge(merge(merge(merge(hash, a), b), c), d);
    } else {
      hash = seed + P5;
    }
    return avalanche(rest(text, at, hash + length));
  }

  private static long rest(String text, int from, long begun) {
    int at = from;
    long hash = begun;
    for (; at + 8 <= text.length(); at += 8) {
      hash = Long.rotateLeft(hash ^ round(0, eight(text, at)), 27) * P1 + P4;
    }
    if (at + 4 <= text.length()) {
      hash = Long.rotateLeft(hash ^ four(text, at) * P1, 23) * P2 + P3;
      at += 4;
    }
    for (; at < text.length(); at++) {
      hash = Long.rotateLeft(hash ^ (text.charAt(at) & 0xFF) * P5, 11) * P1;
    }
    return hash;
  }

  private static long avalanche(long begun) {
    long hash = begun;
    hash = (hash ^ hash >>> 33) * P2;
    hash = (hash ^ hash >>> 29) * P3;
    return hash ^ hash >>> 32;
  }

  private static long round(long sum, long lane) {
    return Long.rotateLeft(sum + lane * P2, 31) * P1;
  }

  private static long merge(long hash, long sum) {
    return (hash ^ round(0, sum)) * P1 + P4;
  }

  private static long eight(String text, int at) {
    return four(text, at) | four(text, at + 4) << 32;
  }

  private static long four(String text, int at) {
    return text.charAt(at) & 0xFFL
        | (text.charAt(at + 1) & 0xFFL) << 8
        | (text.charAt(at + 2) & 0xFFL) << 16
        | (text.charAt(at + 3) & 0xFFL) << 24;
  }
}
