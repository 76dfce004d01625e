package io.endomesh.contracts.undertow;

import io.endomesh.testkit.ServerUnderTest;

/** The contract on handlers of one version of Undertow. */
abstract class HandlerVersion extends UndertowVersion {

  @Override
  protected ServerUnderTest start() throws Exception {
    return loader.handlers("UndertowServer");
  }
}
