package io.endomesh.contracts.vertx;

import io.endomesh.testkit.DelegatingClientContract;
import io.endomesh.testkit.Library;

@Library(name = "Vert.x Web, `WebClient`", staged = "vertx-oldest")
class VertxWebClientOldestTest extends DelegatingClientContract {

  VertxWebClientOldestTest() {
    super("io.endomesh.contracts.vertx.library.ByWebClient");
  }
}
