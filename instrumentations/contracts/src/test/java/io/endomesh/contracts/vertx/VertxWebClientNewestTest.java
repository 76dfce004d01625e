package io.endomesh.contracts.vertx;

import io.endomesh.testkit.DelegatingClientContract;
import io.endomesh.testkit.Library;
import io.endomesh.testkit.Release;

@Library(name = "Vert.x Web, `WebClient`", staged = "vertx-web-newest", release = Release.NEWEST)
class VertxWebClientNewestTest extends DelegatingClientContract {

  VertxWebClientNewestTest() {
    super("io.endomesh.contracts.vertx.library.ByWebClient");
  }
}
