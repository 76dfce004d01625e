package io.endomesh.controller.store;

import java.io.IOException;

/**
 * Makes a store of what another held. Nothing of it is seen before {@link #finish}; closed without
 * that, it leaves nothing behind. Confined to one thread.
 */
public interface Filler extends ItemSink, AutoCloseable {

  /** All was taken: it is a store now. */
  void finish() throws IOException;

  @Override
  void close() throws IOException;
}
