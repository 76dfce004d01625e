package io.endomesh.controller.store;

import java.io.IOException;

/** Takes what a store holds, one by one. */
public interface ItemSink {
  void take(Item item) throws IOException;
}
