package io.endomesh.contracts.reactornetty;

import io.endomesh.testkit.StagedHttpServerContract.Staged;

/** Has a handler {@code /websocket} besides, which says a message again. Thread-safe. */
public interface ReactorNettyServer extends Staged {

  /** As Spring Boot ends it: requests that are under way are served, others not. */
  void shutDown();
}
