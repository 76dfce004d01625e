package io.endomesh.instrumentation.netty;

import org.jspecify.annotations.Nullable;

/**
 * The path of a request's target, in one after the other of the ways in which whoever routes may
 * read it. Not thread-safe.
 */
public final class TargetPath {

  /** What stands on this Netty is not known: it might read a path in any way. */
  private static final PathReading[] ANY = {
    PathReading.AS_WRITTEN,
    PathReading.DECODED,
    PathReading.WITHOUT_PARAMETERS,
    PathReading.NORMALIZED
  };

  private final String target;
  private final PathReading[] readings;
  private int reading;
  private String path;

  /**
   * @param known how who routes reads; null if that is not known
   */
  public TargetPath(String target, PathReading @Nullable [] known) {
    this.target = target;
    this.readings = known == null ? ANY : known;
    this.path = readings[0].read(target);
  }

  /** As it is read now. */
  public String path() {
    return path;
  }

  /** True if the path may be read in another way as well, and is now. */
  public boolean readsOtherwise() {
    if (PathReading.isPlain(target)) {
      return false;
    }
    while (++reading < readings.length) {
      String read = readings[reading].read(target);
      if (!read.equals(path)) {
        path = read;
        return true;
      }
    }
    return false;
  }
}
