package io.endomesh.contracts.vertx;

import io.endomesh.testkit.StagedHttpServerContract.Staged;

/**
 * Has a handler {@code /file} besides, which sends {@link #fileBytes} from the disk, {@code
 * /worker}, which says as {@code /context} who calls on a worker thread, and says the messages of
 * web sockets again. Thread-safe.
 */
public interface VertxServer extends Staged {

  int fileBytes();

  /**
   * As Vert.x 5 ends it: requests that are under way are served, others not.
   *
   * @return false if this version knows no such thing
   */
  boolean shutDown();
}
