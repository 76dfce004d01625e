package io.endomesh.instrumentation.urlconnection;

/** A call that the application can give up, from any thread. */
interface GivenUp {

  /** Attempts are broken off, waiting ends; whoever waits for the answer gets an exception. */
  void giveUp();
}
