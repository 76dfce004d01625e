package io.endomesh.demo;

/** A promise that was not kept; the message says what was seen. */
public final class CheckFailed extends RuntimeException {

  private static final long serialVersionUID = 1;

  public CheckFailed(String message) {
    super(message);
  }

  public static void unless(boolean holds, String message) {
    if (!holds) {
      throw new CheckFailed(message);
    }
  }
}
