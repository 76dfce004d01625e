package io.endomesh.contracts.micronaut;

import io.endomesh.testkit.DelegatingClientContract;
import io.endomesh.testkit.Library;

@Library(name = "Micronaut's `HttpClient` over Netty", staged = "micronaut")
class MicronautClientTest extends DelegatingClientContract {

  MicronautClientTest() {
    super("io.endomesh.contracts.micronaut.library.ByMicronaut");
  }
}
