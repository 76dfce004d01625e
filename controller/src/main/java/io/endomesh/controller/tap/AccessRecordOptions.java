package io.endomesh.controller.tap;

/**
 * What the controller keeps of records of calls. Immutable.
 *
 * @param megabytes of memory at most; 0 keeps none
 * @param share of the calls of all workloads that is kept though nobody taps; 0: none
 */
public record AccessRecordOptions(int megabytes, double share) {

  public static final int DEFAULT_MEGABYTES = 16;

  public static final AccessRecordOptions DEFAULT = new AccessRecordOptions(DEFAULT_MEGABYTES, 0);

  private static final int MAX_MEGABYTES = 1024;

  /**
   * @throws IllegalArgumentException naming the option
   */
  public AccessRecordOptions {
    if (megabytes < 0 || megabytes > MAX_MEGABYTES) {
      throw new IllegalArgumentException(
          "access-records-memory: "
              + megabytes
              + " (expected: megabytes from 0 to "
              + MAX_MEGABYTES
              + ")");
    }
    if (!(share >= 0 && share <= 1)) {
      throw new IllegalArgumentException(
          "access-records-share: " + share + " (expected: from 0 to 1)");
    }
    if (share > 0 && megabytes == 0) {
      throw new IllegalArgumentException(
          "access-records-share: "
              + share
              + " (expected: access-records-memory above 0, to keep them in)");
    }
  }

  long bytes() {
    return (long) megabytes << 20;
  }
}
