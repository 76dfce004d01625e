package io.endomesh.testkit;

/** Which version of its library a test class holds to the contract. */
public enum Release {
  /** The oldest one that the instrumentation works on; also the one, if only one is tested. */
  OLDEST,
  /** Between the two, because the library was rebuilt there. */
  BETWEEN,
  NEWEST
}
