package io.endomesh.contracts.webflux;

import io.endomesh.testkit.DelegatingClientContract;
import io.endomesh.testkit.Library;

@Library(name = "Spring `WebClient` over Reactor Netty", staged = "webflux")
class WebClientTest extends DelegatingClientContract {

  WebClientTest() throws ReflectiveOperationException {
    super("io.endomesh.contracts.webflux.library.ByWebClient");
  }
}
