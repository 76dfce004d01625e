package io.endomesh.contracts.spring;

import io.endomesh.contracts.urlconnection.WovenJdk;
import io.endomesh.testkit.DelegatingClientContract;
import io.endomesh.testkit.Library;
import org.junit.jupiter.api.BeforeAll;

@Library(name = "Spring `RestTemplate` over `HttpURLConnection`", staged = "spring")
class DefaultRestTemplateTest extends DelegatingClientContract {

  DefaultRestTemplateTest() {
    super("io.endomesh.contracts.spring.library.ByDefaultRestTemplate");
  }

  @BeforeAll
  static void awaitWeaving() {
    WovenJdk.await();
  }
}
