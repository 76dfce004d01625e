package io.endomesh.contracts.spring;

import io.endomesh.contracts.httpclient.WovenHttpClient;
import io.endomesh.testkit.DelegatingClientContract;
import io.endomesh.testkit.Library;
import org.junit.jupiter.api.BeforeAll;

@Library(name = "Spring `RestClient` over `java.net.http`", staged = "spring")
class JdkRestClientTest extends DelegatingClientContract {

  JdkRestClientTest() throws ReflectiveOperationException {
    super("io.endomesh.contracts.spring.library.ByJdkRestClient");
  }

  @BeforeAll
  static void awaitWeaving() {
    WovenHttpClient.await();
  }
}
