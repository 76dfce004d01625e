package io.endomesh.contracts.spring;

import io.endomesh.contracts.httpclient.WovenHttpClient;
import io.endomesh.testkit.DelegatingClientContract;
import io.endomesh.testkit.Library;
import org.junit.jupiter.api.BeforeAll;

@Library(name = "Spring HTTP interfaces over `RestClient`", staged = "spring")
class HttpInterfaceTest extends DelegatingClientContract {

  HttpInterfaceTest() throws ReflectiveOperationException {
    super("io.endomesh.contracts.spring.library.ByHttpInterface");
  }

  @BeforeAll
  static void awaitWeaving() {
    WovenHttpClient.await();
  }
}
