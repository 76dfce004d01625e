package io.endomesh.contracts.undertow;

import io.endomesh.testkit.Library;

@Library(name = "Undertow, handlers", staged = "undertow-2.0")
class Undertow20HandlersTest extends HandlerVersion {

  /** Until Undertow 2.0.41 at least, an exchange whose stream was reset may have no end. */
  @Override
  protected boolean endsCallsThatAreReset() {
    return false;
  }
}
