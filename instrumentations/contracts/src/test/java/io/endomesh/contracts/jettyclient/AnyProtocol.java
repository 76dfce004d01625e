package io.endomesh.contracts.jettyclient;

import io.endomesh.testkit.HttpClientUnderTest;

/** What since Jetty 10 a client can be. */
public interface AnyProtocol {

  /** Which chooses a protocol for each request, of those it was given. */
  HttpClientUnderTest ofAnyProtocol();
}
