package io.endomesh.contracts.jaxrs;

import io.endomesh.contracts.urlconnection.WovenJdk;
import io.endomesh.testkit.DelegatingClientContract;
import io.endomesh.testkit.Library;
import org.junit.jupiter.api.BeforeAll;

@Library(name = "Jersey client over `HttpURLConnection`", staged = "jersey")
class JerseyTest extends DelegatingClientContract {

  JerseyTest() throws ReflectiveOperationException {
    super("io.endomesh.contracts.jaxrs.library.ByJaxRs");
  }

  @BeforeAll
  static void awaitWeaving() {
    WovenJdk.await();
  }
}
