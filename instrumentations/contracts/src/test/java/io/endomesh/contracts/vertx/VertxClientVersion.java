package io.endomesh.contracts.vertx;

import io.endomesh.testkit.StagedHttpClientContract;

/** The contract on one version of the client. */
abstract class VertxClientVersion extends StagedHttpClientContract {

  VertxClientVersion() {
    super("io.endomesh.contracts.vertx.library.CallingVertx");
  }
}
