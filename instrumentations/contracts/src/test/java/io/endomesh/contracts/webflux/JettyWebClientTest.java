package io.endomesh.contracts.webflux;

import io.endomesh.testkit.DelegatingClientContract;
import io.endomesh.testkit.Library;

@Library(name = "Spring `WebClient` over Jetty's client", staged = "jettyspring")
class JettyWebClientTest extends DelegatingClientContract {

  JettyWebClientTest() {
    super("io.endomesh.contracts.webflux.library.ByJettyWebClient");
  }
}
