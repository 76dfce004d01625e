package io.endomesh.instrumentation.concurrent.test;

/** A class that is woven. */
final class Server {

  private Server() {}

  /** True once it is woven. */
  static boolean serve() {
    return false;
  }
}
