package io.endomesh.contracts.undertow;

import io.endomesh.testkit.ServerUnderTest;

/** The contract on servlets of one version of Undertow. */
abstract class ServletVersion extends UndertowVersion {

  @Override
  protected ServerUnderTest start() throws Exception {
    return loader.servlets("ServletUndertow", "Handlers");
  }
}
