package io.endomesh.jmh;

/** The smallest program: what start-up costs when nothing else does. */
public final class Empty {

  private Empty() {}

  public static void main(String[] arguments) {
    System.out.println("done");
  }
}
