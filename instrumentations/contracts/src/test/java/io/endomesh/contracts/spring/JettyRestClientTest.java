package io.endomesh.contracts.spring;

import io.endomesh.testkit.DelegatingClientContract;
import io.endomesh.testkit.Library;

@Library(name = "Spring `RestClient` over Jetty's client", staged = "jettyspring")
class JettyRestClientTest extends DelegatingClientContract {

  JettyRestClientTest() {
    super("io.endomesh.contracts.spring.library.ByJettyRestClient");
  }
}
