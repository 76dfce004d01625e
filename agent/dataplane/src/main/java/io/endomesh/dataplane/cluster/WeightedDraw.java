package io.endomesh.dataplane.cluster;

import java.util.Arrays;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Draws endpoints at random, each as likely as its weight. Immutable; allocates nothing. With equal
 * weights, the common case, a draw is one random number.
 */
final class WeightedDraw {

  /** Running sums of the weights; the last is their total. */
  private final long[] upTo;

  private final boolean equal;

  /**
   * @param endpoints at least one
   */
  WeightedDraw(Endpoint[] endpoints) {
    upTo = new long[endpoints.length];
    long sum = 0;
    boolean same = true;
    for (int i = 0; i < upTo.length; i++) {
      sum += endpoints[i].weight();
      upTo[i] = sum;
      same &= endpoints[i].weight() == endpoints[0].weight();
    }
    equal = same;
  }

  /** Index of any endpoint. */
  int any() {
    ThreadLocalRandom random = ThreadLocalRandom.current();
    return equal ? random.nextInt(upTo.length) : at(random.nextLong(upTo[upTo.length - 1]));
  }

  /** Index of any endpoint but this one; there must be two. */
  int otherThan(int index) {
    ThreadLocalRandom random = ThreadLocalRandom.current();
    if (equal) {
      int other = random.nextInt(upTo.length - 1);
      return other >= index ? other + 1 : other;
    }
    // The range of the one to be left out is cut away.
    long from = index == 0 ? 0 : upTo[index - 1];
    long weight = upTo[index] - from;
    long point = random.nextLong(upTo[upTo.length - 1] - weight);
    return at(point < from ? point : point + weight);
  }

  private int at(long point) {
    int found = Arrays.binarySearch(upTo, point);
    return found >= 0 ? found + 1 : -found - 1;
  }
}
